//! Random numbers: xorshift64*, which is fast and good enough to choose what to change.

use std::hash::{BuildHasher, RandomState};

pub(crate) struct Random(u64);

impl Random {
    /// Numbers that are the same in every run, unless `differ`.
    pub(crate) fn new(differ: bool) -> Self {
        let seed = if differ {
            RandomState::new().hash_one(0)
        } else {
            0
        };
        Self(seed | 1)
    }

    pub(crate) fn number(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// A number below `end`, which is not 0.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        ((self.number() >> 32) as usize) % end
    }

    pub(crate) fn choose<'a, T>(&mut self, choices: &'a [T]) -> Option<&'a T> {
        if choices.is_empty() {
            return None;
        }
        choices.get(self.below(choices.len()))
    }
}
