//! Reading and writing a disk by a file descriptor, one block per call.

use super::system_call::{self, Errno};
use crate::solo5::manifest::AttachedDisk;
use mirage_devices::solo5::block::BlockCalls;

pub(crate) use crate::solo5::block::{Device, attach};

/// The file descriptor of a disk.
#[derive(Debug)]
pub(crate) struct Calls(i32);

impl Calls {
    /// Returns the calls of an attached disk.
    pub(crate) fn new(disk: &AttachedDisk) -> Self {
        Self(disk.descriptor)
    }
}

impl BlockCalls for Calls {
    /// The seccomp filter allows no other length.
    const MAX_BLOCKS: usize = 1;

    fn read(&self, offset: u64, buffer: &mut [u8]) -> bool {
        until_done(|| system_call::pread64(self.0, buffer, offset)) == Ok(buffer.len())
    }

    fn write(&self, offset: u64, data: &[u8]) -> bool {
        until_done(|| system_call::pwrite64(self.0, data, offset)) == Ok(data.len())
    }
}

/// Repeats a call until no signal interrupts it.
fn until_done(mut call: impl FnMut() -> Result<usize, Errno>) -> Result<usize, Errno> {
    loop {
        match call() {
            Err(Errno::INTERRUPTED) => {}
            result => return result,
        }
    }
}
