//! Child processes that die with the tool.

use rustix::process::{Signal, set_parent_process_death_signal};
use std::{os::unix::process::CommandExt, process::Command};

/// Makes the kernel kill the child when the spawning thread ends for any reason. Spawn the child from
/// the main thread.
pub fn dies_with_tool(command: &mut Command) -> &mut Command {
    // SAFETY: between fork and exec only functions that are async-signal-safe may be called:
    // this is one system call, without allocation.
    unsafe { command.pre_exec(|| Ok(set_parent_process_death_signal(Some(Signal::KILL))?)) }
}
