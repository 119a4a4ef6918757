//! A cryptographically secure random generator.

use alloc::rc::Rc;
use chacha20::ChaCha20Rng;
use core::{cell::RefCell, convert::Infallible, fmt};
use rand_core::{Rng, SeedableRng, TryCryptoRng, TryRng};

/// A ChaCha20 generator, seeded once from the machine's entropy. Clones share one stream.
#[derive(Clone)]
pub struct Random(Rc<RefCell<ChaCha20Rng>>);

impl Random {
    /// Creates a generator from 32 bytes of entropy.
    pub fn from_seed(seed: [u8; 32]) -> Self {
        Self(Rc::new(RefCell::new(ChaCha20Rng::from_seed(seed))))
    }
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
        Ok(self.0.borrow_mut().next_u32())
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(self.0.borrow_mut().next_u64())
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        self.0.borrow_mut().fill_bytes(bytes);
        Ok(())
    }
}

impl TryCryptoRng for Random {}
