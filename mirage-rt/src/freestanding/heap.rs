//! The heap: all memory that the image does not occupy.

#[cfg(feature = "std")]
mod of_std;

use super::range::Range;
use core::{
    alloc::{GlobalAlloc, Layout},
    sync::atomic::{AtomicUsize, Ordering},
};
use spin::Mutex;
use talc::{TalcLock, source::Manual};

#[cfg(not(feature = "std"))]
#[global_allocator]
static HEAP: Heap = Heap(TalcLock::new(Manual));

#[cfg(feature = "std")]
use self::of_std::HEAP;

/// The size of all ranges, in bytes.
static SIZE: AtomicUsize = AtomicUsize::new(0);

/// Returns the size of the heap, in bytes.
pub(crate) fn size() -> usize {
    SIZE.load(Ordering::Relaxed)
}

struct Heap(TalcLock<Mutex<()>, Manual>);

// Not inlined: the lock would be in the image once for each place that allocates or frees memory.
//
// SAFETY: every method is that of `TalcLock`, which is a `GlobalAlloc`.
unsafe impl GlobalAlloc for Heap {
    #[inline(never)]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as the caller states.
        unsafe { self.0.alloc(layout) }
    }

    #[inline(never)]
    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: as the caller states.
        unsafe { self.0.dealloc(pointer, layout) }
    }

    #[inline(never)]
    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        // SAFETY: as the caller states.
        unsafe { self.0.realloc(pointer, layout, new_size) }
    }
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
