//! The heap of a program with std: lists of free small blocks before the heap of all images.

use super::general::Heap;
use crate::freestanding::{one_core::OneCore, small_blocks::SmallBlocks};
use core::{
    alloc::{GlobalAlloc, Layout},
    ops::Deref,
};

#[global_allocator]
pub(super) static HEAP: HeapOfStd = HeapOfStd {
    heap: Heap::new(),
    small: OneCore(SmallBlocks::new()),
};

pub(super) struct HeapOfStd {
    heap: Heap,
    small: OneCore<SmallBlocks>,
}

impl Deref for HeapOfStd {
    type Target = Heap;

    fn deref(&self) -> &Heap {
        &self.heap
    }
}

impl HeapOfStd {
    /// Allocates a block that no list has.
    #[inline(never)]
    fn allocate(&self, layout: Layout) -> *mut u8 {
        let layout = self.small.0.rounded(layout);
        // SAFETY: the layout is not empty, as the callers state.
        let block = unsafe { self.heap.alloc(layout) };
        if !block.is_null() {
            return block;
        }
        // SAFETY: the blocks are allocated in the heap with these layouts.
        let free = |block, layout| unsafe { self.heap.dealloc(block, layout) };
        match self.small.0.take_all(free) {
            // SAFETY: as above.
            true => unsafe { self.heap.alloc(layout) },
            false => block,
        }
    }
}

// SAFETY: a block is in the heap, with a layout of at least the size and the alignment that was asked for, which
// is the same when it is freed. A block in a list is nobody's.
unsafe impl GlobalAlloc for HeapOfStd {
    #[inline(never)]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let block = self.small.0.take(layout);
        if block.is_null() {
            return self.allocate(layout);
        }
        block
    }

    #[inline(never)]
    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: allocated by `alloc` with this layout, as the caller states.
        unsafe {
            if !self.small.0.put(block, layout) {
                self.heap.dealloc(block, layout);
            }
        }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        // SAFETY: the alignment is valid, and the new size too, as the caller states.
        let new_layout = unsafe { Layout::from_size_align_unchecked(new_size, layout.align()) };
        let (old, new) = (
            self.small.0.rounded(layout),
            self.small.0.rounded(new_layout),
        );
        if old == new {
            return block;
        }
        if old == layout && new == new_layout {
            // SAFETY: the heap has the block with this layout, and the new one is not rounded either.
            return unsafe { self.heap.realloc(block, layout, new_size) };
        }
        // SAFETY: the new size of a block is not 0, as the caller states.
        let moved = unsafe { self.alloc(new_layout) };
        if !moved.is_null() {
            // SAFETY: two blocks, of at least this length.
            unsafe {
                block.copy_to_nonoverlapping(moved, layout.size().min(new_size));
                self.dealloc(block, layout);
            }
        }
        moved
    }
}
