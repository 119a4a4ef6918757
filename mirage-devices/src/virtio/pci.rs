//! Virtio over PCI (section 4.1), interrupting by MSI-X.

mod assign;

pub use self::assign::{Window, assign, is_assigned};

use super::{
    DeviceError, QueueAddresses, Transport,
    registers::{MapRegisters, Registers},
};
use pci_types::{ConfigRegionAccess, PciAddress};

/// The vendor of every virtio device.
const VENDOR: u16 = 0x1af4;

/// The PCI device ID of a modern device is this plus its device type.
const FIRST_DEVICE: u16 = 0x1040;

/// PCI device IDs of transitional devices, and their types (section 4.1.2.1).
const TRANSITIONAL: [(u16, u32); 3] = [
    (0x1000, super::VIRTIO_ID_NET),
    (0x1001, super::VIRTIO_ID_BLOCK),
    (0x1005, super::VIRTIO_ID_RNG),
];

/// Registers of PCI configuration space (PCI specification 3.0, chapter 6).
mod space {
    pub(super) const COMMAND: u16 = 0x04;
    pub(super) const BASE_ADDRESSES: u16 = 0x10;
    pub(super) const CAPABILITIES: u16 = 0x34;
}

/// In the command register: memory space and bus master enable.
const MEMORY_AND_MASTER: u32 = 1 << 1 | 1 << 2;

/// In the status half of the command register: the function has a capability list.
const HAS_CAPABILITIES: u32 = 1 << 20;

/// Capability identifiers.
const PCI_CAP_ID_VNDR: u8 = 0x09;
const PCI_CAP_ID_MSIX: u8 = 0x11;

/// As many capabilities as configuration space can hold: a longer list is a loop.
const MAX_CAPABILITIES: usize = 48;

/// Maximum number of queues that a driver uses.
const MAX_QUEUES: usize = 4;

/// In the MSI-X message control: MSI-X enable, and the function mask.
const MSI_X_ENABLE: u32 = 1 << 31;
const MSI_X_MASK: u32 = 1 << 30;

/// The message of a message signalled interrupt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Message {
    /// Message address: the interrupt controller's.
    pub address: u64,
    /// Message data.
    pub data: u32,
}

/// The device type of PCI function `function`; `None` if it is no virtio device.
pub fn device(access: impl ConfigRegionAccess, function: PciAddress) -> Option<u32> {
    // SAFETY: every function has this register, and reading it changes nothing.
    let id = unsafe { access.read(function, 0) };
    let (vendor, device) = (id as u16, (id >> 16) as u16);
    if vendor != VENDOR {
        return None;
    }
    let transitional = TRANSITIONAL
        .into_iter()
        .find(|(number, _)| *number == device);
    match transitional {
        Some((_, device)) => Some(device),
        None => device.checked_sub(FIRST_DEVICE).map(u32::from),
    }
}

/// A device on a PCI bus.
#[derive(Debug)]
pub struct PciTransport {
    common: Registers,
    notifications: Registers,
    /// Multiplied with a queue's `queue_notify_off`, the offset of its notification register.
    notify_off_multiplier: u32,
    /// By queue: the offset of its notification register.
    notification_offsets: [usize; MAX_QUEUES],
    configuration: Option<Registers>,
}

/// `cfg_type` of a structure's capability (section 4.1.4).
#[derive(Clone, Copy, PartialEq, Eq)]
enum Structure {
    /// `VIRTIO_PCI_CAP_COMMON_CFG`
    Common = 1,
    /// `VIRTIO_PCI_CAP_NOTIFY_CFG`
    Notify = 2,
    /// `VIRTIO_PCI_CAP_DEVICE_CFG`
    Device = 4,
}

/// Offsets in `struct virtio_pci_common_cfg` (section 4.1.4.3).
mod common {
    pub(super) const LENGTH: u32 = 56;
    pub(super) const DEVICE_FEATURE_SELECT: usize = 0;
    pub(super) const DEVICE_FEATURE: usize = 4;
    pub(super) const DRIVER_FEATURE_SELECT: usize = 8;
    pub(super) const DRIVER_FEATURE: usize = 12;
    pub(super) const CONFIG_MSIX_VECTOR: usize = 16;
    pub(super) const DEVICE_STATUS: usize = 20;
    pub(super) const CONFIG_GENERATION: usize = 21;
    pub(super) const QUEUE_SELECT: usize = 22;
    pub(super) const QUEUE_SIZE: usize = 24;
    pub(super) const QUEUE_MSIX_VECTOR: usize = 26;
    pub(super) const QUEUE_ENABLE: usize = 28;
    pub(super) const QUEUE_NOTIFY_OFF: usize = 30;
    pub(super) const QUEUE_DESC: usize = 32;
    pub(super) const QUEUE_DRIVER: usize = 40;
    pub(super) const QUEUE_DEVICE: usize = 48;
}

impl PciTransport {
    /// Sets up the virtio device that is PCI function `function` to interrupt with `message`.
    ///
    /// # Errors
    /// The device lacks a structure of version 1.0, or MSI-X.
    pub fn new(
        access: impl ConfigRegionAccess + Copy,
        function: PciAddress,
        machine: &mut impl MapRegisters,
        message: Message,
    ) -> Result<Self, DeviceError> {
        let mut function = Function { access, function };
        let missing = DeviceError::Registers;
        let (at, common) = function
            .structure(Structure::Common)
            .ok_or(DeviceError::Legacy)?;
        let notifications = function.structure(Structure::Notify);
        let (notify, notify_len) = notifications.ok_or(missing("notification registers"))?;
        let configuration = function.structure(Structure::Device);
        let table = function.interrupt_table().ok_or(DeviceError::Interrupts)?;
        // Enabled, it would answer at 0, where our memory is.
        let device = configuration.map(|(at, _)| at);
        let used = [Some(at), Some(notify), device, Some(table)];
        if used
            .iter()
            .flatten()
            .any(|at| function.base_address(at.base_address) == Some(0))
        {
            return Err(DeviceError::Unassigned);
        }
        let command = function.read(space::COMMAND);
        function.write(space::COMMAND, command & 0xffff | MEMORY_AND_MASTER);
        let common = function.map(machine, at, common.max(common::LENGTH));
        let common = common.ok_or(missing("common configuration"))?;
        let notify_off_multiplier = function.read(notify.capability + 16);
        let notifications = function.map(machine, notify, notify_len);
        let configuration =
            configuration.and_then(|(at, length)| function.map(machine, at, length));
        function.interrupt_by(machine, table, message)?;
        Ok(Self {
            common,
            notifications: notifications.ok_or(missing("notification registers"))?,
            notify_off_multiplier,
            notification_offsets: [0; MAX_QUEUES],
            configuration,
        })
    }

    fn select(&self, queue: u16) {
        self.common.write(common::QUEUE_SELECT, queue);
    }

    fn write_address(&self, offset: usize, address: u64) {
        self.common.write(offset, address as u32);
        self.common.write(offset + 4, (address >> 32) as u32);
    }

    /// The offset of the notification register of the selected queue.
    fn notification_offset(&self) -> usize {
        let index = self.common.read::<u16>(common::QUEUE_NOTIFY_OFF);
        let offset = u64::from(index) * u64::from(self.notify_off_multiplier);
        usize::try_from(offset).unwrap_or(usize::MAX)
    }
}

/// A PCI function's configuration space.
struct Function<A> {
    access: A,
    function: PciAddress,
}

/// The position of a structure: a BAR and an offset.
#[derive(Clone, Copy)]
struct Position {
    /// The offset of its capability.
    capability: u16,
    base_address: u8,
    offset: u32,
}

impl<A: ConfigRegionAccess> Function<A> {
    // Both ways to reach a register, inlined into each access, take 1 KB.
    #[inline(never)]
    fn read(&self, offset: u16) -> u32 {
        // SAFETY: reading configuration space changes nothing.
        unsafe { self.access.read(self.function, offset) }
    }

    #[inline(never)]
    fn write(&mut self, offset: u16, value: u32) {
        // SAFETY: written are the command register, which lets the device answer and reach memory
        // as its driver needs, and MSI-X's control.
        unsafe { self.access.write(self.function, offset, value) };
    }

    /// The offset of each capability, and its first 32 bits.
    fn capabilities(&self) -> impl Iterator<Item = (u16, u32)> {
        let there = self.read(space::COMMAND) & HAS_CAPABILITIES != 0;
        let first = if there {
            self.read(space::CAPABILITIES) as u8
        } else {
            0
        };
        let mut next = u16::from(first & !3);
        core::iter::from_fn(move || {
            // Below 0x40 is the header.
            if next < 0x40 {
                return None;
            }
            let at = next;
            let word = self.read(at);
            next = (word >> 8) as u16 & 0xfc;
            Some((at, word))
        })
        .take(MAX_CAPABILITIES)
    }

    /// The first position of a structure, and its length.
    fn structure(&self, wanted: Structure) -> Option<(Position, u32)> {
        let mut capabilities = self.capabilities();
        let (capability, _) = capabilities.find(|(_, word)| {
            *word as u8 == PCI_CAP_ID_VNDR && (word >> 24) as u8 == wanted as u8
        })?;
        let position = Position {
            capability,
            base_address: self.read(capability + 4) as u8,
            offset: self.read(capability + 8),
        };
        Some((position, self.read(capability + 12)))
    }

    /// Maps `length` bytes of registers.
    fn map(&self, machine: &mut impl MapRegisters, at: Position, length: u32) -> Option<Registers> {
        let base = self.base_address(at.base_address)?;
        machine.map(base.checked_add(u64::from(at.offset))?, u64::from(length))
    }

    /// The physical address in a memory BAR; 0 if it has not been assigned.
    fn base_address(&self, index: u8) -> Option<u64> {
        if index > 5 {
            return None;
        }
        let register = space::BASE_ADDRESSES + 4 * u16::from(index);
        let low = self.read(register);
        let high = match (low & 1, low >> 1 & 3) {
            (0, 0) => 0,
            (0, 2) if index < 5 => self.read(register + 4),
            _ => return None,
        };
        Some(u64::from(high) << 32 | u64::from(low & !0xf))
    }

    /// The position of MSI-X's table.
    fn interrupt_table(&self) -> Option<Position> {
        let mut capabilities = self.capabilities();
        let (capability, _) = capabilities.find(|(_, word)| *word as u8 == PCI_CAP_ID_MSIX)?;
        let table = self.read(capability + 4);
        Some(Position {
            capability,
            base_address: table as u8 & 7,
            offset: table & !7,
        })
    }

    /// Enables MSI-X with `message` as entry 0 of the table.
    fn interrupt_by(
        &mut self,
        machine: &mut impl MapRegisters,
        table: Position,
        message: Message,
    ) -> Result<(), DeviceError> {
        let entry = self
            .map(machine, table, 16)
            .ok_or(DeviceError::Interrupts)?;
        entry.write(0, message.address as u32);
        entry.write(4, (message.address >> 32) as u32);
        entry.write(8, message.data);
        entry.write(12, 0u32);
        let control = self.read(table.capability);
        self.write(table.capability, control & !MSI_X_MASK | MSI_X_ENABLE);
        Ok(())
    }
}

impl Transport for PciTransport {
    fn is_legacy(&self) -> bool {
        false
    }

    fn status(&mut self) -> u8 {
        self.common.read(common::DEVICE_STATUS)
    }

    fn set_status(&mut self, status: u8) {
        self.common.write(common::DEVICE_STATUS, status);
    }

    fn device_features(&mut self) -> u64 {
        let half = |select: u32| {
            self.common.write(common::DEVICE_FEATURE_SELECT, select);
            u64::from(self.common.read::<u32>(common::DEVICE_FEATURE))
        };
        half(0) | half(1) << 32
    }

    fn set_driver_features(&mut self, features: u64) {
        for (select, half) in [(0u32, features as u32), (1, (features >> 32) as u32)] {
            self.common.write(common::DRIVER_FEATURE_SELECT, select);
            self.common.write(common::DRIVER_FEATURE, half);
        }
    }

    fn max_queue_size(&mut self, queue: u16) -> u16 {
        self.select(queue);
        self.common.read(common::QUEUE_SIZE)
    }

    fn enable_queue(
        &mut self,
        queue: u16,
        size: u16,
        addresses: QueueAddresses,
    ) -> Result<(), DeviceError> {
        self.select(queue);
        let offset = self.notification_offset();
        if self.notifications.window(offset, 2).is_none() {
            return Err(DeviceError::Registers("notification registers"));
        }
        match self.notification_offsets.get_mut(usize::from(queue)) {
            Some(known) => *known = offset,
            None => return Err(DeviceError::Queue(queue)),
        }
        self.common.write(common::QUEUE_SIZE, size);
        for vector in [common::CONFIG_MSIX_VECTOR, common::QUEUE_MSIX_VECTOR] {
            self.common.write(vector, 0u16);
            if self.common.read::<u16>(vector) != 0 {
                return Err(DeviceError::Interrupts);
            }
        }
        self.write_address(common::QUEUE_DESC, addresses.descriptor_table);
        self.write_address(common::QUEUE_DRIVER, addresses.avail_ring);
        self.write_address(common::QUEUE_DEVICE, addresses.used_ring);
        self.common.write(common::QUEUE_ENABLE, 1u16);
        Ok(())
    }

    fn notify(&mut self, queue: u16) {
        if let Some(offset) = self.notification_offsets.get(usize::from(queue)) {
            self.notifications.write(*offset, queue);
        }
    }

    fn read_config(&mut self, offset: usize) -> u8 {
        self.configuration
            .map_or(0, |registers| registers.read(offset))
    }

    fn config_generation(&mut self) -> u32 {
        u32::from(self.common.read::<u8>(common::CONFIG_GENERATION))
    }

    /// A message needs no acknowledgement and does not carry its cause.
    fn acknowledge_interrupt(&mut self) -> bool {
        false
    }
}

#[cfg(test)]
mod tests;
