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

/// A descriptor that is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Token(u64);

/// What can be done with a descriptor, until it says that it cannot.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ready {
    /// Reading, or what stands for it, such as accepting.
    pub readable: bool,
    /// Writing.
    pub writable: bool,
}

impl Ready {
    /// Both.
    pub const ALL: Self = Self {
        readable: true,
        writable: true,
    };

    /// And what has become possible now.
    pub fn add(&mut self, other: Self) {
        self.readable |= other.readable;
        self.writable |= other.writable;
    }
}

/// The descriptors that are waited for. One that is closed is no longer waited for.
#[derive(Debug)]
pub struct Poller {
    epoll: OwnedFd,
    next: u64,
}

impl Poller {
    /// One that waits for nothing yet.
    pub fn new() -> io::Result<Self> {
        Ok(Self {
            epoll: epoll::create(CreateFlags::CLOEXEC)?,
            next: 0,
        })
    }

    /// Waits for `descriptor` too. It is said once that it has become ready; that it is so now is
    /// said as well.
    pub fn register(&mut self, descriptor: impl AsFd) -> io::Result<Token> {
        let token = Token(self.next);
        let flags = EventFlags::IN | EventFlags::OUT | EventFlags::RDHUP | EventFlags::ET;
        epoll::add(&self.epoll, descriptor, EventData::new_u64(token.0), flags)?;
        self.next += 1;
        Ok(token)
    }

    /// What has become ready, at the latest after `limit`.
    pub fn wait(&self, limit: Option<Duration>) -> io::Result<Vec<(Token, Ready)>> {
        const MAX_EVENTS: usize = 256;
        let limit = limit.map(|limit| Timespec {
            tv_sec: limit.as_secs() as i64,
            tv_nsec: limit.subsec_nanos().into(),
        });
        let mut events = Vec::with_capacity(MAX_EVENTS);
        let spare = rustix::buffer::spare_capacity(&mut events);
        match epoll::wait(&self.epoll, spare, limit.as_ref()) {
            Ok(_) | Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
        let ready = events.iter().map(|event| {
            let flags = event.flags;
            // An error is found by whoever reads or writes.
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
