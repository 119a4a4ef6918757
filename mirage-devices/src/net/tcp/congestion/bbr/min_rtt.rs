//! The smallest round-trip time (section 5.5.7).

use crate::time::Instant;
use core::time::Duration;

/// BBR.MinRTTFilterLen.
const WINDOW: Duration = Duration::from_secs(10);
/// BBR.ProbeRTTInterval.
const PROBE_INTERVAL: Duration = Duration::from_secs(5);

/// The smallest round-trip times of two windows.
#[derive(Debug, Clone, Copy)]
pub struct MinRtt {
    /// BBR.min_rtt and when it was measured.
    min: Option<(Duration, Instant)>,
    /// BBR.probe_rtt_min_delay and when it was measured.
    probed: Option<(Duration, Instant)>,
    /// Whether the second has not been confirmed for an interval.
    is_due: bool,
}

impl MinRtt {
    pub const fn new() -> Self {
        Self {
            min: None,
            probed: None,
            is_due: false,
        }
    }

    pub fn get(&self) -> Option<Duration> {
        self.min.map(|(rtt, _)| rtt)
    }

    /// Whether it has to be measured with little in flight.
    pub const fn is_due(&self) -> bool {
        self.is_due
    }

    /// It was measured.
    pub fn set_probed(&mut self, now: Instant) {
        if let Some((_, at)) = &mut self.probed {
            *at = now;
        }
        self.is_due = false;
    }

    /// BBRUpdateMinRTT.
    pub fn update(&mut self, now: Instant, rtt: Option<Duration>) {
        let expired = |measured: Option<(Duration, Instant)>, interval| {
            measured.is_some_and(|(_, at)| now.saturating_duration_since(at) > interval)
        };
        self.is_due = expired(self.probed, PROBE_INTERVAL);
        if let Some(rtt) = rtt
            && (self.is_due || self.probed.is_none_or(|(least, _)| rtt < least))
        {
            self.probed = Some((rtt, now));
        }
        let is_expired = expired(self.min, WINDOW);
        if let Some(probed) = self.probed
            && (is_expired || self.min.is_none_or(|(least, _)| probed.0 < least))
        {
            self.min = Some(probed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_measured_again_after_an_interval_and_forgotten_after_a_window() {
        let mut min_rtt = MinRtt::new();
        let at = |seconds| Instant::BOOT + Duration::from_secs(seconds);
        let millis = |millis| Some(Duration::from_millis(millis));
        min_rtt.update(at(1), millis(20));
        min_rtt.update(at(2), millis(30));
        assert_eq!(min_rtt.get(), millis(20));
        assert!(!min_rtt.is_due());
        min_rtt.update(at(7), millis(40));
        assert!(min_rtt.is_due());
        assert_eq!(min_rtt.get(), millis(20), "the window is longer");
        min_rtt.set_probed(at(8));
        min_rtt.update(at(9), millis(50));
        assert!(!min_rtt.is_due());
        min_rtt.update(at(12), None);
        assert_eq!(min_rtt.get(), millis(40));
        min_rtt.update(at(12), millis(10));
        assert_eq!(min_rtt.get(), millis(10));
    }
}
