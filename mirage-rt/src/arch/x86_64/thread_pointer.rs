//! The thread pointer, the base of FS, by which thread-local storage is addressed.

use super::cpuid::leaf;
use core::arch::asm;
use core::sync::atomic::{AtomicBool, Ordering};

/// Whether the instruction `wrfsbase` may be used.
static HAS_INSTRUCTION: AtomicBool = AtomicBool::new(false);

/// Whether the processor has `wrfsbase`: bit 0 of `ebx` in CPUID leaf 7.
fn has_fsgsbase() -> bool {
    let [highest, ..] = leaf(0);
    highest >= 7 && leaf(7)[1] & 1 != 0
}

/// Prepares for [`set`] in a process of the host, where it can only be an instruction. Returns `false` if the
/// processor does not have it.
#[cfg_attr(not(mirage_target = "spt"), allow(dead_code))]
pub(crate) fn initialise_user() -> bool {
    HAS_INSTRUCTION.store(has_fsgsbase(), Ordering::Relaxed);
    has_fsgsbase()
}

/// Prepares for [`set`] in supervisor mode: the instruction if the processor has it, or else the
/// model-specific register.
#[cfg_attr(mirage_target = "spt", allow(dead_code))]
pub(crate) fn initialise_supervisor() {
    use x86_64::registers::control::{Cr4, Cr4Flags};
    if has_fsgsbase() {
        // SAFETY: the processor has the bit, which only enables instructions.
        unsafe { Cr4::update(|flags| *flags |= Cr4Flags::FSGSBASE) };
        HAS_INSTRUCTION.store(true, Ordering::Relaxed);
    }
}

/// Sets the thread pointer.
///
/// # Safety
/// `pointer` is the thread pointer of the code that runs from here on, as `thread::local` makes it.
pub(crate) unsafe fn set(pointer: usize) {
    if HAS_INSTRUCTION.load(Ordering::Relaxed) {
        // SAFETY: the processor has the instruction. It is enabled, by `initialise_supervisor` or by Linux, without which
        // it would be an exception.
        unsafe { asm!("wrfsbase {}", in(reg) pointer, options(nostack, preserves_flags)) };
    } else {
        use x86_64::{VirtAddr, registers::model_specific::FsBase};
        FsBase::write(VirtAddr::new_truncate(pointer as u64));
    }
}
