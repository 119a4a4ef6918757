//! The entropy device (section 5.4): it fills buffers with random bytes.

use super::{
    DeviceError, Transport,
    memory::DmaMemory,
    queue::{Queue, Violation},
    transport,
};

/// Length of the buffer in bytes.
const BUFFER_LEN: usize = 32;

/// A virtio entropy device.
pub struct VirtioRng<T: Transport> {
    device: T,
    queue: Queue,
    buffer: DmaMemory,
}

/// The device broke the rules of its queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Broken;

impl<T: Transport> VirtioRng<T> {
    /// Sets up the device, and requests 32 bytes.
    ///
    /// # Errors
    /// The device cannot be used, or memory is exhausted.
    pub fn new(mut device: T) -> Result<Self, DeviceError> {
        transport::negotiate(&mut device, 0)?;
        let buffer = DmaMemory::new(BUFFER_LEN)?;
        let mut queue = match Queue::new(&mut device, 0, 1) {
            Ok(queue) => queue,
            Err(error) => return Err(transport::fail(&mut device, error)),
        };
        transport::start(&mut device);
        queue.describe(0, buffer.address(), BUFFER_LEN as u32, true);
        let mut rng = Self {
            device,
            queue,
            buffer,
        };
        rng.request();
        Ok(rng)
    }

    fn request(&mut self) {
        self.queue.push_avail(0, BUFFER_LEN as u32);
        self.queue.publish(&mut self.device);
    }

    /// Returns the bytes that the device has written and their number, and requests the next; `None`
    /// if there are none yet. The device interrupts when there are.
    ///
    /// # Errors
    /// The device is broken.
    pub fn take(&mut self) -> Result<Option<([u8; BUFFER_LEN], usize)>, Broken> {
        let _ = self.device.acknowledge_interrupt();
        let used = self.queue.pop_used().map_err(|_: Violation| Broken)?;
        let Some(used) = used else {
            return Ok(None);
        };
        // SAFETY: the device has used the buffer, which is as long as the array.
        let bytes = unsafe { self.buffer.at::<[u8; BUFFER_LEN]>(0).read() };
        self.request();
        Ok(Some((bytes, used.length as usize)))
    }
}

impl<T: Transport> Drop for VirtioRng<T> {
    /// Resets the device, so that it no longer uses the buffer.
    fn drop(&mut self) {
        if transport::reset(&mut self.device).is_err() {
            self.queue.leak();
            self.buffer.leak();
        }
    }
}

#[cfg(test)]
mod tests;
