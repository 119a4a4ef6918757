//! What a stack counts.

use core::cell::Cell;

/// What has happened on an interface since it was made.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counters {
    /// Frames received.
    pub received: u64,
    /// Requests for a connection that were dropped because the listener's backlog was full.
    pub backlog_full: u64,
    /// Requests for a connection that were dropped because the port had all that it may have.
    pub connections_full: u64,
    /// Requests for a connection that were dropped because memory was exhausted.
    pub memory_full: u64,
    /// Half-open connections that were given up for newer ones.
    pub half_open_evicted: u64,
    /// Requests for a closed port that were not answered, because too many came in one second.
    pub refusals_limited: u64,
}

/// Counters that are counted up through a shared reference.
#[derive(Debug, Default)]
pub(super) struct Tally(Cell<Counters>);

impl Tally {
    pub(super) fn count(&self, change: impl FnOnce(&mut Counters)) {
        let mut counters = self.0.get();
        change(&mut counters);
        self.0.set(counters);
    }

    pub(super) fn get(&self) -> Counters {
        self.0.get()
    }
}
