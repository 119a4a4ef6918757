//! The block device (section 5.2): a disk.
//!
//! A request has a buffer of the driver's own, into which data is copied and from which it is taken:
//! who waits for a request may stop waiting, and then the device still uses the buffer.

mod requests;

use super::{DeviceError, Transport, transport};
use crate::{
    block::{Block, BlockError, Geometry},
    interrupt::Interrupt,
};
use alloc::rc::Rc;
use core::{cell::RefCell, fmt, future::poll_fn, task::Poll};
use requests::{DATA, Operation, Request, Requests, SECTOR};

/// Features (section 5.2.3): it can only be read, it says its block size, it can be flushed.
const READ_ONLY: u64 = 1 << 5;
const BLOCK_SIZE: u64 = 1 << 6;
const FLUSH: u64 = 1 << 9;

/// Offsets in the device's configuration (section 5.2.4).
const CAPACITY_OFFSET: usize = 0;
const BLOCK_SIZE_OFFSET: usize = 20;

/// Bytes of a device's name.
pub const NAME: usize = 20;

/// The memory that a driver takes, in bytes.
pub const fn memory() -> usize {
    requests::MEMORY
}

/// A virtio block device. Clones are the same device.
///
/// Requests are answered while the future of [`VirtioBlock::work`] is polled.
pub struct VirtioBlock<T: Transport> {
    geometry: Geometry,
    read_only: bool,
    flushes: bool,
    requests: Rc<RefCell<Requests<T>>>,
}

impl<T: Transport> VirtioBlock<T> {
    /// Sets the device up.
    ///
    /// # Errors
    /// The device cannot be used, or memory for its buffers is exhausted.
    pub fn new(mut device: T) -> Result<Self, DeviceError> {
        let features = transport::negotiate(&mut device, READ_ONLY | BLOCK_SIZE | FLUSH)?;
        let sectors = u64::from_le_bytes(transport::configuration(&mut device, CAPACITY_OFFSET));
        let block_size = match features & BLOCK_SIZE {
            0 => SECTOR as u32,
            _ => u32::from_le_bytes(transport::configuration(&mut device, BLOCK_SIZE_OFFSET)),
        };
        let size = block_size as usize;
        if !size.is_power_of_two() || !(SECTOR as usize..=DATA).contains(&size) {
            let error = DeviceError::BlockSize(block_size);
            return Err(transport::fail(&mut device, error));
        }
        let requests = match Requests::new(device) {
            Ok(requests) => requests,
            Err((mut device, error)) => return Err(transport::fail(&mut device, error)),
        };
        Ok(Self {
            geometry: Geometry {
                block_size: size,
                block_count: sectors / (size as u64 / SECTOR),
            },
            read_only: features & READ_ONLY != 0,
            flushes: features & FLUSH != 0,
            requests: Rc::new(RefCell::new(requests)),
        })
    }

    /// Takes what the device is done with, whenever it interrupts, until it has failed.
    pub async fn work(&self, interrupt: &mut impl Interrupt) {
        poll_fn(|context| {
            loop {
                let interrupted = interrupt.poll_raised(context).is_ready();
                let mut requests = self.requests.borrow_mut();
                requests.tend(interrupted);
                if requests.is_lost() {
                    return Poll::Ready(());
                }
                if !interrupted {
                    return Poll::Pending;
                }
            }
        })
        .await;
    }

    /// The name that the host has given the device, padded with zeros (section 5.2.6); `None` if
    /// it says none.
    pub async fn name(&self) -> Option<[u8; NAME]> {
        let request = self.request(Operation::Name, NAME, |_| ()).await.ok()?;
        let mut name = [0; NAME];
        let given = request.done(|data| name.copy_from_slice(data)).await;
        given.ok().map(|()| name)
    }

    async fn request(
        &self,
        operation: Operation,
        length: usize,
        fill: impl FnOnce(&mut [u8]),
    ) -> Result<Request<T>, BlockError> {
        Request::begin(&self.requests, operation, length, fill).await
    }
}

impl<T: Transport> Block for VirtioBlock<T> {
    fn block_size(&self) -> usize {
        self.geometry.block_size
    }

    fn block_count(&self) -> u64 {
        self.geometry.block_count
    }

    fn is_read_only(&self) -> bool {
        self.read_only
    }

    async fn read(&self, first: u64, buffer: &mut [u8]) -> Result<(), BlockError> {
        let mut sector = self.geometry.offset(first, buffer.len())? / SECTOR;
        for piece in buffer.chunks_mut(DATA) {
            let operation = Operation::Read(sector);
            let request = self.request(operation, piece.len(), |_| ()).await?;
            sector += piece.len() as u64 / SECTOR;
            request.done(|data| piece.copy_from_slice(data)).await?;
        }
        Ok(())
    }

    async fn write(&self, first: u64, data: &[u8]) -> Result<(), BlockError> {
        let mut sector = self.geometry.offset(first, data.len())? / SECTOR;
        if self.read_only {
            return Err(BlockError::ReadOnly);
        }
        for piece in data.chunks(DATA) {
            let operation = Operation::Write(sector);
            let fill = |data: &mut [u8]| data.copy_from_slice(piece);
            let request = self.request(operation, piece.len(), fill).await?;
            sector += piece.len() as u64 / SECTOR;
            request.done(|_| ()).await?;
        }
        Ok(())
    }

    async fn flush(&self) -> Result<(), BlockError> {
        // A device that cannot be flushed keeps at once what is written (section 5.2.5.1).
        if !self.flushes {
            return Ok(());
        }
        let request = self.request(Operation::Flush, 0, |_| ()).await?;
        request.done(|_| ()).await
    }
}

impl<T: Transport> Clone for VirtioBlock<T> {
    fn clone(&self) -> Self {
        Self {
            requests: self.requests.clone(),
            ..*self
        }
    }
}

impl<T: Transport> fmt::Debug for VirtioBlock<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("VirtioBlock").field(&self.geometry).finish()
    }
}

#[cfg(test)]
mod tests;
