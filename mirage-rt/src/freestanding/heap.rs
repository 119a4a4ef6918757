//! The heap: all memory that the image does not occupy.

use super::range::Range;
use spin::Mutex;
use talc::{TalcLock, source::Manual};

#[global_allocator]
static HEAP: TalcLock<Mutex<()>, Manual> = TalcLock::new(Manual);

/// Gives the heap a range of memory. Too small a one is refused, which loses nothing.
///
/// # Safety
/// The range is ordinary memory, mapped, that nobody else uses; it is given once.
pub(crate) unsafe fn claim(range: Range) {
    if range.start < range.end {
        // SAFETY: as the caller states.
        unsafe {
            HEAP.lock()
                .claim(range.start as *mut u8, (range.end - range.start) as usize)
        };
    }
}
