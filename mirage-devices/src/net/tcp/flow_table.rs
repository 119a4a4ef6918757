//! One table for everything that has a flow: connections, half-open connections and records in
//! TIME-WAIT.

use super::flow::Flow;
use hashbrown::HashTable;

/// What a flow belongs to, as an index into the table of its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entry {
    /// A connection.
    Connection(u32),
    /// A half-open connection in the SYN queue.
    HalfOpen(u32),
    /// A record in TIME-WAIT.
    TimeWait(u32),
}

/// An [`Entry`] in 32 bits: its kind in the upper two, its index in the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Packed(u32);

const INDEX_BITS: u32 = 30;

impl Packed {
    const fn new(entry: Entry) -> Self {
        match entry {
            Entry::Connection(index) => Self(index),
            Entry::HalfOpen(index) => Self(1 << INDEX_BITS | index),
            Entry::TimeWait(index) => Self(2 << INDEX_BITS | index),
        }
    }

    const fn entry(self) -> Entry {
        let index = self.0 & ((1 << INDEX_BITS) - 1);
        match self.0 >> INDEX_BITS {
            0 => Entry::Connection(index),
            1 => Entry::HalfOpen(index),
            _ => Entry::TimeWait(index),
        }
    }
}

#[derive(Debug, Clone, Copy)]
struct Slot {
    hash: u32,
    entry: Packed,
}

/// A hash table of flows. It stores hashes and indices; the flows stand where the indices point.
#[derive(Debug, Default)]
pub struct FlowTable(HashTable<Slot>);

/// Spreads the hash over the bits that the table uses: the upper 7 for its tags, the lower for places.
const fn wide(hash: u32) -> u64 {
    (hash as u64) << 32 | hash as u64
}

/// A function rather than closures, so that images have the code that grows the table once.
fn wide_hash(slot: &Slot) -> u64 {
    wide(slot.hash)
}

impl FlowTable {
    /// Returns an entry whose hash is `hash`.
    #[inline]
    pub fn first(&self, hash: u32) -> Option<Entry> {
        let found = self.0.find(wide(hash), |slot| slot.hash == hash);
        found.map(|slot| slot.entry.entry())
    }

    /// Finds the entry of `flow`, whose hash is `hash`. `flow_of` returns the flow of an entry.
    pub fn find<'a>(
        &self,
        hash: u32,
        flow: &Flow,
        mut flow_of: impl FnMut(Entry) -> Option<&'a Flow>,
    ) -> Option<Entry> {
        let found = self.0.find(wide(hash), |slot| {
            slot.hash == hash && flow_of(slot.entry.entry()) == Some(flow)
        });
        found.map(|slot| slot.entry.entry())
    }

    /// Whether one more entry needs more memory.
    pub fn is_full(&self) -> bool {
        self.0.len() == self.0.capacity()
    }

    /// Adds an entry, unless memory is exhausted; returns whether it was added.
    #[must_use]
    pub fn insert(&mut self, hash: u32, entry: Entry) -> bool {
        if self.0.try_reserve(1, wide_hash).is_err() {
            return false;
        }
        let entry = Packed::new(entry);
        let slot = Slot { hash, entry };
        self.0.insert_unique(wide(hash), slot, wide_hash);
        true
    }

    /// Makes `from`, whose hash is `hash`, the entry `to`.
    pub fn replace(&mut self, hash: u32, from: Entry, to: Entry) {
        let from = Packed::new(from);
        let found = self.0.find_mut(wide(hash), |slot| slot.entry == from);
        if let Some(slot) = found {
            slot.entry = Packed::new(to);
        }
    }

    /// Removes an entry whose hash is `hash`.
    pub fn remove(&mut self, hash: u32, entry: Entry) {
        let entry = Packed::new(entry);
        if let Ok(found) = self.0.find_entry(wide(hash), |slot| slot.entry == entry) {
            found.remove();
        }
    }
}
