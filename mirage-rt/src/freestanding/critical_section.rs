//! The implementation of `critical-section`.

use critical_section::{Impl, RawRestoreState};

/// One core, whose interrupts are enabled only while it halts: all code is in a critical section.
struct OneCore;

critical_section::set_impl!(OneCore);

// SAFETY: no interrupt handler that touches data of programs and no other core runs between `acquire` and
// `release`, so nothing can observe in which order memory is accessed.
unsafe impl Impl for OneCore {
    unsafe fn acquire() -> RawRestoreState {
        RawRestoreState::default()
    }

    unsafe fn release(_: RawRestoreState) {}
}
