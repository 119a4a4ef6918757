use super::*;
use alloc::{vec, vec::Vec};

/// Memory in the place of registers: it holds what is written.
pub(in super::super) struct Memory {
    base: u64,
    registers: Registers,
}

impl Memory {
    /// `length` bytes of zeroes, at the physical address `base`.
    pub(in super::super) fn new(base: u64, length: usize) -> Self {
        let words: &'static mut [u64] = Vec::leak(vec![0; length / 8]);
        let start = NonNull::from(words).cast();
        // SAFETY: leaked memory is never freed, and nothing else refers to it.
        let registers = unsafe { Registers::new(start, length) };
        Self { base, registers }
    }

    pub(in super::super) fn registers(&self) -> Registers {
        self.registers
    }
}

impl MapRegisters for Memory {
    fn map(&mut self, address: u64, length: u64) -> Option<Registers> {
        let offset = usize::try_from(address.checked_sub(self.base)?).ok()?;
        self.registers.window(offset, usize::try_from(length).ok()?)
    }
}

#[test]
fn what_is_not_there_reads_as_zero_and_is_not_written() {
    let registers = Memory::new(0, 16).registers();
    registers.write(12, u32::MAX);
    assert_eq!(registers.read::<u32>(12), u32::MAX);
    assert_eq!(registers.read::<u16>(14), u16::MAX);
    for offset in [13, 14, 16, usize::MAX] {
        registers.write(offset, 1_u32);
        assert_eq!(registers.read::<u32>(offset), 0, "{offset}");
    }
    assert_eq!(registers.read::<u32>(12), u32::MAX);
    assert!(registers.window(8, 9).is_none());
    assert!(registers.window(usize::MAX, 2).is_none());
    let window = registers.window(12, 4).unwrap();
    assert_eq!(window.read::<u8>(3), u8::MAX);
}
