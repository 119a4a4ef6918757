//! Disks, of which this target has none.

use crate::{block::BlockError, device::StartError, graph::block::DiskConfig};
use core::future::Ready;
use mirage_devices::block::Block;

/// A disk. A driver belongs in `mirage-devices`.
#[derive(Debug)]
pub(crate) enum Device {}

/// Finds the device of a disk.
pub(crate) async fn attach(_config: &DiskConfig) -> Result<Device, StartError> {
    Err(StartError::new("no disk was found"))
}

impl Device {
    /// Returns the blocks of the disk.
    pub(crate) fn block(&self) -> &impl Block {
        self
    }

    /// Returns the work of the driver.
    pub(crate) fn run(&self) -> Option<Ready<()>> {
        match *self {}
    }
}

impl Block for Device {
    fn block_size(&self) -> usize {
        match *self {}
    }

    fn block_count(&self) -> u64 {
        match *self {}
    }

    fn is_read_only(&self) -> bool {
        match *self {}
    }

    async fn read(&self, _first: u64, _buffer: &mut [u8]) -> Result<(), BlockError> {
        match *self {}
    }

    async fn write(&self, _first: u64, _data: &[u8]) -> Result<(), BlockError> {
        match *self {}
    }

    async fn flush(&self) -> Result<(), BlockError> {
        match *self {}
    }
}
