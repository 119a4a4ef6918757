//! The status of a program with std.

use crate::{console::Console, freestanding::report, platform};
use core::fmt::Write;
use mirage_graph::target::Target;

/// Ends the machine with this status of the program.
pub(crate) fn exit(status: u8) -> ! {
    const PANIC: u8 = report::STATUS;
    // QEMU reports few statuses, and so the tool reads the others.
    if matches!(platform::TARGET, Target::Virtio) && !matches!(status, 0 | PANIC) {
        let _ = writeln!(Console, "exit status: {status}");
    }
    platform::exit(status)
}
