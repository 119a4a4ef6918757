//! Random bytes for the crate getrandom, of which programs use several versions.
//!
//! In a program with std they are those of the C library. In other images they are the processor's: the generator of
//! [`crate::random`] would also mix in those of a virtio device, but what it shares with the rest of an image would
//! be compiled differently for two callers, and every image would become larger.

#[cfg(not(feature = "std"))]
mod v0_2;

use core::num::NonZeroI32;

/// Fills `length` bytes from `destination` on. Returns whether the processor has a generator that works.
///
/// # Safety
/// The bytes can be written, and nothing else refers to them.
#[cfg(not(feature = "std"))]
unsafe fn fill(destination: *mut u8, length: usize) -> bool {
    use crate::arch::random;
    use core::{ptr, slice};

    if length == 0 {
        return true;
    }
    // SAFETY: the caller guarantees that the bytes can be written, which initialises them, and that the slice is
    // the only reference to them.
    let bytes = unsafe {
        ptr::write_bytes(destination, 0, length);
        slice::from_raw_parts_mut(destination, length)
    };
    bytes.chunks_mut(32).all(|chunk| {
        let random = random::bytes();
        if let Some(random) = random {
            chunk.copy_from_slice(&random[..chunk.len()]);
        }
        random.is_some()
    })
}

/// Fills `length` bytes from `destination` on. Returns whether the machine has entropy.
///
/// # Safety
/// The bytes can be written, and nothing else refers to them.
#[cfg(feature = "std")]
unsafe fn fill(destination: *mut u8, length: usize) -> bool {
    // SAFETY: as the caller states.
    unsafe { crate::libc::getrandom(destination, length, 0) >= 0 }
}

/// The error of getrandom 0.3 and 0.4, which each declare a type with this field. The backend is one function
/// for both.
struct Error(#[allow(dead_code, reason = "getrandom reads it")] NonZeroI32);

impl Error {
    /// getrandom's `Error::UNSUPPORTED`.
    const UNSUPPORTED: Self = Self(NonZeroI32::new(1 << 16).unwrap());
}

/// The custom backend of getrandom 0.3 and 0.4.
///
/// # Safety
/// `length` bytes from `destination` on can be written, and nothing else refers to them.
#[unsafe(no_mangle)]
unsafe fn __getrandom_v03_custom(destination: *mut u8, length: usize) -> Result<(), Error> {
    // SAFETY: the caller guarantees what `fill` demands: getrandom borrows the bytes mutably.
    match unsafe { fill(destination, length) } {
        true => Ok(()),
        false => Err(Error::UNSUPPORTED),
    }
}
