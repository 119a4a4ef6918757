//! Entropy, from the processor and from a virtio entropy device.

use super::{
    clock,
    devices::{self, Match},
};
use crate::{arch::random, device::StartError, graph::Chain};
use core::time::Duration;
use mirage_devices::virtio::{VIRTIO_ID_RNG, rng::VirtioRng};

/// Time limit for the entropy device.
const PATIENCE: Duration = Duration::from_secs(1);

/// Fills `seed` from every source that the machine has. The sum of all sources is at least as
/// unpredictable as the best of them.
pub(crate) fn entropy(seed: &mut [u8; 32]) -> Result<(), StartError> {
    let processor = random::bytes();
    let device = match device_bytes() {
        Ok(bytes) => bytes,
        Err(cause) => {
            log::warn!("the entropy device is not used: {}", Chain(&cause));
            None
        }
    };
    if processor.is_none() && device.is_none() {
        return Err(StartError::new(
            "the machine has no source of entropy: neither RDRAND nor a virtio entropy device",
        ));
    }
    *seed = device.unwrap_or_default();
    for (byte, other) in seed.iter_mut().zip(processor.unwrap_or_default()) {
        *byte ^= other;
    }
    Ok(())
}

/// Bytes from the entropy device; `None` if there is none.
fn device_bytes() -> Result<Option<[u8; 32]>, StartError> {
    // The device keeps the line. Its interrupt only has to end the sleep.
    let Some((device, _line)) = devices::take(VIRTIO_ID_RNG, |_| Match::Exact)? else {
        return Ok(None);
    };
    let mut device = VirtioRng::new(device)?;
    let mut seed = [0; 32];
    let mut filled = 0;
    let deadline = clock::now() + PATIENCE;
    while filled < seed.len() {
        match device.take() {
            Ok(Some((bytes, count))) => {
                let room = &mut seed[filled..];
                let count = count.min(room.len());
                room[..count].copy_from_slice(&bytes[..count]);
                filled += count;
            }
            Ok(None) if clock::now() >= deadline => {
                return Err(StartError::new("it gives no bytes"));
            }
            Ok(None) => clock::wait(Some(deadline)),
            Err(_) => return Err(StartError::new("it is broken")),
        }
    }
    Ok(Some(seed))
}
