//! The power button, or Ctrl, Alt and Del, pressed: the host asks the machine to end itself.

use super::acpi::power_button::{self, EventButton, FixedButton, Layout, PowerButton};
use super::keyboard::ScanCodes;
use super::{interrupts::Line, io_apic, memory};
use crate::arch::Port;
use core::future::{pending, poll_fn};
use mirage_devices::interrupt::Interrupt;

/// The power button's bit in PM1's status and enable registers. A status is cleared by writing it.
const POWER_BUTTON: u16 = 1 << 8;

/// In PM1's control register: its events interrupt the processor, not the firmware.
const INTERRUPTS_ENABLED: u16 = 1;

/// In the selector of a generic event device: the host wants the machine to power down.
const QEMU_POWER_DOWN: u32 = 1 << 1;
const CLOUD_HYPERVISOR_POWER_DOWN: u8 = 1 << 3;

/// How long firmware is given to hand the registers over, in reads of a port.
const PATIENCE: usize = 1_000;

/// Ports of the keyboard controller: data, and status.
const KEYBOARD_DATA: u16 = 0x60;
const KEYBOARD_STATUS: u16 = 0x64;

/// In the status: there is a byte to read.
const KEYBOARD_HAS_DATA: u8 = 1;

/// What is read from a port that no device answers.
const NO_DEVICE: u8 = u8::MAX;

/// The ISA interrupt of the keyboard.
const KEYBOARD_INTERRUPT: u16 = 1;

/// Maximum number of bytes that are read at a time: as many as a controller holds, several times over.
const KEYBOARD_BYTES: usize = 64;

/// By what the host requests shutdown.
enum Button {
    Acpi(PowerButton),
    /// The keyboard of a machine that has no power button.
    Keyboard(ScanCodes),
}

/// Completes when the host requests shutdown; never on a machine that it cannot ask.
pub(crate) async fn shutdown_requested() {
    let Some((mut button, mut line)) = open() else {
        return pending().await;
    };
    // The host may have pressed the button before this task waited.
    while !button.was_pressed() {
        poll_fn(|context| line.poll_raised(context)).await;
    }
}

/// Returns the machine's button and its interrupt line.
fn open() -> Option<(Button, Line)> {
    let tables = memory::acpi_tables();
    let table = |signature| tables.as_ref()?.table(signature);
    let madt = table(b"APIC").unwrap_or_default();
    let dsdt = || tables.as_ref()?.dsdt();
    let power_button = table(b"FACP").and_then(|fadt| power_button::find(fadt, dsdt, madt));
    let (button, interrupt) = match power_button {
        Some(button) => (Button::Acpi(button), button.interrupt()),
        None => {
            let interrupt = power_button::global_interrupt(madt, KEYBOARD_INTERRUPT);
            (keyboard()?, interrupt)
        }
    };
    let line = Line::allocate()?;
    (io_apic::route(interrupt, line.vector()) && button.enable()).then_some((button, line))
}

/// Returns the keyboard; `None` if the machine has no controller.
fn keyboard() -> Option<Button> {
    // SAFETY: reading the status has no effect.
    let status: u8 = unsafe { Port::new(KEYBOARD_STATUS).read() };
    (status != NO_DEVICE).then(|| Button::Keyboard(ScanCodes::default()))
}

impl Button {
    /// Enables the button's interrupt. Returns `false` if that is not possible.
    fn enable(&self) -> bool {
        match self {
            Self::Acpi(PowerButton::Fixed(button)) => button.enable(),
            Self::Acpi(PowerButton::Event(button)) => {
                memory::map_registers(button.selector, 4).is_some()
            }
            Self::Keyboard(_) => true,
        }
    }

    /// Returns whether the button was pressed since the last call.
    fn was_pressed(&mut self) -> bool {
        match self {
            Self::Acpi(PowerButton::Fixed(button)) => button.was_pressed(),
            Self::Acpi(PowerButton::Event(button)) => button.was_pressed(),
            Self::Keyboard(codes) => were_pressed(codes),
        }
    }
}

/// Reads what the keyboard has sent. Returns whether it ends with Ctrl, Alt and Del.
fn were_pressed(codes: &mut ScanCodes) -> bool {
    (0..KEYBOARD_BYTES).any(|_| {
        // SAFETY: reading takes a byte from the keyboard, which nothing else uses.
        unsafe {
            let status: u8 = Port::new(KEYBOARD_STATUS).read();
            status & KEYBOARD_HAS_DATA != 0 && codes.push(Port::new(KEYBOARD_DATA).read())
        }
    })
}

impl PowerButton {
    fn interrupt(&self) -> u32 {
        match self {
            Self::Fixed(button) => button.interrupt,
            Self::Event(button) => button.interrupt,
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
        // SAFETY: mapped by `enable`; reading forgets the events, of which there are no others here. QEMU's
        // selector is aligned.
        unsafe {
            match self.layout {
                Layout::Qemu => selector.read_volatile() & QEMU_POWER_DOWN != 0,
                Layout::CloudHypervisor => {
                    selector.cast::<u8>().read_volatile() & CLOUD_HYPERVISOR_POWER_DOWN != 0
                }
            }
        }
    }
}
