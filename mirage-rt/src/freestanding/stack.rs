//! The stack that all code runs on but exceptions. The image's own entry defines it, with the size that
//! the unikernel declares; the linker script puts it above a page that is never mapped.

use core::{cell::UnsafeCell, mem::MaybeUninit};

const PAGE: usize = 4096;

/// A stack of so many pages, for the linker script: Rust knows it by no reference.
#[repr(C, align(4096))]
pub struct Stack<const PAGES: usize>(UnsafeCell<MaybeUninit<[[u8; PAGE]; PAGES]>>);

// SAFETY: nothing refers to what is in it.
unsafe impl<const PAGES: usize> Sync for Stack<PAGES> {}

impl<const PAGES: usize> Stack<PAGES> {
    /// One that takes no place in the file.
    #[allow(clippy::new_without_default, reason = "it is made once, by `entry!`")]
    pub const fn new() -> Self {
        Self(UnsafeCell::new(MaybeUninit::zeroed()))
    }
}

/// The pages of a stack of so many bytes.
pub const fn pages(bytes: u64) -> usize {
    bytes.div_ceil(PAGE as u64) as usize
}

/// Does nothing: the stack has had the declared size from the first instruction.
pub(crate) fn initialise(_stack: u64) {}
