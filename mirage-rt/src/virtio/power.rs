//! The end of the machine, and the status that the host sees.

use super::acpi::{self, PowerOff, Register};
use super::memory;
use core::arch::asm;
use x86_64::instructions::port::Port;

/// QEMU's `isa-debug-exit`, where `cargo mirage` attaches it: QEMU ends with `value << 1 | 1`.
const DEBUG_EXIT: u16 = 0xf4;

/// The keyboard controller's command port, and its command to reset the processor.
const KEYBOARD: (u16, u8) = (0x64, 0xfe);

/// The reset control register of Intel's chipsets: a full reset.
const RESET_CONTROL: (u16, u8) = (0xcf9, 0x06);

/// How long a way out is given to take effect, in reads of a port: all of them are asynchronous.
const PATIENCE: usize = 100_000;

/// Ends the machine: status 0 powers it off; any other ends QEMU with that status where it has the
/// debug exit, and resets the machine elsewhere.
pub(crate) fn end(status: u8) -> ! {
    let tables = memory::acpi_tables();
    let fadt = tables.as_ref().and_then(|tables| tables.table(b"FACP"));
    if status == 0 {
        if let (Some(tables), Some(fadt)) = (&tables, fadt)
            && let Some(way) = tables.dsdt().and_then(|dsdt| acpi::power_off(fadt, dsdt))
        {
            power_off(way);
            settle();
        }
    } else {
        // SAFETY: on a machine without the device nobody listens to this port.
        unsafe { Port::new(DEBUG_EXIT).write(u32::from(status >> 1)) };
        settle();
    }
    if let Some((register, value)) = fadt.and_then(acpi::reset) {
        write(register, value);
        settle();
    }
    for (port, value) in [KEYBOARD, RESET_CONTROL] {
        write(Register::Port(port), value);
        settle();
    }
    triple_fault()
}

fn power_off(way: PowerOff) {
    match way {
        // SAFETY: the register and value are those that the firmware's tables name.
        PowerOff::Pm1Control { port, value } => unsafe { Port::new(port).write(value) },
        PowerOff::SleepControl { register, value } => write(register, value),
    }
}

fn write(register: Register, value: u8) {
    match register {
        Register::Memory(address) => {
            let register = memory::map_registers(address, 1);
            // SAFETY: just mapped; the register is the one that the firmware's tables name.
            unsafe { register.write_volatile(value) };
        }
        // SAFETY: the machine ends here, by this port or by the next.
        Register::Port(port) => unsafe { Port::new(port).write(value) },
    }
}

/// Gives the way out that was just taken time to take effect.
fn settle() {
    for _ in 0..PATIENCE {
        // SAFETY: reading the debug exit's port has no effect.
        unsafe { Port::<u32>::new(DEBUG_EXIT).read() };
    }
}

/// Resets the processor: an exception without a table to find its handler in.
fn triple_fault() -> ! {
    let no_table = [0_u8; 10];
    // SAFETY: the machine ends here.
    unsafe { asm!("lidt [{}]", "ud2", in(reg) &no_table, options(noreturn)) }
}
