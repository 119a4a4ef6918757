//! What a sender needs while more is in flight than a single transmission.

use super::Sender;
use crate::{
    net::tcp::{compact_time::CoarseTime, delivery_rate::DeliveryRate, rack::Rack},
    time::Instant,
};

/// The state of data in flight that was not sent in one go, or is not acknowledged in one. An idle connection
/// has none, and neither has one that carries a request at a time.
#[derive(Debug)]
pub struct Flight {
    pub(super) rack: Rack,
    pub(super) rate: DeliveryRate,
    /// When the data that was sent would be finished at the pacing rate.
    pub(super) paced_until: Instant,
    /// The size of a full segment, and when smaller ones began to be tried.
    pub(super) shrunk: Option<(u32, CoarseTime)>,
}

impl Sender {
    /// Returns the state of the flight, which begins now unless it has begun; `None` if there is no memory
    /// for it. Then losses are found by the retransmission timeout, nothing is paced, and segments stay large.
    pub(super) fn flight(&mut self, now: Instant) -> Option<&mut Flight> {
        let (scoreboard, in_flight) = (&self.scoreboard, self.nxt - self.una);
        self.flight.get_or_insert_with(|| {
            let oldest = scoreboard.records().front();
            Flight {
                rack: Rack::new(),
                rate: DeliveryRate::new(oldest.map_or(now, |oldest| oldest.sent_at), in_flight),
                paced_until: Instant::BOOT,
                shrunk: None,
            }
        })
    }

    /// Frees the state of a flight that has ended, unless it says something about the next one.
    #[cold]
    pub(super) fn end_flight(&mut self, now: Instant) {
        let is_needed = self.flight.get().is_some_and(|flight| {
            flight.paced_until > now || flight.shrunk.is_some() || flight.rack.knows_the_path()
        });
        if !is_needed {
            self.flight.clear();
        }
    }
}
