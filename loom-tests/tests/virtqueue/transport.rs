//! A device of which only the notifications are known.

use super::DeviceError;

pub use mirage_devices::virtio::{QueueAddresses, Transport};

#[derive(Default)]
pub struct Device {
    pub is_notified: bool,
}

impl Transport for Device {
    fn is_legacy(&self) -> bool {
        false
    }

    fn status(&mut self) -> u8 {
        0
    }

    fn set_status(&mut self, _: u8) {}

    fn device_features(&mut self) -> u64 {
        0
    }

    fn set_driver_features(&mut self, _: u64) {}

    fn max_queue_size(&mut self, _: u16) -> u16 {
        2
    }

    fn enable_queue(&mut self, _: u16, _: u16, _: QueueAddresses) -> Result<(), DeviceError> {
        Ok(())
    }

    fn notify(&mut self, _: u16) {
        self.is_notified = true;
    }

    fn read_config(&mut self, _: usize) -> u8 {
        0
    }

    fn config_generation(&mut self) -> u32 {
        0
    }

    fn acknowledge_interrupt(&mut self) -> bool {
        false
    }
}
