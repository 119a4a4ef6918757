//! The last steps: this process becomes the guest.

use crate::{attached::Attached, boot_info, error::Error, events::Events, memory::Memory};
use libc::{SIG_DFL, SIGBUS, SIGPIPE, SIGSEGV};
use seccompiler::BpfProgram;
use std::{arch::asm, convert::Infallible, mem::forget};

/// Readable memory is executable (linux/personality.h).
const READ_IMPLIES_EXEC: i32 = 0x040_0000;
/// Asks for the personality without changing it (personality(2)).
const QUERY: u64 = 0xffff_ffff;

/// Refuses a process in which memory protection does not restrict execution.
pub fn check_personality() -> Result<(), Error> {
    // SAFETY: the call changes nothing.
    let personality = unsafe { libc::personality(QUERY) };
    if personality & READ_IMPLIES_EXEC != 0 {
        return Err(Error::Personality);
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
) -> Result<Infallible, Error> {
    // The guest uses the descriptors from now on.
    forget((devices, events));
    for signal in [SIGSEGV, SIGBUS, SIGPIPE] {
        // Rust's own handlers make calls that the filter forbids.
        // SAFETY: the default action runs no code of this process.
        unsafe { libc::signal(signal, SIG_DFL) };
    }
    seccompiler::apply_filter(filter)?;
    // The stack is aligned as after a call.
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
            in("rdi") boot_info::ADDRESS,
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
