//! The random numbers of a test.

use crate::random::{Random, Rng};
use core::cell::RefCell;
use std::thread_local;

/// The seed of [`run`](super::run).
pub(super) const DEFAULT_SEED: u64 = 0;

thread_local! {
    /// The generator of this thread, if it runs a test.
    static RANDOM: RefCell<Option<Random>> = const { RefCell::new(None) };
}

/// Seeds this thread's generator, and returns it.
pub(super) fn begin(seed: u64) -> Random {
    let mut bytes = *b"what is random in a test is not.";
    for (byte, seed) in bytes.iter_mut().zip(seed.to_le_bytes()) {
        *byte ^= seed;
    }
    let random = Random::from_seed(bytes);
    RANDOM.set(Some(random.clone()));
    random
}

/// Fills `entropy` from this thread's generator. Returns false if the thread does not run a test.
pub(in crate::unix) fn fill(entropy: &mut [u8; 32]) -> bool {
    RANDOM.with_borrow_mut(|random| {
        random
            .as_mut()
            .map(|random| random.fill_bytes(entropy))
            .is_some()
    })
}
