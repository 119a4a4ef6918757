//! What is random in a test.

use crate::random::{Random, Rng};
use core::cell::RefCell;
use std::thread_local;

/// The seed of [`run`](super::run).
pub(super) const DEFAULT_SEED: u64 = 0;

thread_local! {
    /// The generator of a thread that runs a test.
    static RANDOM: RefCell<Option<Random>> = const { RefCell::new(None) };
}

/// Gives this thread a generator that starts from `seed`.
pub(super) fn begin(seed: u64) -> Random {
    let mut bytes = *b"what is random in a test is not.";
    for (byte, seed) in bytes.iter_mut().zip(seed.to_le_bytes()) {
        *byte ^= seed;
    }
    let random = Random::from_seed(bytes);
    RANDOM.set(Some(random.clone()));
    random
}

/// Draws a machine's entropy from this thread's generator; false if it has none.
pub(in crate::unix) fn fill(entropy: &mut [u8; 32]) -> bool {
    RANDOM.with_borrow_mut(|random| {
        random
            .as_mut()
            .map(|random| random.fill_bytes(entropy))
            .is_some()
    })
}
