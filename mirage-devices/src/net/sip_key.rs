//! The keyed hash of what peers can see: SipHash-1-3.

use core::fmt;
use rand_core::Rng;
use siphasher::sip::SipHasher13;

/// A key of SipHash.
#[derive(Clone, Copy)]
pub struct SipKey(u64, u64);

impl SipKey {
    /// Draws a key.
    pub fn new(random: &mut impl Rng) -> Self {
        Self(random.next_u64(), random.next_u64())
    }

    /// Returns a key that is known.
    pub const fn from_words(one: u64, other: u64) -> Self {
        Self(one, other)
    }

    /// Returns the hash of four words. They are always as many, so that images have the hash once.
    #[inline(never)]
    pub fn hash(&self, words: [u64; 4]) -> u64 {
        let bytes = words.map(u64::to_ne_bytes);
        SipHasher13::new_with_keys(self.0, self.1).hash(bytes.as_flattened())
    }
}

impl fmt::Debug for SipKey {
    /// Does not reveal it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SipKey")
    }
}
