//! The power button, by which a host requests shutdown.

use super::{aml, entries, hardware_reduced, io_port};
use crate::virtio::little_endian::{u16_at, u32_at};

/// The registers that report the power button.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::virtio) enum PowerButton {
    /// Bits of fixed registers.
    Fixed(FixedButton),
    /// A bit of the generic event device.
    Event(EventButton),
}

/// The power button of the fixed hardware (section 4.8.2.2.1): a bit of the PM1 registers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::virtio) struct FixedButton {
    /// Global system interrupt.
    pub(in crate::virtio) interrupt: u32,
    /// I/O ports of the status registers of PM1a and, if there is one, of PM1b.
    pub(in crate::virtio) status: [Option<u16>; 2],
    /// The offset of an enable register from its status register.
    pub(in crate::virtio) enable: u16,
    /// I/O port of the PM1a control register.
    pub(in crate::virtio) control: u16,
    /// The port and the value by which firmware hands these registers over, if it keeps them.
    pub(in crate::virtio) handover: Option<(u16, u8)>,
}

/// The power button as an event of the generic event device (section 5.6.9).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::virtio) struct EventButton {
    /// Global system interrupt.
    pub(in crate::virtio) interrupt: u32,
    /// Physical address of the selector: the events since it was last read.
    pub(in crate::virtio) selector: u64,
    /// Whose it is.
    pub(in crate::virtio) layout: Layout,
}

/// The layout of an event device's selector.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::virtio) enum Layout {
    /// 32 bits (`hw/acpi/generic_event_device.c`).
    Qemu,
    /// 8 bits (`devices/src/acpi.rs`).
    CloudHypervisor,
}

/// In the fixed table's flags: the button is not in the fixed registers.
const CONTROL_METHOD_BUTTON: u32 = 1 << 4;

/// Returns the power button, from the FADT, the DSDT and the MADT. Returns `None` if there is none, or if it
/// is described only by AML that would have to be interpreted.
pub(in crate::virtio) fn find<'a>(
    fadt: &[u8],
    dsdt: impl FnOnce() -> Option<&'a [u8]>,
    madt: &[u8],
) -> Option<PowerButton> {
    if hardware_reduced(fadt)? {
        event(dsdt()?).map(PowerButton::Event)
    } else {
        fixed(fadt, madt).map(PowerButton::Fixed)
    }
}

fn fixed(fadt: &[u8], madt: &[u8]) -> Option<FixedButton> {
    if u32_at(fadt, 112)? & CONTROL_METHOD_BUTTON != 0 {
        return None;
    }
    let enable = u16::from(*fadt.get(88)?) / 2;
    // The last byte of the enable register, which is as wide as the status register.
    let last = enable.checked_mul(2)?.checked_sub(1)?;
    let is_possible = |status: &u16| enable >= 2 && status.checked_add(last).is_some();
    let status = [56, 60].map(|offset| io_port(fadt, offset).filter(is_possible));
    status[0]?;
    let value = *fadt.get(52)?;
    Some(FixedButton {
        interrupt: global_interrupt(madt, u16_at(fadt, 46)?),
        status,
        enable,
        control: io_port(fadt, 64)?,
        handover: io_port(fadt, 48).map(|command| (command, value)),
    })
}

/// Returns the global system interrupt of an ISA interrupt (section 5.2.12.5): the same number, unless an
/// override has another one.
pub(in crate::virtio) fn global_interrupt(madt: &[u8], isa: u16) -> u32 {
    let overridden = |(kind, entry): (u8, &[u8])| {
        let source = *entry.get(3)?;
        (kind == 2 && u16::from(source) == isa).then(|| u32_at(entry, 4))?
    };
    entries(madt).find_map(overridden).unwrap_or(isa.into())
}

/// The hardware identifier of the generic event device, as a string in AML.
const IDENTIFIER: &[u8] = b"ACPI0013\0";

/// The selector of Cloud Hypervisor: a region in memory.
const GDST: &[u8] = b"\x5b\x80GDST\0";

/// The generic event device. No AML is interpreted: it is its identifier and, behind it and before the next
/// device, an interrupt. The selector distinguishes the hypervisors, whose events have other bits.
fn event(dsdt: &[u8]) -> Option<EventButton> {
    let (_, behind) = aml::split(dsdt, IDENTIFIER)?;
    let device = aml::split(behind, aml::NEXT).map_or(behind, |(device, _)| device);
    // An extended interrupt descriptor (section 6.4.3.6), with any flags and one interrupt.
    let interrupt = device.windows(9).find_map(|window| match *window {
        [0x89, 6, 0, _, 1, a, b, c, d] => Some([a, b, c, d]),
        _ => None,
    });
    let (selector, layout) = match qemu(device) {
        Some(selector) => (selector, Layout::Qemu),
        None => (cloud_hypervisor(dsdt)?, Layout::CloudHypervisor),
    };
    Some(EventButton {
        interrupt: u32::from_le_bytes(interrupt?),
        selector,
        layout,
    })
}

/// Returns QEMU's selector: an operation region of any name and of four bytes in system memory
/// (section 20.2.5.2), in the event device.
fn qemu(device: &[u8]) -> Option<u64> {
    let selector = device.windows(14).find_map(|window| match *window {
        [0x5b, 0x80, _, _, _, _, 0, 0x0c, a, b, c, d, 0x0a, 4] => Some([a, b, c, d]),
        _ => None,
    });
    let selector = u32::from_le_bytes(selector?);
    (selector != 0 && selector.is_multiple_of(4)).then_some(selector.into())
}

/// Returns Cloud Hypervisor's selector: an operation region of one byte, in a device before the event device.
fn cloud_hypervisor(dsdt: &[u8]) -> Option<u64> {
    let (_, region) = aml::split(dsdt, GDST)?;
    let (selector, length) = aml::integer(region)?;
    let (length, _) = aml::integer(length)?;
    (selector != 0 && length == 1).then_some(selector)
}

#[cfg(test)]
mod tests;
