//! A cryptographically secure random generator.

use alloc::{boxed::Box, rc::Rc};
use chacha20::ChaCha20Rng;
use core::{cell::RefCell, convert::Infallible, fmt};
use rand_core::{Rng, SeedableRng, TryCryptoRng, TryRng};

/// The entropy that a machine has after the seed.
pub trait Entropy {
    /// Returns bytes to mix into the generator, or `None` if it needs none now. Called before each draw.
    ///
    /// A machine that knows that it is a copy, because it was started from a snapshot, returns bytes at
    /// once. Otherwise it returns them at intervals, so that copies do not draw the same numbers for long,
    /// and that somebody who has learned the state does not know the numbers for ever.
    fn fresh(&mut self) -> Option<[u8; 32]>;
}

/// A ChaCha20 generator, seeded from the machine's entropy and again from it at intervals. Clones share
/// one stream.
#[derive(Clone)]
pub struct Random(Rc<RefCell<Generator>>);

struct Generator {
    stream: ChaCha20Rng,
    entropy: Option<Box<dyn Entropy>>,
}

/// Creates a generator from 32 bytes of entropy, into which more is mixed later.
///
/// It is not a method, because only a machine calls it: programs receive their generator.
pub fn reseeding(seed: [u8; 32], entropy: impl Entropy + 'static) -> Random {
    Random::new(seed, Some(Box::new(entropy)))
}

impl Random {
    /// Creates a generator from 32 bytes of entropy. Its numbers depend on nothing else.
    pub fn from_seed(seed: [u8; 32]) -> Self {
        Self::new(seed, None)
    }

    fn new(seed: [u8; 32], entropy: Option<Box<dyn Entropy>>) -> Self {
        let stream = ChaCha20Rng::from_seed(seed);
        Self(Rc::new(RefCell::new(Generator { stream, entropy })))
    }

    /// Draws from the stream, after fresh entropy is mixed in.
    fn draw<T>(&self, draw: impl FnOnce(&mut Generator) -> T) -> T {
        let mut generator = self.0.borrow_mut();
        let generator = &mut *generator;
        if let Some(fresh) = generator.entropy.as_mut().and_then(|source| source.fresh()) {
            generator.mix(&fresh);
        }
        draw(generator)
    }
}

impl Generator {
    /// Draws from the stream.
    // ChaCha20 takes 2 KB for each place in which it is inlined.
    #[inline(never)]
    fn next_u64(&mut self) -> u64 {
        self.stream.next_u64()
    }

    /// Replaces the stream by one that depends on this one and on `fresh`. It is at least as unpredictable
    /// as the better of the two.
    fn mix(&mut self, fresh: &[u8; 32]) {
        let (halves, _) = fresh.as_chunks::<16>();
        // The last key depends on both halves, and its stream starts at 0: streams do not overlap.
        for half in halves.iter().chain([&[0; 16]]) {
            let mut key = [0; 32];
            for word in key.as_chunks_mut::<8>().0 {
                *word = self.next_u64().to_le_bytes();
            }
            // ChaCha20's block function is pseudorandom in its 128 bits of nonce and counter, whatever the
            // machine puts there.
            let [nonce, block] = [&half[..8], &half[8..]].map(number);
            self.stream = ChaCha20Rng::from_seed(key);
            self.stream.set_stream(nonce);
            self.stream.set_block_pos(block);
        }
    }
}

fn number(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0, |number, byte| number << 8 | u64::from(*byte))
}

impl fmt::Debug for Random {
    /// Does not reveal the state.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Random")
    }
}

#[diagnostic::do_not_recommend]
impl crate::device::Share for Random {}

impl TryRng for Random {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(self.draw(|generator| generator.stream.next_u32()))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(self.draw(Generator::next_u64))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        self.draw(|generator| generator.stream.fill_bytes(bytes));
        Ok(())
    }
}

impl TryCryptoRng for Random {}

#[cfg(test)]
mod tests;
