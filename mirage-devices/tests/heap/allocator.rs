//! An allocator that counts, and that refuses what exceeds a limit.

use std::{
    alloc::{GlobalAlloc, Layout, System},
    cell::Cell,
};

/// An allocator with a limit per thread.
struct Limited;

thread_local! {
    static LEFT: Cell<usize> = const { Cell::new(usize::MAX) };
    static IN_USE: Cell<usize> = const { Cell::new(0) };
}

// SAFETY: it hands out what `System` does, or nothing.
unsafe impl GlobalAlloc for Limited {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        match LEFT.get().checked_sub(layout.size()) {
            None => core::ptr::null_mut(),
            Some(left) => {
                LEFT.set(left);
                IN_USE.set(IN_USE.get().wrapping_add(layout.size()));
                // SAFETY: the caller keeps the rules of `alloc`.
                unsafe { System.alloc(layout) }
            }
        }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        LEFT.set(LEFT.get().saturating_add(layout.size()));
        IN_USE.set(IN_USE.get().wrapping_sub(layout.size()));
        // SAFETY: it came from `System`, with this layout.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Limited = Limited;

/// Runs `act` with `bytes` of heap.
pub fn with_heap<R>(bytes: usize, act: impl FnOnce() -> R) -> R {
    LEFT.set(bytes);
    let result = act();
    LEFT.set(usize::MAX);
    result
}

/// Returns how many bytes are left of the heap of [`with_heap`].
pub fn left() -> usize {
    LEFT.get()
}

/// Returns how many bytes this thread has allocated and not freed.
pub fn in_use() -> usize {
    IN_USE.get()
}
