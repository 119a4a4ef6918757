//! Proportional rate reduction (RFC 9937): how much may be sent for each acknowledgment in recovery.

/// The state of one recovery. All counts are in bytes.
#[derive(Debug, Clone, Copy)]
pub struct Prr {
    /// RecoverFS: what was in flight when recovery began.
    flight: u32,
    /// prr_delivered.
    delivered: u32,
    /// prr_out.
    sent: u32,
}

impl Prr {
    /// Starts a recovery. `flight` bytes were in flight after the last transmission, and `delivered` of
    /// them were delivered until the acknowledgment with which recovery begins.
    pub const fn new(flight: u32, delivered: u32) -> Self {
        Self {
            flight: if flight == 0 { 1 } else { flight },
            delivered,
            sent: 0,
        }
    }

    /// Counts bytes that were sent.
    pub fn on_sent(&mut self, bytes: u32) {
        self.sent = self.sent.saturating_add(bytes);
    }

    /// The congestion window after an acknowledgment that delivered `delivered` bytes, with `in_flight`
    /// bytes in flight. `is_safe` is whether it acknowledged new data and no further loss was detected
    /// (SafeACK).
    pub fn window(
        &mut self,
        delivered: u32,
        in_flight: u32,
        ssthresh: u32,
        mss: u32,
        is_safe: bool,
    ) -> u32 {
        self.delivered = self.delivered.saturating_add(delivered);
        let mut allowance = if in_flight > ssthresh {
            let share = u64::from(self.delivered) * u64::from(ssthresh);
            (share.div_ceil(self.flight.into()) as u32).saturating_sub(self.sent)
        } else {
            let mut allowance = self.delivered.saturating_sub(self.sent).max(delivered);
            if is_safe {
                allowance += mss;
            }
            allowance.min(ssthresh - in_flight)
        };
        // The first retransmission is sent at once.
        if self.sent == 0 {
            allowance = allowance.max(mss);
        }
        in_flight + allowance
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 9937's example: with half of the window as target, every other acknowledgment lets a segment
    /// out.
    #[test]
    fn the_flight_shrinks_to_the_threshold() {
        let mss = 1000;
        let mut prr = Prr::new(20 * mss, 0);
        let mut in_flight = 19 * mss;
        let mut sent = 0;
        for _ in 0..19 {
            in_flight -= mss;
            let window = prr.window(mss, in_flight, 10 * mss, mss, false);
            while in_flight + mss <= window {
                in_flight += mss;
                sent += 1;
                prr.on_sent(mss);
            }
        }
        assert!((9..=10).contains(&sent), "{sent}");
        assert!((9 * mss..=10 * mss).contains(&in_flight), "{in_flight}");
    }

    /// The first acknowledgment lets out 0.7 of a segment. The retransmission does not wait for more.
    #[test]
    fn the_first_retransmission_is_sent_at_once() {
        let mut prr = Prr::new(10_000, 0);
        assert_eq!(prr.window(1000, 8000, 7000, 1000, false), 9000);
        prr.on_sent(1000);
        assert_eq!(prr.window(1000, 8000, 7000, 1000, false), 8400);
    }

    /// What was delivered since the last transmission lets data out with the first retransmission.
    #[test]
    fn a_batch_of_acknowledgments_counts_as_a_whole() {
        let mut prr = Prr::new(20_000, 2000);
        assert_eq!(prr.window(1000, 16_000, 14_000, 1000, false), 18_100);
    }

    #[test]
    fn below_the_threshold_an_acknowledgment_sends_what_it_delivered_and_one_more_if_safe() {
        let mut prr = Prr::new(20_000, 0);
        assert_eq!(prr.window(1000, 3000, 10_000, 1000, false), 4000);
        prr.on_sent(1000);
        assert_eq!(prr.window(1000, 3000, 10_000, 1000, true), 5000);
    }
}
