//! The processor's random generator.

use super::cpuid;
use core::arch::asm;

/// Maximum number of attempts for a word. Intel guarantees success of `rdrand` within ten.
const ATTEMPTS: usize = 100;

/// Bit of `rdrand` in CPUID leaf 1 `ecx`, and of `rdseed` in leaf 7 `ebx`.
const RDRAND: u32 = 1 << 30;
const RDSEED: u32 = 1 << 18;

/// Returns bytes from the processor's generator; `None` if it has none, or it is broken.
// As a part of its callers it would be in the image several times.
#[inline(never)]
pub(crate) fn bytes() -> Option<[u8; 32]> {
    let [highest, ..] = cpuid::leaf(0);
    let [_, _, features, _] = cpuid::leaf(1);
    let word: fn() -> Option<u64> = if highest >= 7 && cpuid::leaf(7)[1] & RDSEED != 0 {
        rdseed
    } else if features & RDRAND != 0 {
        rdrand
    } else {
        return None;
    };
    let mut bytes = [0; 32];
    let (words, _) = bytes.as_chunks_mut::<8>();
    for slot in &mut *words {
        *slot = (0..ATTEMPTS).find_map(|_| word())?.to_le_bytes();
    }
    // Some broken generators always return the same word.
    let stuck = words.windows(2).any(|pair| pair[0] == pair[1]);
    (!stuck).then_some(bytes)
}

fn rdrand() -> Option<u64> {
    let (word, there): (u64, u8);
    // SAFETY: the processor has the instruction, according to its feature flags.
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
