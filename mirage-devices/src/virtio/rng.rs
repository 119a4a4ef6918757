//! The entropy device (section 5.4): it fills buffers with random bytes.

use super::{
    DeviceError, Transport,
    memory::Shared,
    queue::{Queue, Violation},
    transport,
};

/// Bytes that are asked for at a time.
const LENGTH: usize = 32;

/// A virtio entropy device.
pub struct VirtioRng<T: Transport> {
    device: T,
    queue: Queue,
    buffer: Shared,
}

/// The device returned what makes no sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Broken;

impl<T: Transport> VirtioRng<T> {
    /// Sets the device up, and asks it for 32 bytes.
    ///
    /// # Errors
    /// The device cannot be used, or memory is exhausted.
    pub fn new(mut device: T) -> Result<Self, DeviceError> {
        transport::negotiate(&mut device, 0)?;
        let buffer = Shared::new(LENGTH)?;
        let mut queue = match Queue::new(&mut device, 0, 1) {
            Ok(queue) => queue,
            Err(error) => return Err(transport::fail(&mut device, error)),
        };
        transport::start(&mut device);
        queue.describe(0, buffer.address(), LENGTH as u32, true);
        let mut rng = Self {
            device,
            queue,
            buffer,
        };
        rng.ask();
        Ok(rng)
    }

    fn ask(&mut self) {
        self.queue.offer(0, LENGTH as u32);
        self.queue.publish(&mut self.device);
    }

    /// The bytes that the device has written, and how many they are; asks for the next. `None` if
    /// there are none yet: the device interrupts when there are.
    ///
    /// # Errors
    /// The device is broken.
    pub fn take(&mut self) -> Result<Option<([u8; LENGTH], usize)>, Broken> {
        let _ = self.device.acknowledge_interrupt();
        let used = self.queue.take().map_err(|_: Violation| Broken)?;
        let Some(used) = used else {
            return Ok(None);
        };
        // SAFETY: the device has given the buffer back, which is as long as the array.
        let bytes = unsafe { self.buffer.at::<[u8; LENGTH]>(0).read() };
        self.ask();
        Ok(Some((bytes, used.length as usize)))
    }
}

impl<T: Transport> Drop for VirtioRng<T> {
    /// Stops the device, so that it uses the buffer no more.
    fn drop(&mut self) {
        if transport::reset(&mut self.device).is_err() {
            self.queue.keep();
            self.buffer.keep();
        }
    }
}

#[cfg(test)]
mod tests;
