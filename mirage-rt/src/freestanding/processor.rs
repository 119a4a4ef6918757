//! What the processor says of itself, and its counter.

use core::arch::x86_64::{__cpuid_count, _rdtsc};

/// A leaf of CPUID: `eax`, `ebx`, `ecx`, `edx`.
pub(crate) fn leaf(leaf: u32) -> [u32; 4] {
    let result = __cpuid_count(leaf, 0);
    [result.eax, result.ebx, result.ecx, result.edx]
}

/// The time stamp counter.
pub(crate) fn time_stamp() -> u64 {
    // SAFETY: every 64-bit processor has the instruction, and nobody forbids it to an image.
    unsafe { _rdtsc() }
}
