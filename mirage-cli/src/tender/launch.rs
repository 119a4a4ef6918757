//! The last steps: this process becomes the guest.

use super::{attached::Attached, boot_information, events::Events, memory::Memory};
use crate::failure::{Context, Failure, Result};
use libc::{SIG_DFL, SIGBUS, SIGPIPE, SIGSEGV};
use seccompiler::BpfProgram;
use std::{arch::asm, mem::forget};

/// Of a personality: memory that can be read can be executed (linux/personality.h).
const READ_IMPLIES_EXEC: i32 = 0x040_0000;
/// The personality that is none, but a question.
const WHICH: u64 = 0xffff_ffff;

/// Refuses a process in which the protection of memory means less.
pub fn check_personality() -> Result<()> {
    // SAFETY: the call changes nothing.
    let personality = unsafe { libc::personality(WHICH) };
    if personality & READ_IMPLIES_EXEC != 0 {
        return Err(Failure::new(
            "in this process all memory would be executable (the personality READ_IMPLIES_EXEC)",
        ));
    }
    Ok(())
}

/// Gives up every system call that `filter` does not allow, and jumps to `entry` with a stack at
/// the end of `memory`.
///
/// # Errors
/// The kernel does not take the filter.
pub fn launch(
    filter: &BpfProgram,
    memory: Memory,
    entry: u64,
    devices: Vec<Attached>,
    events: Events,
) -> Result<()> {
    // The guest has the descriptors from now on, and nobody else closes them.
    forget((devices, events));
    for signal in [SIGSEGV, SIGBUS, SIGPIPE] {
        // The handlers of Rust's own make calls that the filter forbids.
        // SAFETY: the default action is no code of this process.
        unsafe { libc::signal(signal, SIG_DFL) };
    }
    seccompiler::apply_filter(filter).context("the filter of system calls")?;
    // The stack looks as it does after a call.
    let stack = memory.end() - 8;
    // SAFETY: nothing of this process runs again. The guest was loaded at the addresses that it
    // was linked for, and what it may do is what the filter and the protection of memory allow.
    unsafe {
        asm!(
            "mov rsp, {stack}",
            "xor ebp, ebp",
            "jmp {entry}",
            stack = in(reg) stack,
            entry = in(reg) entry,
            in("rdi") boot_information::ADDRESS,
            options(noreturn),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A personality is a thread's own.
    #[test]
    fn a_process_in_which_all_is_executable_is_refused() {
        let checked = std::thread::spawn(|| {
            assert!(check_personality().is_ok());
            // SAFETY: what this thread maps from now on, it may execute.
            unsafe { libc::personality(READ_IMPLIES_EXEC as u64) };
            check_personality()
        });
        let refusal = checked.join().expect("a thread").expect_err("a refusal");
        assert!(refusal.to_string().contains("READ_IMPLIES_EXEC"));
    }
}
