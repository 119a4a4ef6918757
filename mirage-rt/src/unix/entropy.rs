//! Entropy: the host's, or in a test the seed's.

use super::test;
use crate::{device::StartError, random::Random};
use alloc::format;
use mirage_devices::random::{Entropy, reseeding};
use rustix::{
    io::Errno,
    rand::{GetRandomFlags, getrandom},
};
use std::time::{Duration, Instant};

/// The interval between two requests for the host's entropy. If the host itself is copied, its kernel
/// knows it, and the processes in it learn it by asking.
const INTERVAL: Duration = Duration::from_secs(1);

/// Returns a generator that the host seeds, and seeds again at intervals. In a test, the seed is that of
/// the test, and nothing else is random.
///
/// # Errors
/// Returns an error if the host has no entropy.
pub(crate) fn random() -> Result<Random, StartError> {
    let mut seed = [0; 32];
    if test::fill_entropy(&mut seed) {
        return Ok(Random::from_seed(seed));
    }
    fill(&mut seed)
        .map_err(|error| StartError::new(format!("the host has no entropy: {error}")))?;
    let asked = Instant::now();
    Ok(reseeding(seed, Host { asked }))
}

fn fill(seed: &mut [u8; 32]) -> Result<(), Errno> {
    let mut filled = 0;
    while filled < seed.len() {
        match getrandom(&mut seed[filled..], GetRandomFlags::empty()) {
            Ok(count) => filled += count,
            Err(Errno::INTR) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// The host's generator, with the time at which it was last asked.
struct Host {
    asked: Instant,
}

impl Entropy for Host {
    fn fresh(&mut self) -> Option<[u8; 32]> {
        let now = Instant::now();
        if now - self.asked < INTERVAL {
            return None;
        }
        self.asked = now;
        let mut bytes = [0; 32];
        fill(&mut bytes).is_ok().then_some(bytes)
    }
}
