//! The end of the machine with the status of a program.

use crate::{console::Console, freestanding::report::STATUS, platform};
use core::fmt::Write;
use mirage_graph::target::Target;

/// Ends the machine with this status of the program.
pub(crate) fn exit_machine(status: u8) -> ! {
    // QEMU reports few statuses, and so the tool reads the others.
    if matches!(platform::TARGET, Target::Virtio) && !matches!(status, 0 | STATUS) {
        let _ = writeln!(Console, "exit status: {status}");
    }
    platform::exit(status)
}
