//! The transport: how a driver reaches its device's registers.

use super::DeviceError;

/// Bits of the device status (section 2.1).
mod status {
    pub(super) const ACKNOWLEDGE: u8 = 1;
    pub(super) const DRIVER: u8 = 2;
    pub(super) const DRIVER_OK: u8 = 4;
    pub(super) const FEATURES_OK: u8 = 8;
    pub(super) const DEVICE_NEEDS_RESET: u8 = 64;
    pub(super) const FAILED: u8 = 128;
}

/// The device complies with version 1 of the specification (section 6).
const VIRTIO_F_VERSION_1: u64 = 1 << 32;

/// The device uses the addresses that the platform gives it, and no others (section 6). They are those of the
/// driver: the machines that images boot on have no IOMMU, or one that is not enabled.
const VIRTIO_F_ACCESS_PLATFORM: u64 = 1 << 33;

/// Reads of the status before a reset counts as failed. Devices take a few.
const RESET_READS: usize = 100_000;

/// Guest-physical addresses of the parts of a queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueueAddresses {
    /// The descriptor table.
    pub descriptor_table: u64,
    /// The avail ring, which the driver writes.
    pub avail_ring: u64,
    /// The used ring, which the device writes.
    pub used_ring: u64,
}

/// A virtio device's registers.
pub trait Transport {
    /// Whether the device has the legacy interface, of before version 1.0.
    fn is_legacy(&self) -> bool;

    /// Reads the device status.
    fn status(&mut self) -> u8;

    /// Sets the device status; 0 resets the device.
    fn set_status(&mut self, status: u8);

    /// Reads the features that the device offers.
    fn device_features(&mut self) -> u64;

    /// Writes the features that the driver accepts.
    fn set_driver_features(&mut self, features: u64);

    /// The maximum queue size in descriptors; 0 if there is no such queue.
    fn max_queue_size(&mut self, queue: u16) -> u16;

    /// Writes the size and the addresses of a queue, and enables it.
    ///
    /// # Errors
    /// The device does not accept the queue or its interrupt vector.
    fn enable_queue(
        &mut self,
        queue: u16,
        size: u16,
        addresses: QueueAddresses,
    ) -> Result<(), DeviceError>;

    /// Sends an available buffer notification.
    fn notify(&mut self, queue: u16);

    /// Reads a byte of the device configuration; 0 beyond its end.
    fn read_config(&mut self, offset: usize) -> u8;

    /// The configuration generation, which changes whenever the configuration does.
    fn config_generation(&mut self) -> u32;

    /// Acknowledges the device's interrupts. Returns whether one was a configuration change
    /// notification; always `false` on a transport that does not report it.
    fn acknowledge_interrupt(&mut self) -> bool;
}

/// Resets the device and negotiates features: those of `wanted` that it offers.
pub(super) fn negotiate(transport: &mut impl Transport, wanted: u64) -> Result<u64, DeviceError> {
    reset(transport)?;
    let mut status = status::ACKNOWLEDGE;
    transport.set_status(status);
    status |= status::DRIVER;
    transport.set_status(status);
    let offered = transport.device_features();
    if !transport.is_legacy() && offered & VIRTIO_F_VERSION_1 == 0 {
        return Err(fail(transport, DeviceError::Legacy));
    }
    let features = offered & (wanted | VIRTIO_F_VERSION_1 | VIRTIO_F_ACCESS_PLATFORM);
    transport.set_driver_features(features);
    if !transport.is_legacy() {
        status |= status::FEATURES_OK;
        transport.set_status(status);
        if transport.status() & status::FEATURES_OK == 0 {
            return Err(fail(transport, DeviceError::Features));
        }
    }
    Ok(features)
}

/// Sets DRIVER_OK: the queues are set up, and the device is live.
pub(super) fn start(transport: &mut impl Transport) {
    let status = transport.status();
    transport.set_status(status | status::DRIVER_OK);
}

/// Resets the device and waits for the reset to complete.
pub(super) fn reset(transport: &mut impl Transport) -> Result<(), DeviceError> {
    transport.set_status(0);
    if (0..RESET_READS).any(|_| transport.status() == 0) {
        Ok(())
    } else {
        Err(DeviceError::Reset)
    }
}

/// Sets FAILED: the driver gives the device up.
pub(super) fn fail(transport: &mut impl Transport, error: DeviceError) -> DeviceError {
    transport.set_status(status::FAILED);
    error
}

/// Whether the device has an error that only a reset clears (DEVICE_NEEDS_RESET).
pub(super) fn needs_reset(transport: &mut impl Transport) -> bool {
    transport.status() & status::DEVICE_NEEDS_RESET != 0
}

/// Reads bytes of the configuration that belong to one generation.
pub(super) fn read_config<const LENGTH: usize>(
    transport: &mut impl Transport,
    offset: usize,
) -> [u8; LENGTH] {
    let mut bytes = [0; LENGTH];
    // The last reading counts if the device changes its configuration all the time.
    for _ in 0..8 {
        let generation = transport.config_generation();
        for (index, byte) in bytes.iter_mut().enumerate() {
            *byte = transport.read_config(offset + index);
        }
        if transport.config_generation() == generation {
            break;
        }
    }
    bytes
}
