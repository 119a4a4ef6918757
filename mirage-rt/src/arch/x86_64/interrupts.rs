//! Interrupts: handlers set flags, and tasks do the work.
//!
//! Interrupts are enabled only in [`sleep`] and [`poll`]. Handlers never interrupt other Rust code, and
//! save only the register that they use.

use super::local_apic::{self, SPURIOUS_VECTOR, TIMER_VECTOR};
use core::arch::{asm, naked_asm};
use core::sync::atomic::{AtomicU32, Ordering};
use x86_64::VirtAddr;

/// The first vector. Line `n` has vector `FIRST_VECTOR + n`; line 0 is the timer's.
pub(crate) const FIRST_VECTOR: u8 = TIMER_VECTOR;

/// Number of lines. The last is that of spurious interrupts.
pub(crate) const LINES: usize = (SPURIOUS_VECTOR - FIRST_VECTOR) as usize + 1;

/// The lines that have interrupted since the last [`take_raised`].
static RAISED: AtomicU32 = AtomicU32::new(0);

/// Returns the set of lines that have interrupted since the last call, a bit for each.
pub(crate) fn take_raised() -> u32 {
    RAISED.swap(0, Ordering::Relaxed)
}

/// Returns the address of the handler of each vector.
pub(crate) fn handlers() -> impl Iterator<Item = (u8, VirtAddr)> {
    macro_rules! stubs {
        ($($line:literal)*) => {
            [$(stub::<$line> as *const (),)* spurious as *const ()]
        };
    }
    (FIRST_VECTOR..).zip(
        stubs!(0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30)
            .map(VirtAddr::from_ptr),
    )
}

/// Raises the flag of `LINE` and acknowledges the interrupt. It touches one register and no vector register.
#[unsafe(naked)]
extern "C" fn stub<const LINE: u8>() {
    naked_asm!(
        "push rax",
        "or dword ptr [rip + {raised}], {bit}",
        "jmp {acknowledge}",
        raised = sym RAISED,
        bit = const 1u32 << LINE,
        acknowledge = sym acknowledge,
    )
}

/// The end of every [`stub`]. An interrupt at the `hlt` of [`sleep`] returns to the instruction after it.
#[unsafe(naked)]
extern "C" fn acknowledge() {
    naked_asm!(
        "mov eax, {end_of_interrupt}",
        "mov dword ptr [rax], 0",
        "lea rax, [rip + {sleep} + {sti_len}]",
        "cmp qword ptr [rsp + 8], rax",
        "jne 2f",
        "inc qword ptr [rsp + 8]",
        "2:",
        "pop rax",
        "iretq",
        end_of_interrupt = const local_apic::BASE + local_apic::END_OF_INTERRUPT,
        sleep = sym sleep,
        sti_len = const 1,
    )
}

#[unsafe(naked)]
extern "C" fn spurious() {
    naked_asm!("iretq")
}

/// Sleeps until an interrupt; returns at once if one is pending.
///
/// On a processor the instruction after `sti` runs with interrupts still disabled, so that none comes before
/// `hlt`, which would then sleep although its interrupt has come. A hypervisor that exits between the two may
/// not restore that state: QEMU's emulation of SVM does not, and some lose it when a machine migrates. So
/// [`acknowledge`] skips a `hlt` to which it would return. `sti` and `hlt` have one byte each.
#[unsafe(naked)]
pub(crate) extern "C" fn sleep() {
    naked_asm!("sti", "hlt", "cli", "ret")
}

/// Lets the handlers of pending interrupts run.
pub(crate) fn poll() {
    // SAFETY: handlers only set flags. Not `nostack`: they push below the stack pointer.
    unsafe { asm!("sti", "nop", "cli") };
}
