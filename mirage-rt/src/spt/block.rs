//! The calls of a disk: a descriptor of the host's, one block a call.

use super::system_call::{self, Errno};
use crate::solo5::manifest::AttachedDisk;
use mirage_devices::solo5::block::BlockCalls;

pub(crate) use crate::solo5::block::{Device, attach};

/// The host's descriptor of a disk.
#[derive(Debug)]
pub(crate) struct Calls(i32);

impl Calls {
    /// Those of an attached disk.
    pub(crate) fn new(disk: &AttachedDisk) -> Self {
        Self(disk.descriptor)
    }
}

impl BlockCalls for Calls {
    /// The filter lets no other call through.
    const MAX_BLOCKS: usize = 1;

    fn read(&self, offset: u64, buffer: &mut [u8]) -> bool {
        until_done(|| system_call::pread64(self.0, buffer, offset)) == Ok(buffer.len())
    }

    fn write(&self, offset: u64, data: &[u8]) -> bool {
        until_done(|| system_call::pwrite64(self.0, data, offset)) == Ok(data.len())
    }
}

/// The result of a call that no signal has interrupted.
fn until_done(mut call: impl FnMut() -> Result<usize, Errno>) -> Result<usize, Errno> {
    loop {
        match call() {
            Err(Errno::INTERRUPTED) => {}
            result => return result,
        }
    }
}
