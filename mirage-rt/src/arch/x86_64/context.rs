//! The context of a thread: its stack pointer, below which its registers are saved.

use core::arch::naked_asm;

/// The stack pointer of a thread that does not run.
#[repr(transparent)]
#[derive(Debug, Clone, Copy)]
pub(crate) struct StackPointer(usize);

impl StackPointer {
    /// The stack pointer of a thread that runs, or that has not been made.
    pub(crate) const NONE: Self = Self(0);

    /// Returns the stack pointer of a thread that calls `entry` when it is first switched to.
    ///
    /// # Safety
    /// `top` is the end of a stack, a multiple of 16, with at least 256 writable bytes below it that nothing
    /// else uses.
    pub(crate) unsafe fn new(top: *mut u8, entry: extern "C" fn() -> !) -> Self {
        // What `switch` restores: control words, six registers (`rbp` is 0, where a backtrace ends) and the
        // return address. Above it, a return address for `entry`, so that its stack is aligned as by a call.
        let mut frame = [0_usize; 9];
        frame[0] = CONTROL_WORDS;
        frame[7] = entry as usize;
        let start = top.cast::<usize>().wrapping_sub(frame.len());
        // SAFETY: 72 bytes below the top, as the caller states.
        unsafe { start.copy_from_nonoverlapping(frame.as_ptr(), frame.len()) };
        Self(start as usize)
    }
}

/// MXCSR and the x87 control word at the start of a program (System V ABI, section 3.4.1).
const CONTROL_WORDS: usize = 0x1f80 | 0x37f << 32;

/// Saves the registers that a call preserves (System V ABI, section 3.2.1) and the stack pointer of this
/// thread in `save`, and continues the thread of `to`.
///
/// # Safety
/// `to` was returned by [`StackPointer::new`], or saved by a call of this function that has not been returned
/// to since. Its stack still exists.
#[unsafe(naked)]
pub(crate) unsafe extern "C" fn switch(save: *mut StackPointer, to: StackPointer) {
    naked_asm!(
        "push rbp",
        "push rbx",
        "push r12",
        "push r13",
        "push r14",
        "push r15",
        "sub rsp, 8",
        "stmxcsr [rsp]",
        "fnstcw [rsp + 4]",
        "mov [rdi], rsp",
        "mov rsp, rsi",
        "ldmxcsr [rsp]",
        "fldcw [rsp + 4]",
        "add rsp, 8",
        "pop r15",
        "pop r14",
        "pop r13",
        "pop r12",
        "pop rbx",
        "pop rbp",
        "ret",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::cell::Cell;

    std::thread_local! {
        static HOST: Cell<StackPointer> = const { Cell::new(StackPointer::NONE) };
        static GUEST: Cell<StackPointer> = const { Cell::new(StackPointer::NONE) };
        static TURNS: Cell<u32> = const { Cell::new(0) };
    }

    extern "C" fn guest() -> ! {
        loop {
            TURNS.set(TURNS.get() + 1);
            let (save, to) = (GUEST.with(Cell::as_ptr), HOST.get());
            // SAFETY: the host waits in `switch`.
            unsafe { switch(save, to) };
        }
    }

    #[test]
    fn a_thread_continues_where_it_was() {
        let mut stack = std::vec![0_u128; 4096];
        let top = stack.as_mut_ptr_range().end.cast();
        // SAFETY: the top of a stack of this test.
        GUEST.set(unsafe { StackPointer::new(top, guest) });
        for turn in 1..=3 {
            let (save, to) = (HOST.with(Cell::as_ptr), GUEST.get());
            // SAFETY: the guest has not begun, or waits in `switch`.
            unsafe { switch(save, to) };
            assert_eq!(TURNS.get(), turn);
        }
    }
}
