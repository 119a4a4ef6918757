//! The seed of all randomness, from the processor and from a virtio entropy device.

use super::{
    clock,
    devices::{self, Suits},
    processor,
};
use crate::device::StartError;
use core::{arch::asm, time::Duration};
use mirage_devices::virtio::{ENTROPY_DEVICE, rng::VirtioRng};

/// Attempts at one word; Intel says that ten are enough for `rdrand` on a working processor.
const ATTEMPTS: usize = 100;

/// Bit of `rdrand` in CPUID leaf 1 `ecx`, and of `rdseed` in leaf 7 `ebx`.
const RDRAND: u32 = 1 << 30;
const RDSEED: u32 = 1 << 18;

/// How long the entropy device may take.
const PATIENCE: Duration = Duration::from_secs(1);

/// Fills `seed` from every source that the machine has: what one of them can be trusted with, no
/// other spoils.
pub(crate) fn entropy(seed: &mut [u8; 32]) -> Result<(), StartError> {
    let words = processor_words();
    let bytes = match device_bytes() {
        Ok(bytes) => bytes,
        Err(cause) => {
            log::warn!("the entropy device is not used: {cause}");
            None
        }
    };
    if words.is_none() && bytes.is_none() {
        return Err(StartError::new(
            "the machine has no source of entropy: neither RDRAND nor a virtio entropy device",
        ));
    }
    *seed = bytes.unwrap_or_default();
    for (chunk, word) in seed.chunks_exact_mut(8).zip(words.unwrap_or_default()) {
        for (byte, other) in chunk.iter_mut().zip(word.to_le_bytes()) {
            *byte ^= other;
        }
    }
    Ok(())
}

/// Bytes from the entropy device; `None` if there is none.
fn device_bytes() -> Result<Option<[u8; 32]>, StartError> {
    // The line is the device's for good; its interrupt need only end the sleep.
    let Some((device, _line)) = devices::take(ENTROPY_DEVICE, |_| Suits::Best)? else {
        return Ok(None);
    };
    let mut device = VirtioRng::new(device).map_err(devices::unusable)?;
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

/// Four words from the processor's generator; `None` if it has none, or it is broken.
fn processor_words() -> Option<[u64; 4]> {
    let [highest, ..] = processor::leaf(0);
    let [_, _, features, _] = processor::leaf(1);
    let word: fn() -> Option<u64> = if highest >= 7 && processor::leaf(7)[1] & RDSEED != 0 {
        rdseed
    } else if features & RDRAND != 0 {
        rdrand
    } else {
        return None;
    };
    let mut words = [0; 4];
    for slot in &mut words {
        *slot = (0..ATTEMPTS).find_map(|_| word())?;
    }
    // A generator that is stuck repeats itself.
    let stuck = words.windows(2).any(|pair| pair[0] == pair[1]);
    (!stuck).then_some(words)
}

fn rdrand() -> Option<u64> {
    let (word, there): (u64, u8);
    // SAFETY: the processor has the instruction, as its features say.
    unsafe {
        asm!("rdrand {}", "setc {}", out(reg) word, out(reg_byte) there, options(nomem, nostack))
    };
    (there != 0).then_some(word)
}

fn rdseed() -> Option<u64> {
    let (word, there): (u64, u8);
    // SAFETY: as in `rdrand`.
    unsafe {
        asm!("rdseed {}", "setc {}", out(reg) word, out(reg_byte) there, options(nomem, nostack))
    };
    (there != 0).then_some(word)
}
