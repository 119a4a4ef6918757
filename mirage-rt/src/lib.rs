//! The runtime of a unikernel.
#![no_std]
extern crate alloc;
#[cfg(not(mirage_target))]
extern crate std;

pub use mirage_macros::unikernel;

#[cfg(any(mirage_target = "virtio", test))]
mod virtio;
