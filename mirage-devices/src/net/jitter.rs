//! Random durations, by which hosts that start together do not act together.

use crate::random::Random;
use core::time::Duration;
use rand_core::Rng;

/// Returns a random duration from `min` up to, but not including, `max`.
pub(super) fn between(random: &mut Random, min: Duration, max: Duration) -> Duration {
    let spread = u64::try_from(max.saturating_sub(min).as_nanos()).unwrap_or(u64::MAX);
    let scaled = (u128::from(spread) * u128::from(random.next_u32())) >> 32;
    min + Duration::from_nanos(scaled as u64)
}
