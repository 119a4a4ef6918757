//! The ends of lifetimes that routers advertise.

use crate::time::Instant;
use core::time::Duration;

/// When a lifetime ends; `None` if it has no end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Expiry(Option<Instant>);

impl Expiry {
    /// Returns the end of a lifetime of so many seconds, of which the maximum stands for one without end (RFC
    /// 4861, section 4.6.2).
    pub(super) fn after(now: Instant, seconds: u32) -> Self {
        match seconds {
            u32::MAX => Self(None),
            _ => Self::at(now + Duration::from_secs(seconds.into())),
        }
    }

    pub(super) const fn at(end: Instant) -> Self {
        Self(Some(end))
    }

    pub(super) fn is_over(self, now: Instant) -> bool {
        self.0.is_some_and(|end| end <= now)
    }

    pub(super) fn remaining(self, now: Instant) -> Duration {
        self.0
            .map_or(Duration::MAX, |end| end.saturating_duration_since(now))
    }

    pub(super) const fn deadline(self) -> Option<Instant> {
        self.0
    }
}
