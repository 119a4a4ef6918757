//! The devices of a unikernel, and the traits by which they are wired.
//!
//! This crate has no global state but the writer of [`messages`], executes no privileged instruction and does not
//! depend on a target. The machine, or a test on the host, passes a device what it needs: registers, interrupts,
//! a clock.
#![no_std]

extern crate alloc;
#[cfg(test)]
extern crate std;

pub mod allocation;
pub mod block;
pub mod device;
pub mod fs;
pub mod interrupt;
pub mod messages;
pub mod net;
pub mod random;
pub mod solo5;
pub mod time;
pub mod virtio;
