//! The main stack, which all code except handlers of exceptions uses. `entry!` defines it with the declared
//! size, and the linker script places it above an unmapped page.

use core::{cell::UnsafeCell, mem::MaybeUninit};

const PAGE: usize = 4096;

/// A stack of `PAGES` pages, which only the linker script refers to.
#[repr(C, align(4096))]
pub struct Stack<const PAGES: usize>(UnsafeCell<MaybeUninit<[[u8; PAGE]; PAGES]>>);

// SAFETY: there are no references to the contents.
unsafe impl<const PAGES: usize> Sync for Stack<PAGES> {}

impl<const PAGES: usize> Stack<PAGES> {
    /// Returns a stack that takes no space in the image.
    #[allow(clippy::new_without_default, reason = "it is made once, by `entry!`")]
    pub const fn new() -> Self {
        Self(UnsafeCell::new(MaybeUninit::zeroed()))
    }
}

/// Returns the number of pages of a stack of `bytes` bytes.
pub const fn pages(bytes: u64) -> usize {
    bytes.div_ceil(PAGE as u64) as usize
}

/// Does nothing: the stack has had the declared size from the first instruction.
pub(crate) fn initialise(_stack: u64) {}
