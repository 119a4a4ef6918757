//! KVM's paravirtual clock (Linux, Documentation/virt/kvm/x86/msr.rst): the frequency of the time stamp
//! counter, and the date. Both are read once, at boot.

use core::ptr::read_volatile;
use x86_64::registers::model_specific::Msr;

/// `KVM_FEATURE_CLOCKSOURCE2`: the registers below exist.
const CLOCK_SOURCE_2: u32 = 1 << 3;

const WALL_CLOCK: u32 = 0x4b56_4d00;
const SYSTEM_TIME: u32 = 0x4b56_4d01;

/// Memory that KVM writes into.
#[repr(C, align(64))]
struct Mailbox([u64; 8]);

/// A reading of the clock.
pub(crate) struct Reading {
    /// The frequency of the time stamp counter.
    pub(crate) hertz: u64,
    /// A count of the time stamp counter.
    pub(crate) time_stamp: u64,
    /// Nanoseconds from the Unix epoch to that count.
    pub(crate) since_epoch: u64,
}

/// Reads the clock of a KVM with these features. Returns `None` if it has no clock.
pub(crate) fn read(features: u32) -> Option<Reading> {
    if features & CLOCK_SOURCE_2 == 0 {
        return None;
    }
    let (mut system, mut wall) = (Mailbox([0; 8]), Mailbox([0; 8]));
    let (system_address, wall_address) = (&raw mut system, &raw mut wall);
    // SAFETY: KVM writes a structure smaller than the mailbox to each address. It stops updating the first
    // before the mailbox goes out of scope.
    let (system, wall) = unsafe {
        Msr::new(SYSTEM_TIME).write(system_address as u64 | 1);
        Msr::new(WALL_CLOCK).write(wall_address as u64);
        let readings = (read_volatile(system_address), read_volatile(wall_address));
        Msr::new(SYSTEM_TIME).write(0);
        readings
    };
    // `struct pvclock_vcpu_time_info`: version, time stamp, nanoseconds since KVM's clock began,
    // then multiplier (32 bits), shift (8 bits) and flags.
    let Mailbox([_, time_stamp, nanos, scale, ..]) = system;
    // `struct pvclock_wall_clock`: version, and when KVM's clock began: seconds, nanoseconds.
    let Mailbox([version_and_seconds, began_nanos, ..]) = wall;
    let began = (version_and_seconds >> 32) * 1_000_000_000 + (began_nanos & 0xffff_ffff);
    Some(Reading {
        hertz: hertz(scale as u32, (scale >> 32) as i8)?,
        time_stamp,
        since_epoch: began + nanos,
    })
}

/// `nanos = (counts << shift) * multiplier >> 32`, solved for the counts of a second.
fn hertz(multiplier: u32, shift: i8) -> Option<u64> {
    let counts = (1_000_000_000_u128 << 32).checked_div(u128::from(multiplier))?;
    let distance = u32::from(shift.unsigned_abs()).min(64);
    let counts = match shift {
        ..0 => counts << distance,
        _ => counts >> distance,
    };
    u64::try_from(counts).ok().filter(|hertz| *hertz != 0)
}
