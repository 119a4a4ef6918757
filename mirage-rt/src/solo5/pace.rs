//! How often the tender is polled while tasks are ready.
//!
//! Each poll leaves the guest, and most polls between two tasks of the same request find nothing.

use core::time::Duration;
use mirage_devices::time::Instant;

/// Maximum delay of a frame, unless a task runs longer. A TAP device queues a thousand frames, which is
/// enough for ten million frames per second.
const INTERVAL: Duration = Duration::from_micros(100);

/// Decides when to poll.
#[derive(Debug)]
pub(crate) struct Pace {
    /// The start of the interval. It starts when it is first checked after a wait.
    since: Option<Instant>,
}

impl Pace {
    pub(crate) const fn new() -> Self {
        Self { since: None }
    }

    /// Records that a wait has polled the tender.
    pub(crate) fn waited(&mut self) {
        self.since = None;
    }

    /// Returns whether to poll now.
    pub(crate) fn is_due(&mut self, now: Instant) -> bool {
        let due = self.since.is_some_and(|since| now - since >= INTERVAL);
        if due || self.since.is_none() {
            self.since = Some(now);
        }
        due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(microseconds: u64) -> Instant {
        Instant::BOOT + Duration::from_micros(microseconds)
    }

    #[test]
    fn the_tender_is_asked_once_in_an_interval() {
        let mut pace = Pace::new();
        let asked = [0, 99, 100, 150, 199, 200].map(|time| pace.is_due(at(time)));
        assert_eq!(asked, [false, false, true, false, false, true]);
    }

    #[test]
    fn a_wait_begins_it_anew() {
        let mut pace = Pace::new();
        assert!(!pace.is_due(at(0)));
        pace.waited();
        assert!(!pace.is_due(at(1000)));
        assert!(!pace.is_due(at(1099)));
        assert!(pace.is_due(at(1100)));
    }
}
