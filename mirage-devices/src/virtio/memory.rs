//! Memory that a device reads and writes.

use super::DeviceError;
use alloc::alloc::{alloc_zeroed, dealloc};
use core::{alloc::Layout, ptr::NonNull};

/// What legacy devices want their queues aligned to, in bytes.
pub(super) const PAGE: usize = 4096;

/// Zeroed memory, aligned to a page, that is shared with a device.
///
/// It is only ever accessed through raw pointers: the device may write to it at any time.
pub(super) struct Shared {
    start: NonNull<u8>,
    layout: Layout,
    /// The device may still use it: it is never given back.
    kept: bool,
}

impl Shared {
    /// `length` bytes, which must not be 0.
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
            kept: false,
        })
    }

    /// Where it begins, for the device.
    pub(super) fn address(&self) -> u64 {
        self.start.as_ptr() as u64
    }

    /// The place of a `T` at `offset`. It lies within the memory, and is aligned.
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

    /// Leaves the memory to a device that does not stop using it.
    pub(super) fn keep(&mut self) {
        self.kept = true;
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        if !self.kept {
            // SAFETY: allocated with this layout; the device has been reset, or never knew of it.
            unsafe { dealloc(self.start.as_ptr(), self.layout) };
        }
    }
}
