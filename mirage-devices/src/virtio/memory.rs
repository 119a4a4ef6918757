//! Memory that a device reads and writes.

use super::DeviceError;
use alloc::alloc::{alloc_zeroed, dealloc};
use core::{
    alloc::Layout,
    ptr::{NonNull, read_volatile, write_volatile},
};

/// Orders accesses to the memory. (The tests in `loom-tests/` have a fence and a memory of their own.)
pub(super) use core::sync::atomic::fence;

/// The alignment of a legacy device's queue, in bytes.
pub(super) const PAGE: usize = 4096;

/// Zeroed memory, aligned to a page, that is shared with a device.
///
/// It is only ever accessed through raw pointers: the device may write to it at any time.
pub(super) struct DmaMemory {
    start: NonNull<u8>,
    layout: Layout,
    /// Never freed: the device may still use it.
    leaked: bool,
}

/// An integer that driver and device exchange, in little endian.
pub(super) trait Word: Copy {}

impl Word for u16 {}
impl Word for u32 {}
impl Word for u64 {}

impl DmaMemory {
    /// Allocates `length` bytes, which must not be 0.
    pub(super) fn new(length: usize) -> Result<Self, DeviceError> {
        let layout = Layout::from_size_align(length, PAGE).map_err(|_| DeviceError::Memory)?;
        if length == 0 {
            return Err(DeviceError::Memory);
        }
        // SAFETY: the layout is not empty.
        let start = NonNull::new(unsafe { alloc_zeroed(layout) }).ok_or(DeviceError::Memory)?;
        Ok(Self {
            start,
            layout,
            leaked: false,
        })
    }

    /// The start address, for the device.
    pub(super) fn address(&self) -> u64 {
        self.start.as_ptr() as u64
    }

    /// A pointer to the `T` at `offset`, within the memory and aligned.
    pub(super) fn at<T>(&self, offset: usize) -> *mut T {
        let end = offset.checked_add(size_of::<T>());
        assert!(
            end.is_some_and(|end| end <= self.layout.size())
                && offset.is_multiple_of(align_of::<T>()),
            "an offset into a driver's own memory is within it"
        );
        // SAFETY: the offset is within the allocation.
        unsafe { self.start.as_ptr().add(offset).cast() }
    }

    /// Reads the integer at `offset` in one access.
    pub(super) fn read<T: Word>(&self, offset: usize) -> T {
        // SAFETY: `at` gives a place within the memory; an integer is valid for all bits.
        unsafe { read_volatile(self.at(offset)) }
    }

    /// Writes the integer at `offset` in one access.
    pub(super) fn write<T: Word>(&mut self, offset: usize, value: T) {
        // SAFETY: `at` gives a place within the memory.
        unsafe { write_volatile(self.at(offset), value) };
    }

    /// Never frees the memory, because the device may still use it.
    pub(super) fn leak(&mut self) {
        self.leaked = true;
    }
}

impl Drop for DmaMemory {
    fn drop(&mut self) {
        if !self.leaked {
            // SAFETY: allocated with this layout; the device has been reset, or never knew of it.
            unsafe { dealloc(self.start.as_ptr(), self.layout) };
        }
    }
}
