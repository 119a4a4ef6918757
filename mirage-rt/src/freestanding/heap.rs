//! The heap: all memory that the image does not occupy.

mod general;
#[cfg(feature = "std")]
mod of_std;

#[cfg(feature = "std")]
use self::of_std::HEAP;
use super::range::Range;
use core::sync::atomic::{AtomicUsize, Ordering};

#[cfg(not(feature = "std"))]
#[global_allocator]
static HEAP: general::Heap = general::Heap::new();

/// The size of all ranges, in bytes.
static SIZE: AtomicUsize = AtomicUsize::new(0);

/// Returns the size of the heap, in bytes.
pub(crate) fn size() -> usize {
    SIZE.load(Ordering::Relaxed)
}

/// Gives a range of memory to the heap. Ranges that are too small are ignored.
///
/// # Safety
/// The range is mapped ordinary memory that nothing else uses. It is given once.
pub(crate) unsafe fn claim(range: Range) {
    if range.start < range.end {
        let size = (range.end - range.start) as usize;
        SIZE.fetch_add(size, Ordering::Relaxed);
        // SAFETY: as the caller states.
        unsafe {
            let mut heap = HEAP.0.lock();
            heap.claim(range.start as *mut u8, size)
        };
    }
}
