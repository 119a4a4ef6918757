//! Virtio over memory-mapped registers (section 4.2), version 2 and the legacy version 1.

use super::{DeviceError, QueueAddresses, Transport, memory::PAGE, registers::Registers};

/// Offset of the device configuration.
const CONFIG: usize = 0x100;

/// `virt`
const MAGIC: u32 = 0x7472_6976;

/// In InterruptStatus: the configuration or the device status has changed.
const CONFIGURATION_CHANGE_NOTIFICATION: u32 = 2;

/// Maximum number of acknowledgements in a row. A device that keeps interrupting is served later.
const ACKNOWLEDGEMENTS: usize = 8;

/// Offsets of registers (sections 4.2.2 and 4.2.4).
mod register {
    pub(super) const MAGIC_VALUE: usize = 0x000;
    pub(super) const VERSION: usize = 0x004;
    pub(super) const DEVICE_ID: usize = 0x008;
    pub(super) const DEVICE_FEATURES: usize = 0x010;
    pub(super) const DEVICE_FEATURES_SEL: usize = 0x014;
    pub(super) const DRIVER_FEATURES: usize = 0x020;
    pub(super) const DRIVER_FEATURES_SEL: usize = 0x024;
    pub(super) const GUEST_PAGE_SIZE: usize = 0x028;
    pub(super) const QUEUE_SEL: usize = 0x030;
    pub(super) const QUEUE_NUM_MAX: usize = 0x034;
    pub(super) const QUEUE_NUM: usize = 0x038;
    pub(super) const QUEUE_ALIGN: usize = 0x03c;
    pub(super) const QUEUE_PFN: usize = 0x040;
    pub(super) const QUEUE_READY: usize = 0x044;
    pub(super) const QUEUE_NOTIFY: usize = 0x050;
    pub(super) const INTERRUPT_STATUS: usize = 0x060;
    pub(super) const INTERRUPT_ACK: usize = 0x064;
    pub(super) const STATUS: usize = 0x070;
    pub(super) const QUEUE_DESC_LOW: usize = 0x080;
    pub(super) const QUEUE_DRIVER_LOW: usize = 0x090;
    pub(super) const QUEUE_DEVICE_LOW: usize = 0x0a0;
    pub(super) const CONFIG_GENERATION: usize = 0x0fc;
}

/// A device behind memory-mapped registers.
#[derive(Debug)]
pub struct MmioTransport {
    registers: Registers,
    device: u32,
    legacy: bool,
}

impl MmioTransport {
    /// The device behind `registers`; `None` if there is none.
    pub fn new(registers: Registers) -> Option<Self> {
        if registers.length() < CONFIG || registers.read::<u32>(register::MAGIC_VALUE) != MAGIC {
            return None;
        }
        let legacy = match registers.read::<u32>(register::VERSION) {
            1 => true,
            2 => false,
            _ => return None,
        };
        let device = registers.read(register::DEVICE_ID);
        (device != 0).then_some(Self {
            registers,
            device,
            legacy,
        })
    }

    /// The device's type.
    pub fn device(&self) -> u32 {
        self.device
    }

    fn write_address(&self, offset: usize, address: u64) {
        self.registers.write(offset, address as u32);
        self.registers.write(offset + 4, (address >> 32) as u32);
    }
}

impl Transport for MmioTransport {
    fn is_legacy(&self) -> bool {
        self.legacy
    }

    fn status(&mut self) -> u8 {
        self.registers.read::<u32>(register::STATUS) as u8
    }

    fn set_status(&mut self, status: u8) {
        self.registers.write(register::STATUS, u32::from(status));
        if self.legacy && status != 0 {
            self.registers.write(register::GUEST_PAGE_SIZE, PAGE as u32);
        }
    }

    fn device_features(&mut self) -> u64 {
        let half = |select: u32| {
            self.registers.write(register::DEVICE_FEATURES_SEL, select);
            u64::from(self.registers.read::<u32>(register::DEVICE_FEATURES))
        };
        half(0) | half(1) << 32
    }

    fn set_driver_features(&mut self, features: u64) {
        for (select, half) in [(0u32, features as u32), (1, (features >> 32) as u32)] {
            self.registers.write(register::DRIVER_FEATURES_SEL, select);
            self.registers.write(register::DRIVER_FEATURES, half);
        }
    }

    fn max_queue_size(&mut self, queue: u16) -> u16 {
        self.registers.write(register::QUEUE_SEL, u32::from(queue));
        let largest = self.registers.read::<u32>(register::QUEUE_NUM_MAX);
        u16::try_from(largest).unwrap_or(0)
    }

    fn enable_queue(
        &mut self,
        queue: u16,
        size: u16,
        addresses: QueueAddresses,
    ) -> Result<(), DeviceError> {
        let registers = self.registers;
        registers.write(register::QUEUE_SEL, u32::from(queue));
        registers.write(register::QUEUE_NUM, u32::from(size));
        if self.legacy {
            let page = u32::try_from(addresses.descriptor_table / PAGE as u64)
                .map_err(|_| DeviceError::Queue(queue))?;
            registers.write(register::QUEUE_ALIGN, PAGE as u32);
            registers.write(register::QUEUE_PFN, page);
            return Ok(());
        }
        self.write_address(register::QUEUE_DESC_LOW, addresses.descriptor_table);
        self.write_address(register::QUEUE_DRIVER_LOW, addresses.avail_ring);
        self.write_address(register::QUEUE_DEVICE_LOW, addresses.used_ring);
        registers.write(register::QUEUE_READY, 1u32);
        match registers.read::<u32>(register::QUEUE_READY) {
            1 => Ok(()),
            _ => Err(DeviceError::Queue(queue)),
        }
    }

    fn notify(&mut self, queue: u16) {
        self.registers
            .write(register::QUEUE_NOTIFY, u32::from(queue));
    }

    fn read_config(&mut self, offset: usize) -> u8 {
        self.registers.read(CONFIG + offset)
    }

    fn config_generation(&mut self) -> u32 {
        match self.legacy {
            true => 0,
            false => self.registers.read(register::CONFIG_GENERATION),
        }
    }

    /// Acknowledges until nothing is pending: with edge-triggered interrupts there is no further edge
    /// before.
    fn acknowledge_interrupt(&mut self) -> bool {
        let mut causes = 0;
        for _ in 0..ACKNOWLEDGEMENTS {
            let pending = self.registers.read::<u32>(register::INTERRUPT_STATUS);
            if pending == 0 {
                break;
            }
            self.registers.write(register::INTERRUPT_ACK, pending);
            causes |= pending;
        }
        causes & CONFIGURATION_CHANGE_NOTIFICATION != 0
    }
}

#[cfg(test)]
mod tests;
