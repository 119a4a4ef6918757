//! The heap for blocks of all sizes.

use core::alloc::{GlobalAlloc, Layout};
use spin::Mutex;
use talc::{TalcLock, source::Manual};

pub(super) struct Heap(pub(super) TalcLock<Mutex<()>, Manual>);

impl Heap {
    /// Returns a heap without memory.
    pub(super) const fn new() -> Self {
        Self(TalcLock::new(Manual))
    }
}

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
