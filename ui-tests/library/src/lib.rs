//! A library with a unikernel, for a test that this is an error.
#![no_std]

/// Does nothing.
#[cfg(feature = "unikernel")]
#[mirage_rt::unikernel]
async fn main() {}
