//! Entropy: the processor's, since a tender has none.

use crate::{arch::random, device::StartError};

/// Fills `seed`.
pub(crate) fn entropy(seed: &mut [u8; 32]) -> Result<(), StartError> {
    *seed = random::bytes().ok_or_else(|| {
        StartError::new("the machine has no source of entropy: the processor has no RDRAND")
    })?;
    Ok(())
}
