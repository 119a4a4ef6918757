//! `mirage_rt::random`.

use mirage_rt::random::{CryptoRng, Random, Rng};

pub fn exercise(mut random: Random) {
    let mut key = [0; 32];
    fill(&mut random, &mut key);
    assert_ne!(key, [0; 32]);
    let (mut one, mut other) = (Random::from_seed(key), Random::from_seed(key));
    assert_eq!(one.next_u32(), other.next_u32());
    assert_eq!(one.next_u64(), other.next_u64());
}

/// Only a generator that is fit for keys makes one.
fn fill(random: &mut impl CryptoRng, key: &mut [u8]) {
    random.fill_bytes(key);
}
