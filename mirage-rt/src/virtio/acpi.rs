//! ACPI: finding the tables from the root pointer, and reading what the machine needs.
//!
//! Offsets are those of the ACPI specification 6.5, chapter 5. AML is not interpreted. A table that is too
//! short or has an invalid checksum is treated as absent.

mod aml;
pub(super) mod generation;
pub(super) mod host_bridge;
pub(super) mod power_button;

use super::little_endian::{u16_at, u32_at, u64_at};
use crate::freestanding::physical::PhysicalMemory;

/// Length of the header of every table in bytes.
const HEADER: usize = 36;

/// Maximum length of a table in bytes. A longer table is treated as absent.
const MAX_TABLE_LEN: usize = 1 << 20;

/// The tables that the root table lists.
pub(super) struct Tables<'a, M> {
    memory: &'a M,
    root: &'a [u8],
    /// Size of one address in the root table.
    width: usize,
}

impl<'a, M: PhysicalMemory> Tables<'a, M> {
    /// Follows the root pointer at `rsdp` (section 5.2.5).
    pub(super) fn find(memory: &'a M, rsdp: u64) -> Option<Self> {
        if rsdp == 0 {
            return None;
        }
        let pointer = memory.bytes(rsdp, 20)?;
        if !pointer.starts_with(b"RSD PTR ") || sum(pointer) != 0 {
            return None;
        }
        let extended = (pointer[15] >= 2)
            .then(|| u64_at(memory.bytes(rsdp.checked_add(24)?, 8)?, 0))
            .flatten()
            .filter(|address| *address != 0);
        let (address, signature, width) = match extended {
            Some(address) => (address, b"XSDT", 8),
            None => (u64::from(u32_at(pointer, 16)?), b"RSDT", 4),
        };
        let root = table(memory, address)?;
        (root.starts_with(signature)).then_some(Self {
            memory,
            root,
            width,
        })
    }

    /// Returns the first table with this signature, including its header.
    pub(super) fn table(&self, signature: &[u8; 4]) -> Option<&'a [u8]> {
        self.tables().find(|table| table.starts_with(signature))
    }

    /// Returns the tables that contain AML: the DSDT and those that extend it.
    pub(super) fn aml(&self) -> impl Iterator<Item = &'a [u8]> {
        let extensions = self.tables().filter(|table| table.starts_with(b"SSDT"));
        self.dsdt().into_iter().chain(extensions)
    }

    /// Returns the valid tables that the root table lists.
    fn tables(&self) -> impl Iterator<Item = &'a [u8]> {
        let (memory, width) = (self.memory, self.width);
        let addresses = self.root[HEADER..].chunks_exact(width);
        addresses
            .filter_map(move |entry| match width {
                8 => u64_at(entry, 0),
                _ => u32_at(entry, 0).map(u64::from),
            })
            .filter_map(move |address| table(memory, address))
    }

    /// Returns the DSDT, which the FADT points to.
    pub(super) fn dsdt(&self) -> Option<&'a [u8]> {
        let fadt = self.table(b"FACP")?;
        let address = u64_at(fadt, 140)
            .filter(|address| *address != 0)
            .or_else(|| u32_at(fadt, 40).map(u64::from))?;
        table(self.memory, address).filter(|table| table.starts_with(b"DSDT"))
    }
}

/// Returns the table at `address` if its length and checksum are valid.
fn table<M: PhysicalMemory>(memory: &M, address: u64) -> Option<&[u8]> {
    let length = u32_at(memory.bytes(address.checked_add(4)?, 4)?, 0)? as usize;
    if !(HEADER..=MAX_TABLE_LEN).contains(&length) {
        return None;
    }
    memory
        .bytes(address, length)
        .filter(|table| sum(table) == 0)
}

fn sum(bytes: &[u8]) -> u8 {
    bytes.iter().fold(0, |sum, byte| sum.wrapping_add(*byte))
}

/// One I/O interrupt controller (section 5.2.12.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct IoApic {
    /// Physical address of its registers.
    pub(super) address: u32,
    /// The first global system interrupt it serves.
    pub(super) first_gsi: u32,
}

/// The I/O interrupt controllers in the multiple APIC description table.
pub(super) fn io_apics(madt: &[u8]) -> impl Iterator<Item = IoApic> {
    entries(madt).filter_map(|(kind, entry)| {
        (kind == 1).then_some(())?;
        Some(IoApic {
            address: u32_at(entry, 4)?,
            first_gsi: u32_at(entry, 8)?,
        })
    })
}

/// The entries of the multiple APIC description table, each with its kind.
fn entries(madt: &[u8]) -> impl Iterator<Item = (u8, &[u8])> {
    let mut rest = madt.get(HEADER + 8..).unwrap_or_default();
    core::iter::from_fn(move || {
        let (&[kind, length], _) = rest.split_first_chunk::<2>()?;
        let (entry, behind) = rest.split_at_checked(usize::from(length).max(2))?;
        rest = behind;
        Some((kind, entry))
    })
}

/// The memory-mapped configuration space of PCI segment 0 (PCI firmware specification, MCFG).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ConfigurationSpace {
    /// Physical address of bus 0.
    pub(super) base: u64,
    pub(super) first_bus: u8,
    pub(super) last_bus: u8,
}

/// Returns the configuration space of segment 0 from the MCFG.
pub(super) fn configuration_space(mcfg: &[u8]) -> Option<ConfigurationSpace> {
    mcfg.get(HEADER + 8..)?
        .chunks_exact(16)
        .find(|entry| u16_at(entry, 8) == Some(0))
        .and_then(|entry| {
            Some(ConfigurationSpace {
                base: u64_at(entry, 0)?,
                first_bus: entry[10],
                last_bus: entry[11],
            })
        })
}

/// The location of a register.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Register {
    /// At a physical address.
    Memory(u64),
    /// At an I/O port.
    Port(u16),
}

impl Register {
    /// From a generic address structure (section 5.2.3.2).
    fn read(table: &[u8], offset: usize) -> Option<Self> {
        let address = u64_at(table, offset + 4)?;
        match table.get(offset)? {
            _ if address == 0 => None,
            0 => Some(Self::Memory(address)),
            1 => u16::try_from(address).ok().map(Self::Port),
            _ => None,
        }
    }
}

/// The write that powers the machine off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PowerOff {
    /// 16 bits to the PM1a control register; QEMU ignores every other width.
    Pm1Control { port: u16, value: u16 },
    /// 8 bits to the sleep control register of a hardware-reduced machine.
    SleepControl { register: Register, value: u8 },
}

/// The bit in either register that makes the sleep type take effect.
const SLEEP_ENABLE: u16 = 1 << 13;
const SLEEP_ENABLE_REDUCED: u8 = 1 << 5;

/// Returns how to power off, from the FADT and the DSDT.
pub(super) fn power_off(fadt: &[u8], dsdt: &[u8]) -> Option<PowerOff> {
    let sleep_type = sleep_type(dsdt)?;
    if hardware_reduced(fadt)? {
        return Some(PowerOff::SleepControl {
            register: Register::read(fadt, 244)?,
            value: (sleep_type << 2) | SLEEP_ENABLE_REDUCED,
        });
    }
    Some(PowerOff::Pm1Control {
        port: io_port(fadt, 64)?,
        value: (u16::from(sleep_type) << 10) | SLEEP_ENABLE,
    })
}

/// Returns whether the machine has none of ACPI's fixed hardware.
fn hardware_reduced(fadt: &[u8]) -> Option<bool> {
    Some(u32_at(fadt, 112)? & (1 << 20) != 0)
}

/// Returns the I/O port in a field of the FADT; `None` if there is none.
fn io_port(fadt: &[u8], offset: usize) -> Option<u16> {
    u16::try_from(u32_at(fadt, offset)?)
        .ok()
        .filter(|port| *port != 0)
}

/// The sleep type of the soft-off state, from the package `_S5_` in the AML: a name, the package
/// opcode, its length and count, then the type as a byte constant, as zero or as one.
fn sleep_type(aml: &[u8]) -> Option<u8> {
    let name = aml.windows(4).position(|window| window == b"_S5_")?;
    let package = &aml[name + 4..];
    // Package opcode, length (the top two bits are the number of further bytes), count.
    if *package.first()? != 0x12 {
        return None;
    }
    let elements = 3 + usize::from(*package.get(1)? >> 6);
    match *package.get(elements)? {
        0x0a => package.get(elements + 1).copied(),
        constant @ (0 | 1) => Some(constant),
        _ => None,
    }
    .filter(|sleep_type| *sleep_type < 8)
}

/// The power management timer: the I/O port of its 24 bits at 3.579545 MHz.
pub(super) fn pm_timer(fadt: &[u8]) -> Option<u16> {
    io_port(fadt, 76)
}

#[cfg(test)]
mod tests;
