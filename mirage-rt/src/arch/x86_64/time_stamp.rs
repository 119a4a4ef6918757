//! The time stamp counter.

/// Reads the counter.
#[cfg(mirage_target)]
pub(crate) fn read() -> u64 {
    // SAFETY: every x86_64 processor has the instruction, and no host forbids it to an image.
    unsafe { core::arch::x86_64::_rdtsc() }
}

/// Whether the counter has a constant rate: bit 8 of `edx` in CPUID leaf 8000_0007h.
#[cfg(mirage_target)]
pub(crate) fn is_invariant() -> bool {
    use super::cpuid::leaf;
    let [highest, ..] = leaf(0x8000_0000);
    highest >= 0x8000_0007 && leaf(0x8000_0007)[3] & (1 << 8) != 0
}

/// The frequency of the time stamp counter that the processor states in leaf 15h (the ratio to a
/// crystal of known frequency), or else in leaf 16h (in MHz). A leaf above the highest one
/// returns another leaf's data and is not asked.
pub(crate) fn stated_hertz(leaf: impl Fn(u32) -> [u32; 4]) -> Option<u64> {
    let [highest, ..] = leaf(0);
    if highest >= 0x15 {
        let [denominator, numerator, crystal, _] = leaf(0x15).map(u64::from);
        if denominator != 0 && numerator != 0 && crystal != 0 {
            return Some(crystal * numerator / denominator);
        }
    }
    if highest >= 0x16 {
        let [base_megahertz, ..] = leaf(0x16);
        if base_megahertz & 0xffff != 0 {
            return Some(u64::from(base_megahertz & 0xffff) * 1_000_000);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stated_frequencies() {
        let processor = |highest| {
            move |leaf| match leaf {
                0 => [highest, 0, 0, 0],
                0x15 if highest == 0x15 => [2, 200, 24_000_000, 0],
                0x16 if highest == 0x16 => [2_600, 3_500, 100, 0],
                0x15 if highest > 0x15 => [2, 200, 0, 0],
                _ => [7, 7, 7, 7],
            }
        };
        assert_eq!(stated_hertz(processor(0x15)), Some(2_400_000_000));
        assert_eq!(stated_hertz(processor(0x16)), Some(2_600_000_000));
        assert_eq!(stated_hertz(processor(0xd)), None);
    }
}
