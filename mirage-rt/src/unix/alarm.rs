//! How another thread makes a sleeping executor look at its queue.

use std::{
    os::fd::OwnedFd,
    thread::{self, ThreadId},
};

/// Rung when a task becomes ready.
pub(crate) struct Alarm {
    /// The thread that runs the tasks. It looks at the queue before it sleeps, so only other
    /// threads have to wake it.
    owner: ThreadId,
    /// None in a test, whose executor never sleeps.
    event: Option<&'static OwnedFd>,
}

impl Alarm {
    /// The alarm of this thread's executor.
    pub(crate) fn new() -> Self {
        Self {
            owner: thread::current().id(),
            event: super::virtual_time::now()
                .is_none()
                .then(|| super::reactor::current().alarm()),
        }
    }

    pub(crate) fn ring(&self) {
        if let Some(event) = self.event
            && thread::current().id() != self.owner
        {
            // A counter that is full (EAGAIN) wakes just as well.
            let _ = rustix::io::write(event, &1_u64.to_ne_bytes());
        }
    }
}
