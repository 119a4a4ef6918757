//! A signal from sockets to the stack: there is something to send, or to tidy up.

use core::{
    cell::{Cell, RefCell},
    future::poll_fn,
    task::{Poll, Waker},
};

/// Raised any number of times, waited for by one task.
#[derive(Debug, Default)]
pub(super) struct Signal {
    raised: Cell<bool>,
    waiting: RefCell<Option<Waker>>,
}

impl Signal {
    pub(super) fn raise(&self) {
        if !self.raised.replace(true)
            && let Some(waker) = self.waiting.take()
        {
            waker.wake();
        }
    }

    /// Completes once the signal has been raised, and lowers it.
    pub(super) async fn wait(&self) {
        poll_fn(|context| {
            if self.raised.take() {
                return Poll::Ready(());
            }
            self.waiting.replace(Some(context.waker().clone()));
            Poll::Pending
        })
        .await;
    }
}
