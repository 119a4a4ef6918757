//! The reactor: sleeps in `epoll` until a file descriptor is ready, a deadline has passed, or another
//! thread unparks this one.
//!
//! Descriptors are watched edge-triggered: an operation is tried first, and only one that would
//! block waits for the next edge.

use super::{clock, process};
use crate::time::Instant;
use alloc::{boxed::Box, collections::BTreeMap, rc::Rc, vec::Vec};
use core::{
    cell::{Cell, RefCell},
    future::poll_fn,
    task::{Context, Poll, Waker},
};
use rustix::{
    event::{EventfdFlags, Timespec, epoll, eventfd},
    io::Errno,
};
use std::{
    io::{self, ErrorKind},
    os::fd::{AsFd, OwnedFd},
    thread_local,
};

/// The key of the unpark event among the watched descriptors.
const UNPARK_EVENT: u64 = 0;

thread_local! {
    /// Lives as long as the process, like the executor of the same thread.
    static REACTOR: &'static Reactor = Box::leak(Box::new(Reactor::new()));
}

pub(super) fn current() -> &'static Reactor {
    REACTOR.with(|reactor| *reactor)
}

/// Wakes the tasks whose descriptors are ready, without waiting.
pub(super) fn poll() {
    current().turn(Some(Timespec::default()));
}

/// Sleeps until a descriptor is ready, another thread unparks this one, or `deadline` has passed.
pub(super) fn wait(deadline: Option<Instant>) {
    let timeout = deadline.map(|deadline| {
        let left = deadline - clock::now();
        Timespec {
            tv_sec: i64::try_from(left.as_secs()).unwrap_or(i64::MAX),
            tv_nsec: i64::from(left.subsec_nanos()),
        }
    });
    current().turn(timeout);
}

pub(super) struct Reactor {
    epoll: OwnedFd,
    unpark_event: OwnedFd,
    watched: RefCell<BTreeMap<u64, Rc<Readiness>>>,
    next_key: Cell<u64>,
}

impl Reactor {
    fn new() -> Self {
        let made = || -> rustix::io::Result<Self> {
            let epoll = epoll::create(epoll::CreateFlags::CLOEXEC)?;
            let unpark_event = eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?;
            let flags = epoll::EventFlags::IN;
            epoll::add(
                &epoll,
                &unpark_event,
                epoll::EventData::new_u64(UNPARK_EVENT),
                flags,
            )?;
            let watched = RefCell::new(BTreeMap::new());
            Ok(Self {
                epoll,
                unpark_event,
                watched,
                next_key: Cell::new(UNPARK_EVENT + 1),
            })
        };
        made()
            .unwrap_or_else(|error| process::fail(format_args!("cannot wait for events: {error}")))
    }

    pub(super) fn unpark_event(&self) -> &OwnedFd {
        &self.unpark_event
    }

    fn turn(&self, timeout: Option<Timespec>) {
        let mut buffer = [const { core::mem::MaybeUninit::uninit() }; 64];
        let ready = match epoll::wait(&self.epoll, &mut buffer[..], timeout.as_ref()) {
            Ok((ready, _)) => ready,
            // A signal has interrupted the wait. The executor checks its queue and waits again.
            Err(Errno::INTR) => return,
            Err(error) => process::fail(format_args!("cannot wait for events: {error}")),
        };
        for event in ready {
            // By value: the structure is packed.
            let (flags, key) = (event.flags, event.data.u64());
            if key == UNPARK_EVENT {
                let _ = rustix::io::read(&self.unpark_event, &mut [0_u8; 8]);
                continue;
            }
            let readiness = self.watched.borrow().get(&key).cloned();
            if let Some(readiness) = readiness {
                let over = epoll::EventFlags::HUP | epoll::EventFlags::ERR;
                if flags.intersects(epoll::EventFlags::IN | epoll::EventFlags::RDHUP | over) {
                    readiness.readable.raise();
                }
                if flags.intersects(epoll::EventFlags::OUT | over) {
                    readiness.writable.raise();
                }
            }
        }
    }
}

/// The readiness of a descriptor.
#[derive(Debug, Default)]
struct Readiness {
    readable: Edge,
    writable: Edge,
}

/// The readiness of a descriptor in one direction, and the tasks that wait for it.
#[derive(Debug, Default)]
struct Edge {
    raised: Cell<bool>,
    waiting: RefCell<Vec<Waker>>,
}

impl Edge {
    fn raise(&self) {
        self.raised.set(true);
        for waker in self.waiting.take() {
            waker.wake();
        }
    }

    fn poll_raised(&self, context: &mut Context<'_>) -> Poll<()> {
        if self.raised.get() {
            return Poll::Ready(());
        }
        let mut waiting = self.waiting.borrow_mut();
        if !waiting.iter().any(|waker| waker.will_wake(context.waker())) {
            waiting.push(context.waker().clone());
        }
        Poll::Pending
    }
}

/// A descriptor that the reactor watches, until it is dropped.
#[derive(Debug)]
pub(super) struct Watched<T: AsFd> {
    io: T,
    key: u64,
    readiness: Rc<Readiness>,
}

impl<T: AsFd> Watched<T> {
    /// Watches `io`, which must be non-blocking.
    pub(super) fn new(io: T) -> io::Result<Self> {
        let reactor = current();
        let key = reactor.next_key.replace(reactor.next_key.get() + 1);
        let flags = epoll::EventFlags::IN
            | epoll::EventFlags::OUT
            | epoll::EventFlags::RDHUP
            | epoll::EventFlags::ET;
        epoll::add(&reactor.epoll, &io, epoll::EventData::new_u64(key), flags)?;
        let readiness = Rc::new(Readiness::default());
        reactor.watched.borrow_mut().insert(key, readiness.clone());
        Ok(Self { io, key, readiness })
    }

    pub(super) fn io(&self) -> &T {
        &self.io
    }

    /// Tries `operation` until it does not block, whenever the descriptor becomes readable.
    pub(super) async fn when_readable<R>(
        &self,
        operation: impl FnMut(&T) -> io::Result<R>,
    ) -> io::Result<R> {
        self.when(&self.readiness.readable, operation).await
    }

    /// Tries `operation` until it does not block, whenever the descriptor becomes writable.
    pub(super) async fn when_writable<R>(
        &self,
        operation: impl FnMut(&T) -> io::Result<R>,
    ) -> io::Result<R> {
        self.when(&self.readiness.writable, operation).await
    }

    async fn when<R>(
        &self,
        edge: &Edge,
        mut operation: impl FnMut(&T) -> io::Result<R>,
    ) -> io::Result<R> {
        loop {
            match self.attempt(edge, &mut operation) {
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    poll_fn(|context| edge.poll_raised(context)).await;
                }
                result => return result,
            }
        }
    }

    /// Reads. If it would block, the descriptor is not readable until the next edge.
    pub(super) fn try_read<R>(&self, operation: impl FnMut(&T) -> io::Result<R>) -> io::Result<R> {
        self.attempt(&self.readiness.readable, operation)
    }

    /// Writes. If it would block, the descriptor is not writable until the next edge.
    pub(super) fn try_write<R>(&self, operation: impl FnMut(&T) -> io::Result<R>) -> io::Result<R> {
        self.attempt(&self.readiness.writable, operation)
    }

    fn attempt<R>(
        &self,
        edge: &Edge,
        mut operation: impl FnMut(&T) -> io::Result<R>,
    ) -> io::Result<R> {
        loop {
            let result = operation(&self.io);
            match result.as_ref().map_err(|error| error.kind()) {
                Err(ErrorKind::Interrupted) => continue,
                // An edge since then is not lost: this thread receives it from epoll later.
                Err(ErrorKind::WouldBlock) => edge.raised.set(false),
                _ => {}
            }
            return result;
        }
    }

    /// Ready when the descriptor may be writable.
    pub(super) fn poll_writable(&self, context: &mut Context<'_>) -> Poll<()> {
        self.readiness.writable.poll_raised(context)
    }

    /// Ready when the descriptor may have become readable since [`Watched::clear_readable`].
    pub(super) fn poll_readable(&self, context: &mut Context<'_>) -> Poll<()> {
        self.readiness.readable.poll_raised(context)
    }

    /// Marks the descriptor as not readable until the next edge.
    pub(super) fn clear_readable(&self) {
        self.readiness.readable.raised.set(false);
    }
}

impl<T: AsFd> Drop for Watched<T> {
    fn drop(&mut self) {
        let reactor = current();
        // This fails only if the descriptor is closed, which has removed it from the set.
        let _ = epoll::delete(&reactor.epoll, &self.io);
        reactor.watched.borrow_mut().remove(&self.key);
    }
}
