//! The block device (section 5.2): a disk.
//!
//! Data is copied to and from a buffer of the driver: the future of a request may be dropped while the
//! device still uses the buffer.

mod requests;

use super::{DeviceError, Transport, transport};
use crate::{
    block::{Block, BlockError, Geometry},
    interrupt::Interrupt,
};
use alloc::rc::Rc;
use core::{cell::RefCell, fmt, future::poll_fn, task::Poll};
use requests::{DATA, Operation, Request, Requests, SECTOR};

/// Feature bits (section 5.2.3).
const VIRTIO_BLK_F_RO: u64 = 1 << 5;
const VIRTIO_BLK_F_BLK_SIZE: u64 = 1 << 6;
const VIRTIO_BLK_F_FLUSH: u64 = 1 << 9;

/// Offsets in `struct virtio_blk_config` (section 5.2.4).
const CONFIG_CAPACITY: usize = 0;
const CONFIG_BLK_SIZE: usize = 20;

/// Length of a device ID string in bytes (section 5.2.6).
pub const VIRTIO_BLK_ID_BYTES: usize = 20;

/// Upper bound on the driver's memory, in bytes.
pub const fn memory() -> usize {
    requests::MEMORY
}

/// A virtio block device. Clones are the same device.
///
/// Requests complete while the future of [`VirtioBlock::work`] is polled.
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
        let features = transport::negotiate(
            &mut device,
            VIRTIO_BLK_F_RO | VIRTIO_BLK_F_BLK_SIZE | VIRTIO_BLK_F_FLUSH,
        )?;
        let sectors = u64::from_le_bytes(transport::read_config(&mut device, CONFIG_CAPACITY));
        let block_size = match features & VIRTIO_BLK_F_BLK_SIZE {
            0 => SECTOR as u32,
            _ => u32::from_le_bytes(transport::read_config(&mut device, CONFIG_BLK_SIZE)),
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
            read_only: features & VIRTIO_BLK_F_RO != 0,
            flushes: features & VIRTIO_BLK_F_FLUSH != 0,
            requests: Rc::new(RefCell::new(requests)),
        })
    }

    /// Completes requests whenever the device interrupts. Returns when the device has failed.
    pub async fn work(&self, interrupt: &mut impl Interrupt) {
        poll_fn(|context| {
            loop {
                let interrupted = interrupt.poll_raised(context).is_ready();
                let mut requests = self.requests.borrow_mut();
                requests.poll(interrupted);
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

    /// Reads the device ID string, which the host chooses, padded with zeros (section 5.2.6); `None`
    /// if the device has none.
    pub async fn device_id(&self) -> Option<[u8; VIRTIO_BLK_ID_BYTES]> {
        let request = self.request(Operation::GetId, VIRTIO_BLK_ID_BYTES, |_| ());
        let mut id = [0; VIRTIO_BLK_ID_BYTES];
        let read = request.await.ok()?.done(|data| id.copy_from_slice(data));
        read.await.ok().map(|()| id)
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
        // Without the feature every write is durable when it completes (section 5.2.5.1).
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
