//! What a sender needs while more is in flight than a single transmission.

use crate::{
    net::tcp::{
        delivery_rate::DeliveryRate, on_demand::OnDemand, path_search::PathSearch, rack::Rack,
    },
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
    /// The search for the size of a full segment, after the path has dropped larger ones.
    pub(super) path_search: OnDemand<PathSearch>,
}

impl Flight {
    /// The state of a flight of `in_flight` bytes, all of which were sent at `sent_at`.
    pub(super) const fn new(sent_at: Instant, in_flight: u32) -> Self {
        Self {
            rack: Rack::new(),
            rate: DeliveryRate::new(sent_at, in_flight),
            paced_until: Instant::BOOT,
            path_search: OnDemand::NONE,
        }
    }

    /// Returns whether it says something about the next flight.
    pub(super) fn outlasts(&self, now: Instant) -> bool {
        self.paced_until > now || self.path_search.is_some() || self.rack.knows_the_path()
    }
}
