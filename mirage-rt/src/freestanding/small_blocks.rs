//! Free small blocks of a program with std, by size.
//!
//! Such a program allocates and frees a dozen small blocks for each request. A list for each size takes ten
//! instructions where the heap takes a hundred. The blocks are the heap's: they are returned to it when it is
//! exhausted.

use core::{alloc::Layout, cell::Cell, ptr::null_mut};

/// The difference between two sizes, and the alignment of all blocks, in bytes.
const STEP: usize = 16;
/// The largest size, in bytes.
const LARGEST: usize = 1024;
const SIZES: usize = LARGEST / STEP;

/// The first free block of each size. A free block begins with the address of the next one.
pub(crate) struct SmallBlocks([Cell<*mut Block>; SIZES]);

struct Block {
    next: *mut Block,
}

/// Returns the index of the list for a layout, which does not exist if the layout is not small.
#[inline]
fn index(layout: Layout) -> usize {
    layout.size().wrapping_sub(1) / STEP
}

/// Returns the layout of the blocks in a list.
#[inline]
fn layout_of(index: usize) -> Layout {
    debug_assert!(index < SIZES, "no such list");
    // SAFETY: the alignment is a power of two, and the size at most `LARGEST`.
    unsafe { Layout::from_size_align_unchecked((index + 1) * STEP, STEP) }
}

impl SmallBlocks {
    pub(crate) const fn new() -> Self {
        Self([const { Cell::new(null_mut()) }; SIZES])
    }

    /// Returns the list for a layout; `None` if the layout is not small.
    #[inline]
    fn list(&self, layout: Layout) -> Option<&Cell<*mut Block>> {
        if layout.align() > STEP {
            return None;
        }
        self.0.get(index(layout))
    }

    /// Returns the layout by which a block of `layout` is allocated and freed in the heap.
    #[inline]
    pub(crate) fn rounded(&self, layout: Layout) -> Layout {
        match self.list(layout) {
            Some(_) => layout_of(index(layout)),
            None => layout,
        }
    }

    /// Takes a free block. Null if there is none.
    #[inline]
    pub(crate) fn take(&self, layout: Layout) -> *mut u8 {
        let Some(list) = self.list(layout) else {
            return null_mut();
        };
        let block = list.get();
        if !block.is_null() {
            // SAFETY: a block in a list is free and begins with the address of the next one.
            list.set(unsafe { (*block).next });
        }
        block.cast()
    }

    /// Keeps a block that is freed. Returns `false` if it is not small.
    ///
    /// # Safety
    /// `block` was allocated with the [rounded](Self::rounded) layout, and is not used any more.
    #[inline]
    pub(crate) unsafe fn put(&self, block: *mut u8, layout: Layout) -> bool {
        let Some(list) = self.list(layout) else {
            return false;
        };
        let block = block.cast::<Block>();
        // SAFETY: the block is free, aligned and large enough.
        unsafe { block.write(Block { next: list.get() }) };
        list.set(block);
        true
    }

    /// Takes all blocks, and passes each with its layout to `free`. Returns whether there was any.
    #[cold]
    pub(crate) fn take_all(&self, mut free: impl FnMut(*mut u8, Layout)) -> bool {
        let mut any = false;
        for (index, list) in self.0.iter().enumerate() {
            let layout = layout_of(index);
            let mut block = list.replace(null_mut());
            while !block.is_null() {
                any = true;
                // SAFETY: a block in a list is free and begins with the address of the next one.
                let next = unsafe { (*block).next };
                free(block.cast(), layout);
                block = next;
            }
        }
        any
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::alloc::{alloc, dealloc};

    #[test]
    fn a_freed_block_is_taken_again_for_its_size() {
        let blocks = SmallBlocks::new();
        let layout = |size| Layout::from_size_align(size, 8).unwrap();
        let rounded = blocks.rounded(layout(20));
        assert_eq!((rounded.size(), rounded.align()), (32, 16));
        assert_eq!(blocks.rounded(layout(LARGEST + 1)), layout(LARGEST + 1));
        assert!(blocks.take(layout(20)).is_null());
        // SAFETY: allocated with the rounded layout, and freed once.
        unsafe {
            let block = alloc(rounded);
            assert!(blocks.put(block, layout(20)));
            assert!(!blocks.put(block, layout(LARGEST + 1)));
            assert!(blocks.take(layout(16)).is_null());
            assert_eq!(blocks.take(layout(32)), block);
            assert!(blocks.put(block, layout(17)));
            let mut freed = 0;
            assert!(blocks.take_all(|block, layout| {
                assert_eq!(layout, rounded);
                dealloc(block, layout);
                freed += 1;
            }));
            assert_eq!(freed, 1);
        }
        assert!(!blocks.take_all(|_, _| panic!("none is left")));
    }

    #[test]
    fn blocks_of_no_size_and_of_large_alignment_are_not_small() {
        let blocks = SmallBlocks::new();
        let page = Layout::from_size_align(64, 4096).unwrap();
        assert_eq!(blocks.rounded(page), page);
        let empty = Layout::from_size_align(0, 1).unwrap();
        assert_eq!(blocks.rounded(empty), empty);
    }
}
