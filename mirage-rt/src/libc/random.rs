//! Random bytes, from the machine's entropy.

use super::{Errno, descriptors::bytes_mut, fail};
use crate::{
    freestanding::one_core::OneCore,
    platform,
    random::{Random, Rng},
};
use core::cell::RefCell;

static RANDOM: OneCore<RefCell<Option<Random>>> = OneCore(RefCell::new(None));

/// # Safety
/// As Linux's.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn getrandom(buffer: *mut u8, length: usize, _flags: u32) -> isize {
    let mut random = RANDOM.0.borrow_mut();
    if random.is_none() {
        *random = platform::random().ok();
    }
    let Some(random) = random.as_mut() else {
        return fail(Errno(::libc::EIO)) as isize;
    };
    // SAFETY: a buffer of this length, as the caller states.
    match unsafe { bytes_mut(buffer.cast(), length) } {
        Ok(buffer) => random.fill_bytes(buffer),
        Err(errno) => return fail(errno) as isize,
    }
    length as isize
}
