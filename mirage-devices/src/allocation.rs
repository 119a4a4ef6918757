//! Allocation that may fail where the standard library's aborts.

use alloc::{boxed::Box, vec::Vec};
use core::hint::black_box;

/// Returns whether an allocation of `size` bytes would succeed now, by a trial.
///
/// What allocates infallibly afterwards, and nothing in between, does not abort.
///
/// ```
/// assert!(mirage_devices::allocation::can_allocate(100));
/// assert!(!mirage_devices::allocation::can_allocate(usize::MAX));
/// ```
#[must_use]
pub fn can_allocate(size: usize) -> bool {
    let mut trial = Vec::<u8>::new();
    let reserved = trial.try_reserve_exact(size);
    // Without this the compiler may leave the allocation out, and assume that it succeeds.
    black_box(&mut trial);
    reserved.is_ok()
}

/// Moves a value into a box; `None` if memory for it is exhausted.
///
/// ```
/// assert_eq!(mirage_devices::allocation::boxed(1), Some(Box::new(1)));
/// ```
pub fn boxed<T>(value: T) -> Option<Box<T>> {
    // Nothing else allocates between the trial and the box. The trial is of bytes: its alignment may be less.
    can_allocate(size_of::<T>() + align_of::<T>()).then(|| Box::new(value))
}
