//! Reading and writing a disk by hypercalls, with any number of blocks per call.

use super::hypercall;
use crate::solo5::manifest::AttachedDisk;
use mirage_devices::solo5::block::BlockCalls;

pub(crate) use crate::solo5::block::{Device, attach};

/// The calls of the disk with this handle.
#[derive(Debug)]
pub(crate) struct Calls(u8);

impl Calls {
    /// Returns the calls of an attached disk.
    pub(crate) fn new(disk: &AttachedDisk) -> Self {
        Self(disk.handle)
    }
}

impl BlockCalls for Calls {
    const MAX_BLOCKS: usize = usize::MAX;

    fn read(&self, offset: u64, buffer: &mut [u8]) -> bool {
        hypercall::block_read(self.0, offset, buffer)
    }

    fn write(&self, offset: u64, data: &[u8]) -> bool {
        hypercall::block_write(self.0, offset, data)
    }
}
