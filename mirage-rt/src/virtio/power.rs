//! The end of the machine, and the exit status.

use super::acpi::{self, PowerOff, Register};
use super::memory;
use crate::arch::{Port, reset::reset};

/// QEMU's `isa-debug-exit`, where `cargo mirage` attaches it: QEMU ends with `value << 1 | 1`.
const DEBUG_EXIT: u16 = 0xf4;

/// The keyboard controller's command port, and its command to reset the processor.
const KEYBOARD: (u16, u8) = (0x64, 0xfe);

/// The reset control register of Intel's chipsets: a full reset.
const RESET_CONTROL: (u16, u8) = (0xcf9, 0x06);

/// What is read from a port that no device answers.
const NO_DEVICE: u32 = u32::MAX;

/// Time for a power-off or reset to take effect, in reads of a port: they are asynchronous. A read can take
/// tens of microseconds.
const PATIENCE: usize = 10_000;

/// Ends the machine. If it has the debug exit, QEMU ends with the status. Otherwise, and for status 0, the
/// machine is powered off, or else reset: nobody learns the status.
///
/// After a failure, neither memory nor heap is used: they may be in any state.
pub(crate) fn end(status: u8) -> ! {
    let mut debug_exit = Port::<u32>::new(DEBUG_EXIT);
    // SAFETY: reading this port has no side effect; the device returns 0.
    if status != 0 && unsafe { debug_exit.read() } != NO_DEVICE {
        // SAFETY: the machine ends here.
        unsafe { debug_exit.write(u32::from(status >> 1)) };
        settle();
    }
    if let Some(method) = acpi_power_off() {
        power_off(method);
        settle();
    }
    for (port, value) in [KEYBOARD, RESET_CONTROL] {
        // SAFETY: the machine ends here, by this port or by the next.
        unsafe { Port::new(port).write(value) };
        settle();
    }
    reset()
}

/// Returns how ACPI powers this machine off.
fn acpi_power_off() -> Option<PowerOff> {
    let tables = memory::acpi_tables()?;
    acpi::power_off(tables.table(b"FACP")?, tables.dsdt()?)
}

fn power_off(method: PowerOff) {
    match method {
        // SAFETY: the register and value are those that the firmware's tables name.
        PowerOff::Pm1Control { port, value } => unsafe { Port::new(port).write(value) },
        PowerOff::SleepControl { register, value } => write(register, value),
    }
}

fn write(register: Register, value: u8) {
    match register {
        Register::Memory(address) => {
            if let Some(register) = memory::map_registers(address, 1) {
                // SAFETY: just mapped; the register is the one that the firmware's tables name.
                unsafe { register.write_volatile(value) };
            }
        }
        // SAFETY: as above.
        Register::Port(port) => unsafe { Port::new(port).write(value) },
    }
}

/// Waits for a power-off or reset to take effect.
fn settle() {
    for _ in 0..PATIENCE {
        // SAFETY: reading the debug exit's port has no effect.
        unsafe { Port::<u32>::new(DEBUG_EXIT).read() };
    }
}
