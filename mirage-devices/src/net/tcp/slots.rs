//! Tables that grow without moving their elements.
//!
//! They grow by a chunk, so that no packet has to wait while a large table is copied, and a table has never
//! much more memory than its elements need.

use alloc::{boxed::Box, vec::Vec};
use core::ops::Range;

/// Elements of a chunk: as many as a word has bits.
const CHUNK: usize = u64::BITS as usize;

/// Elements by index.
#[derive(Debug)]
pub struct Chunks<T>(Vec<Box<[T; CHUNK]>>);

impl<T> Default for Chunks<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Chunks<T> {
    #[inline]
    pub fn get(&self, index: u32) -> Option<&T> {
        let index = index as usize;
        Some(&self.0.get(index / CHUNK)?[index % CHUNK])
    }

    #[inline]
    pub fn get_mut(&mut self, index: u32) -> Option<&mut T> {
        let index = index as usize;
        Some(&mut self.0.get_mut(index / CHUNK)?[index % CHUNK])
    }

    /// The number of elements.
    pub fn len(&self) -> usize {
        self.0.len() * CHUNK
    }

    /// Adds a chunk of elements that `make` returns, unless memory is exhausted; returns whether it was
    /// added.
    #[must_use]
    pub fn grow(&mut self, make: impl FnMut() -> T) -> bool {
        let mut elements = Vec::new();
        if self.0.try_reserve(1).is_err() || elements.try_reserve_exact(CHUNK).is_err() {
            return false;
        }
        elements.resize_with(CHUNK, make);
        match elements.into_boxed_slice().try_into() {
            Ok(chunk) => self.0.push(chunk),
            Err(_) => unreachable!("it has the length of a chunk"),
        }
        true
    }
}

/// A table that chooses the indices of its elements.
#[derive(Debug)]
pub struct Slots<T> {
    chunks: Chunks<Option<T>>,
    /// The vacant slots, a bit for each and a word for each chunk.
    vacant: Vec<u64>,
    /// No word before this one has a vacant slot.
    first: usize,
    len: usize,
}

impl<T> Default for Slots<T> {
    fn default() -> Self {
        Self {
            chunks: Chunks::default(),
            vacant: Vec::new(),
            first: 0,
            len: 0,
        }
    }
}

impl<T> Slots<T> {
    /// The number of elements.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether one more element needs more memory.
    pub fn is_full(&self) -> bool {
        self.len == self.chunks.len()
    }

    #[inline]
    pub fn get(&self, index: u32) -> Option<&T> {
        self.chunks.get(index)?.as_ref()
    }

    #[inline]
    pub fn get_mut(&mut self, index: u32) -> Option<&mut T> {
        self.chunks.get_mut(index)?.as_mut()
    }

    /// Adds an element and returns its index, or `None` if memory is exhausted.
    pub fn insert(&mut self, element: T) -> Option<u32> {
        if self.is_full() && !self.grow() {
            return None;
        }
        let vacant = self.vacant.get(self.first..)?;
        self.first += vacant.iter().position(|word| *word != 0)?;
        let word = &mut self.vacant[self.first];
        let index = (self.first * CHUNK) as u32 + word.trailing_zeros();
        *word &= *word - 1;
        *self.chunks.get_mut(index)? = Some(element);
        self.len += 1;
        Some(index)
    }

    #[cold]
    fn grow(&mut self) -> bool {
        let has_grown = self.vacant.try_reserve(1).is_ok() && self.chunks.grow(|| None);
        if has_grown {
            self.vacant.push(u64::MAX);
        }
        has_grown
    }

    /// Removes an element.
    pub fn remove(&mut self, index: u32) -> Option<T> {
        let element = self.chunks.get_mut(index)?.take()?;
        let chunk = index as usize / CHUNK;
        self.vacant[chunk] |= 1 << (index as usize % CHUNK);
        self.first = self.first.min(chunk);
        self.len -= 1;
        Some(element)
    }

    /// All indices that elements can have.
    pub fn range(&self) -> Range<u32> {
        0..self.chunks.len() as u32
    }

    /// The indices of all elements.
    pub fn indices(&self) -> impl Iterator<Item = u32> + '_ {
        self.range().filter(|index| self.get(*index).is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::collections::BTreeMap;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn elements_keep_their_indices(steps in proptest::collection::vec((0..3u8, 0..300u32), 1..600)) {
            let mut slots = Slots::default();
            let mut expected = BTreeMap::new();
            for (step, number) in steps {
                if step == 0 {
                    prop_assert_eq!(slots.remove(number), expected.remove(&number));
                } else {
                    let index = slots.insert(number).expect("memory");
                    prop_assert_eq!(expected.insert(index, number), None);
                }
                prop_assert_eq!(slots.len(), expected.len());
                prop_assert!(slots.chunks.len() < slots.len() + 301 + CHUNK);
            }
            prop_assert!(slots.indices().eq(expected.keys().copied()));
            for (index, number) in &mut expected {
                prop_assert_eq!(slots.get(*index), Some(&*number));
                prop_assert_eq!(slots.get_mut(*index), Some(number));
            }
        }
    }

    #[test]
    fn a_table_grows_only_when_all_slots_are_taken() {
        let mut slots = Slots::default();
        for number in 0..CHUNK {
            assert_eq!(slots.is_full(), number == 0);
            assert_eq!(slots.insert(()), Some(number as u32));
        }
        assert!(slots.is_full());
        slots.remove(7);
        assert!(!slots.is_full());
        assert_eq!(slots.insert(()), Some(7));
        assert_eq!(slots.insert(()), Some(CHUNK as u32));
    }
}
