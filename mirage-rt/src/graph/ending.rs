//! The orderly end: devices are stopped in reverse order of their start.

use super::Outcome;
use crate::{
    device::STOP_LIMIT,
    time::{Duration, timeout},
};
use alloc::{boxed::Box, rc::Rc};
use core::{
    cell::Cell,
    fmt,
    pin::{Pin, pin},
};
use embassy_futures::select::{Either, select};

type Stop = Pin<Box<dyn Future<Output = ()>>>;

/// What remains to be done when the unikernel ends: the stop of the device that was started last,
/// which ends with that of the one before, and so on. A device without a stop leaves no trace here,
/// and an image without any has none of this code.
#[derive(Default)]
pub(super) struct Ending(Cell<Option<Stop>>);

impl Ending {
    /// Adds the stop of the device that was just started.
    pub(super) fn push(&self, node: &'static str, stop: impl Future<Output = ()> + 'static) {
        self.push_limited(node, stop, STOP_LIMIT);
    }

    fn push_limited(
        &self,
        node: &'static str,
        stop: impl Future<Output = ()> + 'static,
        limit: Duration,
    ) {
        let earlier = self.0.take();
        self.0.set(Some(Box::pin(async move {
            if timeout(limit, stop).await.is_err() {
                log::warn!("`{node}` did not stop in time");
            }
            if let Some(earlier) = earlier {
                earlier.await;
            }
        })));
    }

    /// Stops what was started, last first.
    pub(super) async fn stop(&self) {
        if let Some(stop) = self.0.take() {
            stop.await;
        }
    }
}

impl fmt::Debug for Ending {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Ending").finish_non_exhaustive()
    }
}

/// The life of a unikernel: it runs until it ends by itself or `shutdown` completes; then what it
/// has started is stopped.
pub(super) async fn live(
    unikernel: impl Future<Output = Outcome>,
    shutdown: impl Future<Output = ()>,
    ending: Rc<Ending>,
) -> Outcome {
    // To the end: what tells of the host's wish is kept, so that it can wish again.
    let shutdown = pin!(shutdown);
    let outcome = match select(unikernel, shutdown).await {
        Either::First(outcome) => outcome,
        Either::Second(()) => {
            log::info!("shutdown was asked for");
            Ok(())
        }
    };
    ending.stop().await;
    outcome
}

#[cfg(test)]
mod tests;
