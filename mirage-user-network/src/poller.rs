//! Waiting for many descriptors at once.

use rustix::{
    event::{
        Timespec,
        epoll::{self, CreateFlags, EventData, EventFlags},
    },
    io::Errno,
};
use std::{
    io,
    os::fd::{AsFd, OwnedFd},
    time::Duration,
};

/// Identifies a registered descriptor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Token(u64);

/// The operations that a descriptor is ready for, until one of them would block.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ready {
    /// Reading or accepting.
    pub readable: bool,
    /// Writing.
    pub writable: bool,
}

impl Ready {
    /// Ready for both.
    pub const ALL: Self = Self {
        readable: true,
        writable: true,
    };

    /// Adds the operations of `other`.
    pub fn add(&mut self, other: Self) {
        self.readable |= other.readable;
        self.writable |= other.writable;
    }
}

/// An epoll instance. A descriptor that is closed is removed by the kernel.
#[derive(Debug)]
pub struct Poller {
    epoll: OwnedFd,
    next: u64,
}

impl Poller {
    /// Creates a poller without descriptors.
    pub fn new() -> io::Result<Self> {
        Ok(Self {
            epoll: epoll::create(CreateFlags::CLOEXEC)?,
            next: 0,
        })
    }

    /// Registers `descriptor`, edge-triggered: each change is reported once, and so is the state at
    /// registration.
    pub fn register(&mut self, descriptor: impl AsFd) -> io::Result<Token> {
        let token = Token(self.next);
        let flags = EventFlags::IN | EventFlags::OUT | EventFlags::RDHUP | EventFlags::ET;
        epoll::add(&self.epoll, descriptor, EventData::new_u64(token.0), flags)?;
        self.next += 1;
        Ok(token)
    }

    /// Waits until a descriptor becomes ready or `timeout` has passed.
    pub fn wait(&self, timeout: Option<Duration>) -> io::Result<Vec<(Token, Ready)>> {
        const MAX_EVENTS: usize = 256;
        let timeout = timeout.map(|timeout| Timespec {
            tv_sec: timeout.as_secs() as i64,
            tv_nsec: timeout.subsec_nanos().into(),
        });
        let mut events = Vec::with_capacity(MAX_EVENTS);
        let spare = rustix::buffer::spare_capacity(&mut events);
        match epoll::wait(&self.epoll, spare, timeout.as_ref()) {
            Ok(_) | Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
        let ready = events.iter().map(|event| {
            let flags = event.flags;
            // The next read or write returns the error.
            let error = EventFlags::ERR | EventFlags::HUP;
            let ready = Ready {
                readable: flags.intersects(EventFlags::IN | EventFlags::RDHUP | error),
                writable: flags.intersects(EventFlags::OUT | error),
            };
            (Token(event.data.u64()), ready)
        });
        Ok(ready.collect())
    }
}
