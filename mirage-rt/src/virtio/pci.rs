//! PCI: access to the configuration space, and enumeration of functions.

use super::acpi::{self, ConfigurationSpace, host_bridge};
use super::memory;
use crate::{arch::Port, logger::report};
use alloc::vec::Vec;
use pci_types::{ConfigRegionAccess, PciAddress, PciHeader, PciPciBridgeHeader};

/// Ports of configuration mechanism 1, which reaches the first 256 bytes: selector and data.
const SELECT: u16 = 0xcf8;
const DATA: u16 = 0xcfc;

/// In the selector: enable the access.
const ENABLE: u32 = 1 << 31;

/// Access to the configuration space of segment 0.
#[derive(Debug, Clone, Copy)]
pub(super) enum Configuration {
    /// By memory (ECAM): the registers of bus 0 begin at this address.
    Memory(ConfigurationSpace),
    /// By I/O ports.
    Ports,
}

impl Configuration {
    /// Returns the access that this machine has; `None` without PCI.
    pub(super) fn find() -> Option<Self> {
        let tables = memory::acpi_tables();
        let mcfg = tables.as_ref().and_then(|tables| tables.table(b"MCFG"));
        let space = mcfg
            .and_then(acpi::configuration_space)
            .or_else(|| host_bridge::configuration_space(tables?.dsdt()?));
        if let Some(space) = space {
            return Some(Self::Memory(space));
        }
        // SAFETY: the selector reads back what was written; without PCI, it reads as all ones.
        let there = unsafe {
            let mut select = Port::<u32>::new(SELECT);
            select.write(ENABLE);
            select.read() == ENABLE
        };
        there.then_some(Self::Ports)
    }

    /// Returns all functions, from the root buses through every bridge.
    pub(super) fn functions(self) -> Vec<PciAddress> {
        let dsdt = memory::acpi_tables().and_then(|tables| tables.dsdt());
        let mut functions = Vec::new();
        self.visit(0, &mut functions);
        for root in host_bridge::root_buses(dsdt.unwrap_or_default()) {
            if functions.iter().all(|known| known.bus() != root) {
                self.visit(root, &mut functions);
            }
        }
        functions
    }

    fn visit(self, bus: u8, functions: &mut Vec<PciAddress>) {
        if let Self::Memory(space) = self {
            if !(space.first_bus..=space.last_bus).contains(&bus) {
                return;
            }
            let base = space.base.checked_add(u64::from(bus) << 20);
            if base
                .and_then(|base| memory::map_registers(base, 1 << 20))
                .is_none()
            {
                return;
            }
        }
        for device in 0..32 {
            for function in 0..8 {
                let header = PciHeader::new(PciAddress::new(0, bus, device, function));
                // A missing function reads as 0 on Firecracker and as all ones elsewhere.
                if matches!(header.id(self).0, 0 | 0xffff) {
                    if function == 0 {
                        break;
                    }
                    continue;
                }
                functions.push(header.address());
                let several = header.has_multiple_functions(self);
                if let Some(bridge) = PciPciBridgeHeader::from_header(header, self) {
                    let below = bridge.secondary_bus_number(self);
                    if below > bus {
                        self.visit(below, functions);
                    } else {
                        report!(
                            Warn,
                            "devices behind the PCI bridge {bus:02x}:{device:02x}.{function} are not \
                             found: no firmware has numbered its bus"
                        );
                    }
                }
                if function == 0 && !several {
                    break;
                }
            }
        }
    }
}

/// Returns the address of the register at `offset` of `function` in the memory-mapped configuration space.
fn register(space: ConfigurationSpace, function: PciAddress, offset: u16) -> *mut u32 {
    let address = space.base
        + (u64::from(function.bus()) << 20)
        + (u64::from(function.device()) << 15)
        + (u64::from(function.function()) << 12)
        + u64::from(offset & 0xffc);
    address as *mut u32
}

/// Returns the selector for the register at `offset` of `function`.
fn selector(function: PciAddress, offset: u16) -> u32 {
    ENABLE
        | u32::from(function.bus()) << 16
        | u32::from(function.device()) << 11
        | u32::from(function.function()) << 8
        | u32::from(offset & 0xfc)
}

impl ConfigRegionAccess for Configuration {
    unsafe fn read(&self, function: PciAddress, offset: u16) -> u32 {
        match *self {
            // SAFETY: `visit` has mapped the bus of every function that the caller may know.
            Self::Memory(space) => unsafe { register(space, function, offset).read_volatile() },
            // SAFETY: nothing runs between the two accesses.
            Self::Ports => unsafe {
                Port::new(SELECT).write(selector(function, offset));
                Port::new(DATA).read()
            },
        }
    }

    unsafe fn write(&self, function: PciAddress, offset: u16, value: u32) {
        match *self {
            // SAFETY: as in `read`; what the write means is the caller's business.
            Self::Memory(space) => unsafe {
                register(space, function, offset).write_volatile(value);
            },
            // SAFETY: as above.
            Self::Ports => unsafe {
                Port::new(SELECT).write(selector(function, offset));
                Port::new(DATA).write(value);
            },
        }
    }
}
