//! The allocator of images, whose instructions are counted too.

use spin::Mutex;
use talc::{TalcLock, source::Claim};

const SIZE: usize = 256 << 20;

#[global_allocator]
static HEAP: TalcLock<Mutex<()>, Claim> = {
    static mut MEMORY: [u8; SIZE] = [0; SIZE];
    // SAFETY: nothing else uses this memory.
    TalcLock::new(unsafe { Claim::array(&raw mut MEMORY) })
};
