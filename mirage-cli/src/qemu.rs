//! QEMU: its command line, and the machine's life.

mod accelerator;
mod console;
mod line;
mod machine;
mod network;
mod quote;

pub use console::Awaited;
pub use line::{Options, command_line};
pub use machine::boot;
pub use quote::quoted;

/// The program.
pub const PROGRAM: &str = "qemu-system-x86_64";
