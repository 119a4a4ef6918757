//! Our instants and smoltcp's.

use crate::time::Instant;
use core::time::Duration;
use smoltcp::time::Instant as WireInstant;

/// A deadline of smoltcp's, in microseconds since boot.
pub(super) fn of_wire(instant: WireInstant) -> Instant {
    Instant::BOOT + Duration::from_micros(u64::try_from(instant.total_micros()).unwrap_or(0))
}

/// An instant as smoltcp has them.
pub(super) fn wire(instant: Instant) -> WireInstant {
    WireInstant::from_micros(i64::try_from(instant.as_nanos() / 1000).unwrap_or(i64::MAX))
}
