//! QEMU: its command line and its exit status.

mod accelerator;
mod line;
mod machine;
mod network;

pub use line::{Options, command_line};
pub use machine::ended;

/// The program.
pub const PROGRAM: &str = "qemu-system-x86_64";
