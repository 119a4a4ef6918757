//! The local APIC, which delivers interrupts and has a timer.
//!
//! Intel SDM volume 3, chapter 11, in xAPIC mode, which every machine starts in.

use core::ptr::{read_volatile, write_volatile};

/// Physical address of the registers.
pub(crate) const BASE: u32 = 0xfee0_0000;

/// Length of the registers in bytes.
pub(crate) const LENGTH: u64 = 0x1000;

/// The timer's vector, the first after those of exceptions.
pub(crate) const TIMER_VECTOR: u8 = 32;

/// The vector of spurious interrupts, which are not acknowledged.
pub(crate) const SPURIOUS_VECTOR: u8 = 63;

/// Offset of the register that ends the handling of an interrupt.
pub(crate) const END_OF_INTERRUPT: u32 = 0xb0;

const ID: u32 = 0x20;
const SPURIOUS: u32 = 0xf0;
const TIMER: u32 = 0x320;
const LINT0: u32 = 0x350;
const LINT1: u32 = 0x360;
const INITIAL_COUNT: u32 = 0x380;
const CURRENT_COUNT: u32 = 0x390;
const DIVIDE: u32 = 0x3e0;

/// In the spurious vector register: enables the controller.
const ENABLED: u32 = 1 << 8;

/// Masks an entry of the local vector table.
const MASKED: u32 = 1 << 16;

/// In the timer's entry: the timer restarts at zero.
const PERIODIC: u32 = 1 << 17;

/// In the divide register: the timer counts every cycle of its clock.
const DIVIDE_BY_1: u32 = 0b1011;

fn read(register: u32) -> u32 {
    // SAFETY: the registers are mapped before anything here is called, as `initialise` requires.
    unsafe { read_volatile((BASE + register) as usize as *const u32) }
}

fn write(register: u32, value: u32) {
    // SAFETY: as above; none of the registers written here lets the controller touch memory.
    unsafe { write_volatile((BASE + register) as usize as *mut u32, value) };
}

/// Enables the controller, with its own inputs masked and the timer stopped.
///
/// # Safety
/// The registers, [`LENGTH`] bytes at [`BASE`], are mapped at their physical address. This is called
/// before anything else here.
pub(crate) unsafe fn initialise() {
    write(SPURIOUS, ENABLED | u32::from(SPURIOUS_VECTOR));
    write(LINT0, MASKED);
    write(LINT1, MASKED);
    write(DIVIDE, DIVIDE_BY_1);
    write(TIMER, MASKED);
}

/// Returns the ID of this controller, the destination of device interrupts.
pub(crate) fn id() -> u8 {
    (read(ID) >> 24) as u8
}

/// Returns the remaining count of the timer.
pub(crate) fn timer_count() -> u32 {
    read(CURRENT_COUNT)
}

/// Starts the timer. It interrupts every `ticks` cycles of its clock. With `None` it counts the maximum
/// number of cycles without interrupts.
///
/// It continues to count after an interrupt, which shows how long ago the interrupt was.
pub(crate) fn start_timer(ticks: Option<u32>) {
    let masked = if ticks.is_none() { MASKED } else { 0 };
    write(TIMER, u32::from(TIMER_VECTOR) | PERIODIC | masked);
    write(INITIAL_COUNT, ticks.unwrap_or(u32::MAX));
}

/// Starts the timer. It interrupts once, after `ticks` cycles of its clock, and stops.
pub(crate) fn start_timer_once(ticks: u32) {
    write(TIMER, u32::from(TIMER_VECTOR));
    write(INITIAL_COUNT, ticks);
}
