//! The heap: all memory that the image does not occupy.

use talc::TalcLock;
use talc::source::Manual;

#[global_allocator]
static HEAP: TalcLock<spin::Mutex<()>, Manual> = TalcLock::new(Manual);
pub(super) fn initialise() {}
