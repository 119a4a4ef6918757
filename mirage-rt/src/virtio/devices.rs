//! The virtio devices of this machine, on PCI and MMIO. Each has its own interrupt.

use super::{acpi::host_bridge, interrupts::Line, io_apic, memory, pci::Configuration};
use crate::{arch::local_apic, device::StartError, freestanding::one_core::OneCore};
use alloc::{format, vec::Vec};
use core::ptr::NonNull;
use mirage_devices::virtio::{
    DeviceError, QueueAddresses, Transport,
    discovery::{self, MmioDevice},
    mmio::MmioTransport,
    pci::{self, Message, PciTransport},
    registers::{MapRegisters, Registers},
};
use pci_types::PciAddress;
use spin::Mutex;

/// A device on either bus.
pub(crate) enum AnyTransport {
    Pci(PciTransport),
    Mmio(MmioTransport),
}

/// A device that no driver has taken.
struct Device {
    /// Its type.
    kind: u32,
    state: State,
}

enum State {
    Pci(Configuration, PciAddress),
    Memory(MmioDevice),
    /// Opened, with its interrupt line.
    Open(AnyTransport, Line),
    /// Cannot be used.
    Unusable(StartError),
}

/// How well a device matches a request.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Match {
    /// The device that was asked for.
    Exact,
    /// A device to take if there is no exact match.
    Fallback,
    /// A device that belongs to another node.
    No,
}

/// The devices that no driver has taken, once the buses have been searched.
static DEVICES: Mutex<Option<OneCore<Vec<Device>>>> = Mutex::new(None);

/// Takes a device of type `kind` and its interrupt line: the first exact match by `rank`, or else the
/// first fallback. `None` if there is neither.
///
/// # Errors
/// Returns an error if the device cannot be used.
pub(super) fn take(
    kind: u32,
    mut rank: impl FnMut(&mut AnyTransport) -> Match,
) -> Result<Option<(AnyTransport, Line)>, StartError> {
    let mut devices = DEVICES.lock();
    let OneCore(devices) = devices.get_or_insert_with(|| OneCore(find()));
    let mut chosen = None;
    for (index, device) in devices.iter_mut().enumerate() {
        if device.kind != kind {
            continue;
        }
        let rank = match device.open() {
            Some(transport) => rank(transport),
            // The driver that takes it reports why it cannot be used.
            None => Match::Fallback,
        };
        if rank == Match::Exact || rank == Match::Fallback && chosen.is_none() {
            chosen = Some(index);
        }
        if rank == Match::Exact {
            break;
        }
    }
    match chosen.map(|index| devices.remove(index).state) {
        Some(State::Open(transport, line)) => Ok(Some((transport, line))),
        Some(State::Unusable(cause)) => Err(cause),
        _ => Ok(None),
    }
}

impl Device {
    /// Opens the device, if it is not open. Returns `None` if it cannot be used.
    fn open(&mut self) -> Option<&mut AnyTransport> {
        let opened = match self.state {
            State::Pci(access, function) => over_pci(access, function),
            State::Memory(place) => over_memory(place),
            State::Open(ref mut transport, _) => return Some(transport),
            State::Unusable(_) => return None,
        };
        self.state = match opened {
            Ok((transport, line)) => State::Open(transport, line),
            Err(cause) => State::Unusable(cause),
        };
        match &mut self.state {
            State::Open(transport, _) => Some(transport),
            _ => None,
        }
    }
}

/// Returns all devices: those on PCI in the order of their addresses, then those on MMIO.
fn find() -> Vec<Device> {
    let mut devices = Vec::new();
    if let Some(access) = Configuration::find() {
        let functions = access.functions();
        let firmware = functions
            .iter()
            .any(|function| pci::is_assigned(access, *function));
        let mut window = if firmware { None } else { window() };
        devices.extend(functions.into_iter().filter_map(|function| {
            let kind = pci::device(access, function)?;
            if let Some(window) = &mut window {
                pci::assign(access, function, window);
            }
            let state = State::Pci(access, function);
            Some(Device { kind, state })
        }));
    }
    devices.extend(memory_mapped().into_iter().filter_map(|place| {
        let transport = probe(place)?;
        let (kind, state) = (transport.device(), State::Memory(place));
        Some(Device { kind, state })
    }));
    devices
}

/// Returns addresses for the registers of PCI functions; `None` if ACPI names none.
fn window() -> Option<pci::Window> {
    host_bridge::window(memory::acpi_tables()?.dsdt()?)
}

fn over_pci(
    access: Configuration,
    function: PciAddress,
) -> Result<(AnyTransport, Line), StartError> {
    let line = line()?;
    let transport = PciTransport::new(access, function, &mut AddressSpace, message(&line));
    Ok((AnyTransport::Pci(transport?), line))
}

fn over_memory(place: MmioDevice) -> Result<(AnyTransport, Line), StartError> {
    let transport = probe(place).ok_or_else(|| StartError::new("the virtio device is gone"))?;
    let line = line()?;
    if !io_apic::route(place.interrupt, line.vector()) {
        return Err(StartError::new(format!(
            "no interrupt controller serves the device's interrupt {}",
            place.interrupt
        )));
    }
    Ok((AnyTransport::Mmio(transport), line))
}

fn probe(place: MmioDevice) -> Option<MmioTransport> {
    MmioTransport::new(AddressSpace.map(place.address, place.length)?)
}

/// Returns the devices on MMIO, from the command line and from ACPI, without duplicates.
fn memory_mapped() -> Vec<MmioDevice> {
    let dsdt = memory::acpi_tables().and_then(|tables| tables.dsdt());
    let mut places: Vec<MmioDevice> = Vec::new();
    for place in discovery::on_command_line(memory::command_line())
        .chain(discovery::in_dsdt(dsdt.unwrap_or_default()))
    {
        if places.iter().all(|known| known.address != place.address) {
            places.push(place);
        }
    }
    places
}

fn line() -> Result<Line, StartError> {
    Line::allocate().ok_or_else(|| StartError::new("the machine has more devices than interrupts"))
}

/// Returns the MSI-X message that raises the vector of `line` (Intel SDM volume 3, section 11.11).
fn message(line: &Line) -> Message {
    Message {
        address: u64::from(local_apic::BASE) | u64::from(local_apic::id()) << 12,
        data: u32::from(line.vector()),
    }
}

/// The address space, in which registers are mapped.
struct AddressSpace;

impl MapRegisters for AddressSpace {
    fn map(&mut self, address: u64, length: u64) -> Option<Registers> {
        let start = NonNull::new(memory::map_registers(address, length)?)?;
        let length = usize::try_from(length).ok()?;
        // SAFETY: just mapped as device registers, permanently. The machine reports them as a device's.
        Some(unsafe { Registers::new(start, length) })
    }
}

impl AnyTransport {
    fn as_mut(&mut self) -> &mut dyn Transport {
        match self {
            Self::Pci(transport) => transport,
            Self::Mmio(transport) => transport,
        }
    }
}

impl Transport for AnyTransport {
    fn is_legacy(&self) -> bool {
        match self {
            Self::Pci(transport) => transport.is_legacy(),
            Self::Mmio(transport) => transport.is_legacy(),
        }
    }

    fn status(&mut self) -> u8 {
        self.as_mut().status()
    }

    fn set_status(&mut self, status: u8) {
        self.as_mut().set_status(status);
    }

    fn device_features(&mut self) -> u64 {
        self.as_mut().device_features()
    }

    fn set_driver_features(&mut self, features: u64) {
        self.as_mut().set_driver_features(features);
    }

    fn max_queue_size(&mut self, queue: u16) -> u16 {
        self.as_mut().max_queue_size(queue)
    }

    fn enable_queue(
        &mut self,
        queue: u16,
        size: u16,
        addresses: QueueAddresses,
    ) -> Result<(), DeviceError> {
        self.as_mut().enable_queue(queue, size, addresses)
    }

    fn notify(&mut self, queue: u16) {
        self.as_mut().notify(queue);
    }

    fn read_config(&mut self, offset: usize) -> u8 {
        self.as_mut().read_config(offset)
    }

    fn config_generation(&mut self) -> u32 {
        self.as_mut().config_generation()
    }

    fn acknowledge_interrupt(&mut self) -> bool {
        self.as_mut().acknowledge_interrupt()
    }
}
