//! The CPUID instruction.

use core::arch::x86_64::__cpuid_count;

/// Returns a leaf: `eax`, `ebx`, `ecx`, `edx`.
pub(crate) fn leaf(leaf: u32) -> [u32; 4] {
    let result = __cpuid_count(leaf, 0);
    [result.eax, result.ebx, result.ecx, result.edx]
}
