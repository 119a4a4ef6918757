//! Neighbours whose MAC addresses have been learnt, sorted by IP address.
//!
//! An index is therefore only a hint: it is valid until an entry before it is added or removed.

use super::{address::NeighbourAddress, arp::MacAddress};
use crate::time::Instant;
use alloc::vec::Vec;

/// How many neighbours are remembered.
pub(super) const MAX_ENTRIES: usize = 1024;

/// What happens to an entry that is not known to be reachable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Doubt {
    /// Nothing, until it is used: STALE in RFC 4861, once `reachable_until` has passed.
    Stale,
    /// It has been used, and the transport may confirm it until the timer fires.
    Delay,
    /// It is asked by unicast each time the timer fires.
    Probe,
}

/// A neighbour.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entry<A> {
    pub(super) address: A,
    /// The address of this host that asks it.
    pub(super) source: A,
    pub(super) mac: MacAddress,
    pub(super) doubt: Doubt,
    pub(super) probes: u8,
    /// Until then the state is REACHABLE.
    pub(super) reachable_until: Instant,
    /// When [`Doubt::Delay`] ends or the next probe is due.
    pub(super) timer: Instant,
}

impl<A> Entry<A> {
    pub(super) fn is_reachable(&self, now: Instant) -> bool {
        now < self.reachable_until
    }

    /// When the timer fires, if it is armed.
    pub(super) fn deadline(&self) -> Option<Instant> {
        (self.doubt != Doubt::Stale).then_some(self.timer)
    }
}

/// The table.
#[derive(Debug)]
pub(super) struct Entries<A>(Vec<Entry<A>>);

impl<A> Default for Entries<A> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<A: NeighbourAddress> Entries<A> {
    /// Returns the entry at `index`, if it is that of `address`.
    pub(super) fn at(&self, index: u16, address: A) -> Option<&Entry<A>> {
        let entry = self.0.get(usize::from(index))?;
        (entry.address == address).then_some(entry)
    }

    /// Returns the entry at `index`, if it is that of `address`, to change it.
    #[inline]
    pub(super) fn hinted(&mut self, index: u16, address: A) -> Option<&mut Entry<A>> {
        let entry = self.0.get_mut(usize::from(index))?;
        (entry.address == address).then_some(entry)
    }

    pub(super) fn find(&self, address: A) -> Option<u16> {
        let found = self.0.binary_search_by_key(&address, |entry| entry.address);
        found.ok().map(|index| index as u16)
    }

    pub(super) fn get(&mut self, address: A) -> Option<&mut Entry<A>> {
        let index = self.find(address)?;
        self.0.get_mut(usize::from(index))
    }

    /// Adds an entry for a new address. If the table is full, the entry that has been unused for
    /// longest makes room; one that is in use never does. Returns whether there was room.
    pub(super) fn add(&mut self, now: Instant, entry: Entry<A>) -> bool {
        if self.0.len() >= MAX_ENTRIES {
            let unused = self
                .0
                .iter()
                .enumerate()
                .filter(|(_, entry)| entry.doubt == Doubt::Stale && !entry.is_reachable(now));
            let Some((oldest, _)) = unused.min_by_key(|(_, entry)| entry.reachable_until) else {
                return false;
            };
            self.0.remove(oldest);
        }
        if self.0.try_reserve(1).is_err() {
            return false;
        }
        let found = self
            .0
            .binary_search_by_key(&entry.address, |entry| entry.address);
        match found {
            Ok(index) => self.0[index] = entry,
            Err(index) => self.0.insert(index, entry),
        }
        true
    }

    /// Keeps the entries for which `keep` is true.
    pub(super) fn retain(&mut self, keep: impl FnMut(&mut Entry<A>) -> bool) {
        self.0.retain_mut(keep);
    }
}
