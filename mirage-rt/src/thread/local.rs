//! Thread-local storage, of variant II of the ELF ABI ("ELF Handling For Thread-Local Storage", section
//! 3.4.6): the variables of the image end at the thread pointer, which points to itself.

use alloc::alloc::{alloc_zeroed, dealloc};
use core::{alloc::Layout, ptr::NonNull};

/// The bytes from the thread pointer on: the pointer itself, and what the ABI reserves.
const CONTROL_BLOCK: usize = 64;

unsafe extern "C" {
    static __tdata_start: u8;
    static __tdata_end: u8;
    static __tls_end: u8;
    /// Its address is the alignment.
    static __tls_align: u8;
}

/// The storage of one thread.
pub(crate) struct LocalStorage {
    start: NonNull<u8>,
    layout: Layout,
}

/// The alignment of the variables, at least that of a cache line, by the linker script.
fn align() -> usize {
    &raw const __tls_align as usize
}

/// The size of the variables, rounded up to their alignment, as the linker does.
fn size() -> usize {
    let size = &raw const __tls_end as usize - &raw const __tdata_start as usize;
    size.next_multiple_of(align())
}

impl LocalStorage {
    /// Returns storage with the initial values; `None` if memory is exhausted.
    pub(crate) fn new() -> Option<Self> {
        let layout = Layout::from_size_align(size() + CONTROL_BLOCK, align()).ok()?;
        // SAFETY: the layout is not empty.
        let start = NonNull::new(unsafe { alloc_zeroed(layout) })?;
        let storage = Self { start, layout };
        let initial = &raw const __tdata_start;
        let length = &raw const __tdata_end as usize - initial as usize;
        // SAFETY: the initial values are the image's and no longer than the variables. The control block begins
        // behind them, aligned.
        unsafe {
            initial.copy_to_nonoverlapping(start.as_ptr(), length);
            *(storage.pointer() as *mut usize) = storage.pointer();
        }
        Some(storage)
    }

    /// Returns the thread pointer.
    pub(crate) fn pointer(&self) -> usize {
        self.start.as_ptr() as usize + size()
    }
}

impl Drop for LocalStorage {
    fn drop(&mut self) {
        // SAFETY: allocated by `new` with this layout.
        unsafe { dealloc(self.start.as_ptr(), self.layout) };
    }
}
