//! The I/O APICs (Intel 82093AA), which map global system interrupts to vectors.
//!
//! microvm has two. Its devices are on the second.

use super::acpi::{self, IoApic};
use super::memory;
use crate::arch::{Port, local_apic};
use core::ptr::{read_volatile, write_volatile};

/// The controller of a machine without ACPI.
const DEFAULT: IoApic = IoApic {
    address: 0xfec0_0000,
    first_gsi: 0,
};

const VERSION: u32 = 1;
const REDIRECTION: u32 = 0x10;

/// Maps the global system interrupt `gsi` to `vector`. Returns `false` if no controller has it.
///
/// It is edge-triggered and active high: QEMU raises a level, Firecracker an edge. A driver that
/// acknowledges until nothing is pending works with both.
pub(super) fn route(gsi: u32, vector: u8) -> bool {
    let madt = memory::acpi_tables().and_then(|tables| tables.table(b"APIC"));
    let mut controllers = acpi::io_apics(madt.unwrap_or_default()).peekable();
    let fallback = controllers.peek().is_none().then_some(DEFAULT);
    for controller in controllers.chain(fallback) {
        let Some(registers) = memory::map_registers(u64::from(controller.address), 0x20) else {
            continue;
        };
        let registers = registers.cast::<u32>();
        let Some(line) = gsi.checked_sub(controller.first_gsi) else {
            continue;
        };
        let last_line = (read(registers, VERSION) >> 16) & 0xff;
        if line > last_line {
            continue;
        }
        let entry = REDIRECTION + 2 * line;
        write(registers, entry + 1, u32::from(local_apic::id()) << 24);
        write(registers, entry, u32::from(vector));
        return true;
    }
    false
}

fn read(registers: *mut u32, register: u32) -> u32 {
    // SAFETY: mapped by `route`: the selector at 0, the window at 0x10.
    unsafe {
        write_volatile(registers, register);
        read_volatile(registers.add(4))
    }
}

fn write(registers: *mut u32, register: u32, value: u32) {
    // SAFETY: as in `read`; a redirection entry makes no device touch memory.
    unsafe {
        write_volatile(registers, register);
        write_volatile(registers.add(4), value);
    }
}

/// Masks both 8259 controllers, which firmware may have left unmasked.
pub(super) fn mask_legacy_controllers() {
    for port in [0x21, 0xa1] {
        // SAFETY: the mask register; a machine without the controller ignores the write.
        unsafe { Port::new(port).write(0xff_u8) };
    }
}
