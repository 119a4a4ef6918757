//! Spans of time in nanoseconds.
//!
//! A [`Duration`] counts seconds and nanoseconds apart, so arithmetic with it divides and branches. That
//! is too much for what is computed several times for each segment.

use crate::time::Instant;
use core::{
    ops::{Add, Div, Mul},
    time::Duration,
};

/// A span of time in nanoseconds. Arithmetic saturates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Nanos(pub u64);

impl Nanos {
    /// No time.
    pub const ZERO: Self = Self(0);

    /// A span of microseconds.
    pub const fn from_micros(micros: u32) -> Self {
        Self(micros as u64 * 1000)
    }

    /// A span of milliseconds.
    pub const fn from_millis(millis: u32) -> Self {
        Self(millis as u64 * 1_000_000)
    }

    /// A span of seconds.
    pub const fn from_secs(seconds: u32) -> Self {
        Self(seconds as u64 * 1_000_000_000)
    }

    /// Returns the whole milliseconds, at most `u32::MAX` (49 days).
    pub const fn as_millis(self) -> u32 {
        let millis = self.0 / 1_000_000;
        if millis > u32::MAX as u64 {
            u32::MAX
        } else {
            millis as u32
        }
    }

    /// Returns the time from `earlier` to `later`, or zero if `earlier` is later.
    pub const fn between(earlier: Instant, later: Instant) -> Self {
        Self(later.as_nanos().saturating_sub(earlier.as_nanos()))
    }

    /// Returns the whole microseconds, at most `u32::MAX` (71 minutes).
    pub const fn as_micros(self) -> u32 {
        let micros = self.0 / 1000;
        if micros > u32::MAX as u64 {
            u32::MAX
        } else {
            micros as u32
        }
    }
}

impl From<Duration> for Nanos {
    fn from(duration: Duration) -> Self {
        Self(u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX))
    }
}

impl From<Nanos> for Duration {
    fn from(nanos: Nanos) -> Self {
        Self::from_nanos(nanos.0)
    }
}

impl Add for Nanos {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl Mul<u64> for Nanos {
    type Output = Self;
    fn mul(self, factor: u64) -> Self {
        Self(self.0.saturating_mul(factor))
    }
}

impl Div<u64> for Nanos {
    type Output = Self;
    fn div(self, divisor: u64) -> Self {
        Self(self.0 / divisor)
    }
}

impl Add<Nanos> for Instant {
    type Output = Self;
    /// Returns the instant `nanos` later, or the latest instant if that overflows.
    fn add(self, nanos: Nanos) -> Self {
        Self::from_nanos(self.as_nanos().saturating_add(nanos.0))
    }
}
