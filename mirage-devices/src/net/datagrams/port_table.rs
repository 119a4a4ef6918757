//! Which ports are bound: a hash table with linear probing. The hash has no secret, because peers do not
//! choose which ports of this host are bound. It spreads ports in a row, so that a search for one that is not
//! bound ends soon.

use alloc::{collections::TryReserveError, vec::Vec};

/// The first size of a table. A power of two, as all later ones.
const MIN_SIZE: usize = 4;

/// A port and where it is.
#[derive(Debug, Clone, Copy)]
struct Entry {
    /// 0 if the entry is free.
    number: u16,
    slot: u16,
}

const FREE: Entry = Entry { number: 0, slot: 0 };

/// The table. At least half of its entries are free.
#[derive(Debug, Default)]
pub(super) struct PortTable {
    entries: Vec<Entry>,
    len: usize,
}

impl PortTable {
    /// Returns the number of ports.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// Returns where a port is.
    #[inline(always)]
    pub(super) fn find(&self, number: u16) -> Option<u16> {
        let mut index = self.home(number);
        loop {
            // An empty table has no entry at all.
            let entry = self.entries.get(self.wrap(index))?;
            match entry.number {
                0 => return None,
                found if found == number => return Some(entry.slot),
                _ => index += 1,
            }
        }
    }

    /// Makes room for one more port.
    pub(super) fn try_reserve(&mut self) -> Result<(), TryReserveError> {
        let size = self.entries.len();
        if 2 * (self.len + 1) <= size {
            return Ok(());
        }
        let mut larger = Self::default();
        let size = (2 * size).max(MIN_SIZE);
        larger.entries.try_reserve_exact(size)?;
        larger.entries.resize(size, FREE);
        for entry in self.entries.iter().filter(|entry| entry.number != 0) {
            larger.insert(entry.number, entry.slot);
        }
        *self = larger;
        Ok(())
    }

    /// Adds a port other than 0 that is not there, after [`try_reserve`](Self::try_reserve).
    pub(super) fn insert(&mut self, number: u16, slot: u16) {
        let mut index = self.wrap(self.home(number));
        while self.entries[index].number != 0 {
            index = self.wrap(index + 1);
        }
        self.entries[index] = Entry { number, slot };
        self.len += 1;
    }

    /// Removes a port, if it is there.
    pub(super) fn remove(&mut self, number: u16) {
        let home = self.home(number);
        let mut probes = (0..self.entries.len()).map(|step| self.wrap(home + step));
        let Some(mut hole) = probes.find(|index| self.entries[*index].number == number) else {
            return;
        };
        self.len -= 1;
        // Entries behind it move up if a search for them would end at the hole.
        let mut index = self.wrap(hole + 1);
        while self.entries[index].number != 0 {
            let home = self.home(self.entries[index].number);
            if self.wrap(index.wrapping_sub(home)) >= self.wrap(index.wrapping_sub(hole)) {
                self.entries[hole] = self.entries[index];
                hole = index;
            }
            index = self.wrap(index + 1);
        }
        self.entries[hole] = FREE;
    }

    /// Where the search for a port begins (Fibonacci hashing: the upper bits of a product).
    #[inline(always)]
    fn home(&self, number: u16) -> usize {
        let product = u32::from(number).wrapping_mul(0x9E37_79B1);
        product as usize >> (u32::BITS - self.entries.len().trailing_zeros().min(u32::BITS))
    }

    #[inline(always)]
    fn wrap(&self, index: usize) -> usize {
        index & self.entries.len().wrapping_sub(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashMap;

    proptest! {
        #[test]
        fn the_table_is_a_map(steps in prop::collection::vec((any::<bool>(), 1..40_u16), 1..200)) {
            let (mut table, mut model) = (PortTable::default(), HashMap::new());
            for (index, (bind, number)) in steps.into_iter().enumerate() {
                // Ports with the same hash in tables of up to 64 entries, and neighbours of theirs.
                let number = number % 5 + number / 5 * 64;
                if bind && number != 0 && !model.contains_key(&number) {
                    table.try_reserve().unwrap();
                    table.insert(number, index as u16);
                    model.insert(number, index as u16);
                } else {
                    table.remove(number);
                    model.remove(&number);
                }
                prop_assert_eq!(table.len(), model.len());
                for number in 0..=600 {
                    prop_assert_eq!(table.find(number), model.get(&number).copied());
                }
            }
        }
    }
}
