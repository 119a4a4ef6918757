//! Memory that a device reads and writes.

use super::DeviceError;
use alloc::alloc::{alloc_zeroed, dealloc};
use core::{alloc::Layout, ptr::NonNull};

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
