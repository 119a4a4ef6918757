//! The power button, pressed: the host asks the machine to end itself.

use super::acpi::power_button::{self, EventButton, FixedButton, PowerButton};
use super::{interrupts::Line, io_apic, memory};
use crate::arch::Port;
use core::future::{pending, poll_fn};
use mirage_devices::interrupt::Interrupt;

/// The power button's bit in PM1's status and enable registers. A status is cleared by writing it.
const POWER_BUTTON: u16 = 1 << 8;

/// In PM1's control register: its events interrupt the processor, not the firmware.
const INTERRUPTS_ENABLED: u16 = 1;

/// In the selector of QEMU's generic event device (`hw/acpi/generic_event_device.c`): the host
/// wants the machine to power down.
const POWER_DOWN: u32 = 1 << 1;

/// How long firmware is given to hand the registers over, in reads of a port.
const PATIENCE: usize = 1_000;

/// Completes when the host presses the power button; never on a machine without a usable one.
pub(crate) async fn shutdown_requested() {
    let Some((button, mut line)) = open() else {
        return pending().await;
    };
    // The host may have pressed the button before this task waited.
    while !button.was_pressed() {
        poll_fn(|context| line.poll_raised(context)).await;
    }
}

/// Returns the machine's button and its interrupt line.
fn open() -> Option<(PowerButton, Line)> {
    let tables = memory::acpi_tables()?;
    let button = power_button::find(
        tables.table(b"FACP")?,
        || tables.dsdt(),
        tables.table(b"APIC").unwrap_or_default(),
    )?;
    let line = Line::allocate()?;
    (io_apic::route(button.interrupt(), line.vector()) && button.enable()).then_some((button, line))
}

impl PowerButton {
    fn interrupt(&self) -> u32 {
        match self {
            Self::Fixed(button) => button.interrupt,
            Self::Event(button) => button.interrupt,
        }
    }

    /// Enables the button's interrupt. Returns `false` if that is not possible.
    fn enable(&self) -> bool {
        match self {
            Self::Fixed(button) => button.enable(),
            Self::Event(button) => memory::map_registers(button.selector.into(), 4).is_some(),
        }
    }

    /// Returns whether the button was pressed since the last call.
    fn was_pressed(&self) -> bool {
        match self {
            Self::Fixed(button) => button.was_pressed(),
            Self::Event(button) => button.was_pressed(),
        }
    }
}

impl FixedButton {
    fn enable(&self) -> bool {
        if !self.interrupts() {
            let Some((port, value)) = self.handover else {
                return false;
            };
            // SAFETY: the port and the value are those that the firmware's tables name.
            unsafe { Port::new(port).write(value) };
            if !(0..PATIENCE).any(|_| self.interrupts()) {
                return false;
            }
        }
        for port in self.status.into_iter().flatten() {
            // SAFETY: as above. What was pressed while firmware listened is not asked of us, and no
            // other event than the button's interrupts.
            unsafe {
                Port::new(port).write(POWER_BUTTON);
                Port::new(port + self.enable).write(POWER_BUTTON);
            }
        }
        true
    }

    fn interrupts(&self) -> bool {
        // SAFETY: the port is the one that the firmware's tables name; reading has no effect.
        let control: u16 = unsafe { Port::new(self.control).read() };
        control & INTERRUPTS_ENABLED != 0
    }

    fn was_pressed(&self) -> bool {
        self.status.into_iter().flatten().any(|port| {
            let mut status = Port::<u16>::new(port);
            // SAFETY: the port is the one that the firmware's tables name. Writing the bit ends the
            // interrupt; a second press is no more than the first.
            unsafe {
                let pressed = status.read() & POWER_BUTTON != 0;
                status.write(POWER_BUTTON);
                pressed
            }
        })
    }
}

impl EventButton {
    fn was_pressed(&self) -> bool {
        let selector = self.selector as usize as *const u32;
        // SAFETY: mapped by `enable`; reading forgets the events, of which there are no others here.
        let events = unsafe { selector.read_volatile() };
        events & POWER_DOWN != 0
    }
}
