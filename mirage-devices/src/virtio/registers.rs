//! Device registers in memory.

use core::ptr::{NonNull, read_volatile, write_volatile};

/// A window of device registers.
#[derive(Debug, Clone, Copy)]
pub struct Registers {
    start: NonNull<u8>,
    length: usize,
}

impl Registers {
    /// The registers at `start`.
    ///
    /// # Safety
    /// `length` bytes from `start` on are registers of a device, mapped for as long as the program
    /// runs, and reading and writing them has no effect on memory but what the device does.
    pub const unsafe fn new(start: NonNull<u8>, length: usize) -> Self {
        Self { start, length }
    }

    /// How many bytes there are.
    pub const fn length(&self) -> usize {
        self.length
    }

    /// The `length` bytes from `offset` on; `None` if they are not all there.
    pub fn window(&self, offset: usize, length: usize) -> Option<Self> {
        let end = offset.checked_add(length)?;
        if end > self.length {
            return None;
        }
        Some(Self {
            // SAFETY: the offset is within the registers.
            start: unsafe { self.start.add(offset) },
            length,
        })
    }

    /// Reads a register; zero bits where there is none.
    pub fn read<T: Register>(&self, offset: usize) -> T {
        match self.place(offset) {
            // SAFETY: `place` is within the registers and aligned.
            Some(place) => unsafe { read_volatile(place) },
            None => T::default(),
        }
    }

    /// Writes a register; nothing where there is none.
    pub fn write<T: Register>(&self, offset: usize, value: T) {
        if let Some(place) = self.place(offset) {
            // SAFETY: `place` is within the registers and aligned.
            unsafe { write_volatile(place, value) };
        }
    }

    fn place<T>(&self, offset: usize) -> Option<*mut T> {
        let place = self.window(offset, size_of::<T>())?.start.as_ptr();
        place.cast::<T>().is_aligned().then_some(place.cast())
    }
}

/// What a register can hold: any bits are a value of it.
pub trait Register: Copy + Default + sealed::Sealed {}

impl Register for u8 {}
impl Register for u16 {}
impl Register for u32 {}

mod sealed {
    pub trait Sealed {}
    impl Sealed for u8 {}
    impl Sealed for u16 {}
    impl Sealed for u32 {}
}

/// A machine that can map registers.
pub trait MapRegisters {
    /// Maps `length` bytes of registers at the physical `address`, for as long as the program runs.
    /// `None` if the machine has no such address.
    fn map(&mut self, address: u64, length: u64) -> Option<Registers>;
}

#[cfg(test)]
pub(super) mod tests;
