//! The local interrupt controller: it takes interrupts in, and has the timer that ends a sleep.
//!
//! Intel SDM volume 3, chapter 11, in xAPIC mode, which every machine starts in.

use super::interrupts::{SPURIOUS_VECTOR, TIMER_VECTOR};
use super::memory;
use core::ptr::{read_volatile, write_volatile};

/// Physical address of the registers.
pub(super) const BASE: u32 = 0xfee0_0000;

/// Offset of the register that ends the handling of an interrupt.
pub(super) const END_OF_INTERRUPT: u32 = 0xb0;

const ID: u32 = 0x20;
const SPURIOUS: u32 = 0xf0;
const TIMER: u32 = 0x320;
const LINT0: u32 = 0x350;
const LINT1: u32 = 0x360;
const INITIAL_COUNT: u32 = 0x380;
const CURRENT_COUNT: u32 = 0x390;
const DIVIDE: u32 = 0x3e0;

/// In the spurious vector register: the controller is on.
const ENABLED: u32 = 1 << 8;

/// In an entry of the local vector table.
const MASKED: u32 = 1 << 16;

/// In the timer's entry of that table: at zero it starts again.
const PERIODIC: u32 = 1 << 17;

/// In the divide register: the timer counts every cycle of its clock.
const DIVIDE_BY_1: u32 = 0b1011;

fn read(register: u32) -> u32 {
    // SAFETY: the registers are mapped by `initialise`, before anything else here is called.
    unsafe { read_volatile((BASE + register) as usize as *const u32) }
}

fn write(register: u32, value: u32) {
    // SAFETY: as above; none of the registers written here lets the controller touch memory.
    unsafe { write_volatile((BASE + register) as usize as *mut u32, value) };
}

/// Switches the controller on, with its own inputs closed and the timer stopped.
pub(super) fn initialise() {
    // Not memory, and not beyond the end of addresses: it is always mapped.
    let _ = memory::map_registers(u64::from(BASE), 0x1000);
    write(SPURIOUS, ENABLED | u32::from(SPURIOUS_VECTOR));
    write(LINT0, MASKED);
    write(LINT1, MASKED);
    write(DIVIDE, DIVIDE_BY_1);
    write(TIMER, MASKED);
}

/// The number of this controller: where device interrupts are sent.
pub(super) fn id() -> u8 {
    (read(ID) >> 24) as u8
}

/// What is left of the timer's count.
pub(super) fn timer_count() -> u32 {
    read(CURRENT_COUNT)
}

/// Starts the timer: an interrupt after `ticks` cycles of its clock, and again as often until it
/// is started anew. With `None` it counts the largest number, and does not interrupt.
///
/// It goes on counting after an interrupt, so that one can tell how long ago that was.
pub(super) fn start_timer(ticks: Option<u32>) {
    let masked = if ticks.is_none() { MASKED } else { 0 };
    write(TIMER, u32::from(TIMER_VECTOR) | PERIODIC | masked);
    write(INITIAL_COUNT, ticks.unwrap_or(u32::MAX));
}
