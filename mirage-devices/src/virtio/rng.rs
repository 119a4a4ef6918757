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
    /// Whether the device has the buffer.
    requested: bool,
}

/// The device broke the rules of its queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Broken;

impl<T: Transport> VirtioRng<T> {
    /// Sets up the device.
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
        Ok(Self {
            device,
            queue,
            buffer,
            requested: false,
        })
    }

    /// Requests 32 bytes, unless a request is pending. The device interrupts when it has written some.
    pub fn request(&mut self) {
        if !self.requested {
            self.requested = true;
            self.queue.push_avail(0, BUFFER_LEN as u32);
            self.queue.publish(&mut self.device);
        }
    }

    /// Returns the bytes that the device has written and their number; `None` if there are none.
    ///
    /// # Errors
    /// The device is broken.
    pub fn take(&mut self) -> Result<Option<([u8; BUFFER_LEN], usize)>, Broken> {
        if !self.requested {
            return Ok(None);
        }
        let used = self.queue.pop_used().map_err(|_: Violation| Broken)?;
        let Some(used) = used else {
            return Ok(None);
        };
        self.requested = false;
        let _ = self.device.acknowledge_interrupt();
        // SAFETY: the device has used the buffer, which is as long as the array.
        let bytes = unsafe { self.buffer.at::<[u8; BUFFER_LEN]>(0).read() };
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
