//! Points in time in 32 bits, for what a connection remembers while it is idle.

use super::nanos::Nanos;
use crate::time::Instant;

/// A point in time in the recent past, in ticks of `1 << TICK` nanoseconds. One that is 2³² ticks older is
/// indistinguishable from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CompactTime<const TICK: u32>(u32);

/// A point in time in the last 52 days, in ticks of 1.05 ms.
pub type CoarseTime = CompactTime<20>;

/// A point in time in the last 73 minutes, in ticks of 1.02 µs.
pub type FineTime = CompactTime<10>;

impl<const TICK: u32> CompactTime<TICK> {
    /// Remembers `now`.
    #[inline]
    pub const fn at(now: Instant) -> Self {
        Self((now.as_nanos() >> TICK) as u32)
    }

    /// Returns the tick, given the present.
    const fn tick(self, now: Instant) -> u64 {
        let present = now.as_nanos() >> TICK;
        present.saturating_sub((present as u32).wrapping_sub(self.0) as u64)
    }

    /// Returns the instant, given the present; rounded up, so that what is due some time later is not early.
    #[inline]
    pub const fn to_instant(self, now: Instant) -> Instant {
        Instant::from_nanos((self.tick(now) + 1) << TICK)
    }

    /// Returns the time since then: at most a tick too long.
    #[inline]
    pub const fn elapsed(self, now: Instant) -> Nanos {
        Nanos(now.as_nanos() - (self.tick(now) << TICK))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::time::Duration;
    use proptest::prelude::*;

    const TICK: Duration = Duration::from_nanos(1 << 20);

    proptest! {
        #[test]
        fn an_instant_of_the_last_days_is_known_to_a_tick(
            then in 0..1_000_000_000_000_000_000u64, age in 0..4_000_000_000_000_000u64,
        ) {
            let then = Instant::from_nanos(then);
            let age = Duration::from_nanos(age);
            let now = then + age;
            let coarse = CoarseTime::at(then);
            prop_assert!(coarse.to_instant(now) > then);
            prop_assert!(coarse.to_instant(now) - then <= TICK);
            let elapsed = Duration::from(coarse.elapsed(now));
            prop_assert!(elapsed >= age && elapsed - age < TICK);
        }
    }
}
