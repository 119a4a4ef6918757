//! Entropy: the host's, or in a test the seed's.

use super::test;
use crate::device::StartError;
use alloc::format;
use rustix::{
    io::Errno,
    rand::{GetRandomFlags, getrandom},
};

/// Fills `seed`.
///
/// # Errors
/// Returns an error if the host has no entropy.
pub(crate) fn entropy(seed: &mut [u8; 32]) -> Result<(), StartError> {
    if test::fill_entropy(seed) {
        return Ok(());
    }
    let mut filled = 0;
    while filled < seed.len() {
        match getrandom(&mut seed[filled..], GetRandomFlags::empty()) {
            Ok(count) => filled += count,
            Err(Errno::INTR) => {}
            Err(error) => {
                return Err(StartError::new(format!("the host has no entropy: {error}")));
            }
        }
    }
    Ok(())
}
