//! How often the tender is asked for devices that can be read while tasks are ready.
//!
//! Each question is a call out of the guest, and most that are asked between two tasks of the same
//! request find nothing.

use core::time::Duration;
use mirage_devices::time::Instant;

/// A frame that comes meanwhile waits so long at most, if no task runs longer. A TAP device keeps a
/// thousand frames until then, as many as ten million a second would be.
const INTERVAL: Duration = Duration::from_micros(100);

/// Tells when it is time to ask.
#[derive(Debug)]
pub(crate) struct Pace {
    /// When the interval began; it begins with the first look at it after a wait.
    since: Option<Instant>,
}

impl Pace {
    pub(crate) const fn new() -> Self {
        Self { since: None }
    }

    /// The tender was asked just now, in a wait.
    pub(crate) fn waited(&mut self) {
        self.since = None;
    }

    /// Whether to ask now.
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
