//! The heap: all memory that the image does not occupy.

use super::range::Range;
use spin::Mutex;
use talc::{TalcLock, source::Manual};

#[global_allocator]
static HEAP: TalcLock<Mutex<()>, Manual> = TalcLock::new(Manual);

/// Gives a range of memory to the heap. Ranges that are too small are ignored.
///
/// # Safety
/// The range is mapped ordinary memory that nothing else uses. It is given once.
pub(crate) unsafe fn claim(range: Range) {
    if range.start < range.end {
        // SAFETY: as the caller states.
        unsafe {
            HEAP.lock()
                .claim(range.start as *mut u8, (range.end - range.start) as usize)
        };
    }
}
