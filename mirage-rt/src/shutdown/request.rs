//! Whether the host has requested shutdown, and what the unikernel does then.

use crate::sync::WaitQueue;
use alloc::boxed::Box;
use core::{cell::Cell, pin::Pin};

/// Completes when the time limit of a unikernel that handles the request has passed.
pub(crate) type Limit = Pin<Box<dyn Future<Output = ()>>>;

type OnRequest = fn(&ShutdownRequest) -> Limit;

/// A unikernel's view of the host's request for shutdown. The code for unikernels that wait for the
/// request is behind a function pointer, so that images that never wait do not contain it.
pub(crate) struct ShutdownRequest {
    on_request: Cell<Option<OnRequest>>,
    is_made: Cell<bool>,
    waiting: WaitQueue,
}

impl ShutdownRequest {
    pub(crate) const fn new() -> Self {
        Self {
            on_request: Cell::new(None),
            is_made: Cell::new(false),
            waiting: WaitQueue::new(),
        }
    }

    /// Lets the unikernel continue after the request until the limit that `on_request` returns.
    pub(super) fn expect(&self, on_request: OnRequest) {
        self.on_request.set(Some(on_request));
    }

    /// Makes the request. Returns the limit if the unikernel continues.
    pub(crate) fn make(&self) -> Option<Limit> {
        self.on_request.get().map(|on_request| on_request(self))
    }

    /// Wakes the tasks that wait for the request.
    pub(super) fn wake(&self) {
        self.is_made.set(true);
        self.waiting.wake_all();
    }

    /// Completes when the request has been made.
    pub(super) async fn made(&self) {
        let is_made = || self.is_made.get().then_some(());
        self.waiting.wait_until(is_made).await;
    }
}
