//! Devices of a unikernel and the traits that they are wired by.
//!
//! Nothing here is global, executes a privileged instruction or knows a target: a machine gives a
//! device what it needs (registers, interrupts, a clock), and on the host a test does.
#![no_std]

extern crate alloc;
#[cfg(test)]
extern crate std;

pub mod block;
pub mod device;
pub mod interrupt;
pub mod net;
pub mod random;
pub mod solo5;
pub mod time;
pub mod virtio;
