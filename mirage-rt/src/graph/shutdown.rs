//! Shutdown: devices are stopped in reverse order of their start.

use super::Outcome;
use crate::{
    device::STOP_LIMIT,
    logger::report,
    platform,
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

/// Stops the device that started last, then the device before it, and so on. A device without `stop`
/// adds nothing, so that an image with none of them has none of this code.
#[derive(Default)]
pub(super) struct Shutdown(Cell<Option<Stop>>);

impl Shutdown {
    /// Adds the stop of the device that has just started.
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
                report!(Warn, "`{node}` did not stop in time");
            }
            if let Some(earlier) = earlier {
                earlier.await;
            }
        })));
    }

    /// Stops the devices in reverse order.
    pub(super) async fn stop(&self) {
        if let Some(stop) = self.0.take() {
            stop.await;
        }
    }
}

impl fmt::Debug for Shutdown {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Shutdown").finish_non_exhaustive()
    }
}

/// Runs a unikernel until it returns or is dropped after a request for shutdown, then stops its
/// devices.
pub(super) async fn run_to_end(
    unikernel: impl Future<Output = Outcome>,
    requested: impl Future<Output = ()>,
    shutdown: Rc<Shutdown>,
) -> Outcome {
    // Not dropped before the devices have stopped, so that the host can request shutdown again.
    let mut requested = pin!(requested);
    let limit = async {
        requested.as_mut().await;
        report!("shutdown was asked for");
        if let Some(limit) = platform::shutdown_request().make() {
            limit.await;
        }
    };
    // The unikernel is polled here only. The compiler sees where it never waits, and removes the rest.
    let outcome = match select(unikernel, limit).await {
        Either::First(outcome) => outcome,
        Either::Second(()) => Ok(()),
    };
    shutdown.stop().await;
    outcome
}

#[cfg(test)]
mod tests;
