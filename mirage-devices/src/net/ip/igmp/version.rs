//! The versions of IGMP.

use core::time::Duration;

/// A version of the protocol, of which the older ones are less.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Version {
    One,
    Two,
    Three,
}

impl Version {
    /// Up to when a change is reported again: the Unsolicited Report Interval.
    pub(super) const fn report_interval(self) -> Duration {
        match self {
            Self::Three => Duration::from_secs(1),
            // RFC 2236, section 8.10.
            Self::Two | Self::One => Duration::from_secs(10),
        }
    }
}
