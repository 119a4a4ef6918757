//! Child processes that die with the tool.

use rustix::{
    io::Errno,
    process::{Signal, getpid, getppid, set_parent_process_death_signal},
};
use std::{os::unix::process::CommandExt, process::Command};

/// Makes the kernel kill the child when the spawning thread ends for any reason. Spawn the child from
/// the main thread.
pub fn dies_with_tool(command: &mut Command) -> &mut Command {
    let tool = getpid();
    let prepare = move || {
        set_parent_process_death_signal(Some(Signal::KILL))?;
        // The tool may have ended before: then another process is the parent, and no signal comes.
        match getppid() == Some(tool) {
            true => Ok(()),
            false => Err(Errno::SRCH.into()),
        }
    };
    // SAFETY: between fork and exec only functions that are async-signal-safe may be called:
    // these are two system calls, without allocation.
    unsafe { command.pre_exec(prepare) }
}
