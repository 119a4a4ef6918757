//! What a stack counts.

use super::{drops::Drops, tcp};

/// What has happened on an interface since it was made.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counters {
    /// Frames received.
    pub received: u64,
    /// What was dropped, for each reason.
    pub drops: Drops,
    /// What has happened in TCP.
    pub tcp: tcp::Counters,
}
