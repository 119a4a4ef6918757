//! System calls of Linux.

use core::arch::asm;

/// Numbers of calls (Linux, `arch/x86/entry/syscalls/syscall_64.tbl`).
pub(crate) const SYS_READ: usize = 0;
pub(crate) const SYS_WRITE: usize = 1;
pub(crate) const SYS_PREAD64: usize = 17;
pub(crate) const SYS_PWRITE64: usize = 18;
pub(crate) const SYS_CLOCK_GETTIME: usize = 228;
pub(crate) const SYS_EXIT_GROUP: usize = 231;
pub(crate) const SYS_EPOLL_PWAIT: usize = 281;
pub(crate) const SYS_TIMERFD_SETTIME: usize = 286;

/// Makes a call. Returns the negated error number if it fails.
///
/// # Safety
/// The arguments are valid for the call, and the memory that it writes is not borrowed.
pub(crate) unsafe fn call(number: usize, arguments: [usize; 6]) -> isize {
    let [a, b, c, d, e, f] = arguments;
    let result: isize;
    // SAFETY: the kernel preserves all other registers. The caller guarantees the rest.
    unsafe {
        asm!(
            "syscall",
            inlateout("rax") number as isize => result,
            in("rdi") a,
            in("rsi") b,
            in("rdx") c,
            in("r10") d,
            in("r8") e,
            in("r9") f,
            lateout("rcx") _,
            lateout("r11") _,
            options(nostack),
        );
    }
    result
}
