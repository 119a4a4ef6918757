//! Wakes a sleeping executor from another thread.

use std::{
    os::fd::OwnedFd,
    thread::{self, ThreadId},
};

/// A handle that wakes the executor of the thread that made it.
pub(crate) struct Unparker {
    /// The thread that runs the tasks. It checks the queue before it sleeps, so only other threads
    /// have to wake it.
    owner: ThreadId,
    /// `None` in a test, whose executor never sleeps.
    event: Option<&'static OwnedFd>,
}

impl Unparker {
    /// Returns a handle to this thread's executor.
    pub(crate) fn new() -> Self {
        Self {
            owner: thread::current().id(),
            event: super::virtual_time::now()
                .is_none()
                .then(|| super::reactor::current().unpark_event()),
        }
    }

    /// Wakes the executor if it sleeps. Does nothing on its own thread.
    pub(crate) fn unpark(&self) {
        if let Some(event) = self.event
            && thread::current().id() != self.owner
        {
            // A full counter (EAGAIN) wakes as well.
            let _ = rustix::io::write(event, &1_u64.to_ne_bytes());
        }
    }
}
