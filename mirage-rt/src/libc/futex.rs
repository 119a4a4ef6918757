//! Futexes (futex(2)): WAIT, WAIT_BITSET, WAKE and WAKE_BITSET.
//!
//! The queues are by address. There is one process, so that private and shared futexes are the same.

use super::{Errno, clock};
use crate::{
    freestanding::one_core::OneCore,
    platform, thread,
    time::{Instant, sleep_until},
};
use ::libc::timespec;
use alloc::{
    collections::{BTreeMap, VecDeque},
    rc::Rc,
};
use core::{
    cell::{Cell, RefCell},
    ffi::c_int,
    future::poll_fn,
    pin::pin,
    sync::atomic::{AtomicU32, Ordering},
    task::{Poll, Waker},
};

/// A thread that waits.
struct Waiter {
    bits: u32,
    is_woken: Cell<bool>,
    waker: Waker,
}

static WAITERS: OneCore<RefCell<BTreeMap<usize, VecDeque<Rc<Waiter>>>>> =
    OneCore(RefCell::new(BTreeMap::new()));

/// The arguments of the system call after the address and the operation.
pub(super) struct Arguments {
    pub(super) value: u32,
    /// A `timespec`, or null.
    pub(super) timeout: *const timespec,
    pub(super) bits: u32,
}

/// The system call `futex`.
///
/// # Safety
/// `address` and the timeout are valid, as Linux requires.
pub(super) unsafe fn futex(
    address: *const u32,
    operation: c_int,
    arguments: &Arguments,
) -> Result<c_int, Errno> {
    let command = operation & !(::libc::FUTEX_PRIVATE_FLAG | ::libc::FUTEX_CLOCK_REALTIME);
    let bits = match command {
        ::libc::FUTEX_WAIT | ::libc::FUTEX_WAKE => u32::MAX,
        ::libc::FUTEX_WAIT_BITSET | ::libc::FUTEX_WAKE_BITSET if arguments.bits != 0 => {
            arguments.bits
        }
        ::libc::FUTEX_WAIT_BITSET | ::libc::FUTEX_WAKE_BITSET => return Err(Errno(::libc::EINVAL)),
        _ => return Err(Errno(::libc::ENOSYS)),
    };
    thread::yield_if_due();
    if matches!(command, ::libc::FUTEX_WAKE | ::libc::FUTEX_WAKE_BITSET) {
        return Ok(wake(address as usize, arguments.value, bits));
    }
    // SAFETY: valid if it is not null, as the caller states.
    let deadline = match unsafe { arguments.timeout.as_ref() } {
        None => None,
        Some(timeout) => {
            let time = clock::duration(timeout).ok_or(Errno(::libc::EINVAL))?;
            Some(match (command, operation & ::libc::FUTEX_CLOCK_REALTIME) {
                // WAIT has a relative timeout, WAIT_BITSET an absolute one.
                (::libc::FUTEX_WAIT, _) => platform::now() + time,
                (_, 0) => clock::deadline(::libc::CLOCK_MONOTONIC, time),
                _ => clock::deadline(::libc::CLOCK_REALTIME, time),
            })
        }
    };
    // SAFETY: the caller states that it is a futex, which is accessed atomically.
    let futex = unsafe { AtomicU32::from_ptr(address.cast_mut()) };
    if futex.load(Ordering::Relaxed) != arguments.value {
        return Err(Errno(::libc::EAGAIN));
    }
    wait(address as usize, bits, deadline)
}

/// Waits until a waker comes whose bits match, or the deadline has passed.
pub(super) fn wait(address: usize, bits: u32, deadline: Option<Instant>) -> Result<c_int, Errno> {
    let waiter = Rc::new(Waiter {
        bits,
        is_woken: Cell::new(false),
        waker: thread::waker(),
    });
    let queued = waiter.clone();
    WAITERS
        .0
        .borrow_mut()
        .entry(address)
        .or_default()
        .push_back(queued);
    let mut timeout = pin!(deadline.map(sleep_until));
    let result = thread::block_on(poll_fn(|context| {
        if waiter.is_woken.get() {
            return Poll::Ready(Ok(0));
        }
        match timeout.as_mut().as_pin_mut() {
            Some(timeout) => timeout
                .poll(context)
                .map(|()| Err(Errno(::libc::ETIMEDOUT))),
            None => Poll::Pending,
        }
    }));
    if result.is_err() {
        let mut waiters = WAITERS.0.borrow_mut();
        if let Some(queue) = waiters.get_mut(&address) {
            queue.retain(|other| !Rc::ptr_eq(other, &waiter));
            if queue.is_empty() {
                waiters.remove(&address);
            }
        }
    }
    result
}

/// Wakes up to `count` waiters whose bits match, in the order in which they wait.
pub(super) fn wake(address: usize, count: u32, bits: u32) -> c_int {
    let mut waiters = WAITERS.0.borrow_mut();
    let Some(queue) = waiters.get_mut(&address) else {
        return 0;
    };
    let mut woken = 0;
    queue.retain(|waiter| {
        if woken >= count || waiter.bits & bits == 0 {
            return true;
        }
        woken += 1;
        waiter.is_woken.set(true);
        // Only puts the thread's task in the ready queue.
        waiter.waker.wake_by_ref();
        false
    });
    if queue.is_empty() {
        waiters.remove(&address);
    }
    woken as c_int
}
