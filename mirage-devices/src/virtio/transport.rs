//! What a driver asks of the bus that its device sits on.

use super::{DeviceError, QueueAddresses};

/// Bits of the device status (section 2.1).
mod status {
    pub(super) const ACKNOWLEDGE: u8 = 1;
    pub(super) const DRIVER: u8 = 2;
    pub(super) const DRIVER_OK: u8 = 4;
    pub(super) const FEATURES_OK: u8 = 8;
    pub(super) const DEVICE_NEEDS_RESET: u8 = 64;
    pub(super) const FAILED: u8 = 128;
}

/// The device follows version 1 of the specification.
const VERSION_1: u64 = 1 << 32;

/// How often the status is read before a reset counts as failed; devices take a few reads.
const RESET_READS: usize = 100_000;

/// A virtio device's registers.
pub trait Transport {
    /// Whether the device speaks the form of before version 1.0.
    fn is_legacy(&self) -> bool;

    /// The device status.
    fn status(&mut self) -> u8;

    /// Sets the device status; 0 resets the device.
    fn set_status(&mut self, status: u8);

    /// The features that the device offers.
    fn offered_features(&mut self) -> u64;

    /// Tells the device which of them are used.
    fn accept_features(&mut self, features: u64);

    /// How many descriptors the queue may have; 0 if there is no such queue.
    fn largest_queue(&mut self, queue: u16) -> u16;

    /// Tells the device where a queue is, and lets it use it.
    ///
    /// # Errors
    /// The device cannot use it, or cannot interrupt for it.
    fn activate_queue(
        &mut self,
        queue: u16,
        size: u16,
        addresses: QueueAddresses,
    ) -> Result<(), DeviceError>;

    /// Tells the device that there is something new in a queue.
    fn notify(&mut self, queue: u16);

    /// A byte of the device's configuration; 0 if there is none.
    fn configuration(&mut self, offset: usize) -> u8;

    /// Changes whenever the configuration does.
    fn configuration_generation(&mut self) -> u32;

    /// Tells the device that its interrupt was seen. Whether it says that its configuration or its
    /// status has changed: not every bus can say.
    fn acknowledge_interrupt(&mut self) -> bool;
}

/// Resets the device and agrees on features: those of `wanted` that it offers.
pub(super) fn negotiate(transport: &mut impl Transport, wanted: u64) -> Result<u64, DeviceError> {
    reset(transport)?;
    let mut status = status::ACKNOWLEDGE;
    transport.set_status(status);
    status |= status::DRIVER;
    transport.set_status(status);
    let offered = transport.offered_features();
    if !transport.is_legacy() && offered & VERSION_1 == 0 {
        return Err(fail(transport, DeviceError::Legacy));
    }
    let features = offered & (wanted | VERSION_1);
    transport.accept_features(features);
    if !transport.is_legacy() {
        status |= status::FEATURES_OK;
        transport.set_status(status);
        if transport.status() & status::FEATURES_OK == 0 {
            return Err(fail(transport, DeviceError::Features));
        }
    }
    Ok(features)
}

/// Lets the device work: its queues are there.
pub(super) fn start(transport: &mut impl Transport) {
    let status = transport.status();
    transport.set_status(status | status::DRIVER_OK);
}

/// Resets the device and waits until it has.
pub(super) fn reset(transport: &mut impl Transport) -> Result<(), DeviceError> {
    transport.set_status(0);
    if (0..RESET_READS).any(|_| transport.status() == 0) {
        Ok(())
    } else {
        Err(DeviceError::Reset)
    }
}

/// Tells the device that it is given up.
pub(super) fn fail(transport: &mut impl Transport, error: DeviceError) -> DeviceError {
    transport.set_status(status::FAILED);
    error
}

/// Whether the device has met an error that only a reset ends.
pub(super) fn needs_reset(transport: &mut impl Transport) -> bool {
    transport.status() & status::DEVICE_NEEDS_RESET != 0
}

/// Bytes of the configuration, read while it did not change.
pub(super) fn configuration<const LENGTH: usize>(
    transport: &mut impl Transport,
    offset: usize,
) -> [u8; LENGTH] {
    let mut bytes = [0; LENGTH];
    // A device that changes it all the time is taken at its last word.
    for _ in 0..8 {
        let generation = transport.configuration_generation();
        for (index, byte) in bytes.iter_mut().enumerate() {
            *byte = transport.configuration(offset + index);
        }
        if transport.configuration_generation() == generation {
            break;
        }
    }
    bytes
}
