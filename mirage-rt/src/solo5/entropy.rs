//! The seed of all randomness: the processor's, since a tender has none.

use crate::{arch::random, device::StartError};

/// Fills `seed`.
pub(crate) fn entropy(seed: &mut [u8; 32]) -> Result<(), StartError> {
    let words = random::words().ok_or_else(|| {
        StartError::new("the machine has no source of entropy: the processor has no RDRAND")
    })?;
    for (bytes, word) in seed.chunks_exact_mut(8).zip(words) {
        bytes.copy_from_slice(&word.to_le_bytes());
    }
    Ok(())
}
