//! QEMU: its command line, and what its end means.

mod accelerator;
mod line;
mod machine;
mod network;

pub use line::{Options, command_line};
pub use machine::ended;

/// The program.
pub const PROGRAM: &str = "qemu-system-x86_64";
