//! QEMU: its command line and its exit status.

mod accelerator;
mod ipv6;
mod line;
mod network;
mod status;

pub use line::{Options, command_line};
pub use status::exit_status;

/// The program.
pub const PROGRAM: &str = "qemu-system-x86_64";
