//! A block device of a tender. Reads and writes are synchronous calls.

use crate::{
    block::{Block, BlockError, Geometry},
    device::StartError,
};
use alloc::format;
use core::future::ready;

/// The calls that transfer blocks.
pub trait BlockCalls {
    /// The maximum number of blocks per call.
    const MAX_BLOCKS: usize;

    /// Reads whole blocks into `buffer`, starting at byte `offset`. Returns `false` if the tender
    /// refuses.
    fn read(&self, offset: u64, buffer: &mut [u8]) -> bool;

    /// Writes whole blocks from `data`, starting at byte `offset`. Returns `false` if the tender
    /// refuses.
    fn write(&self, offset: u64, data: &[u8]) -> bool;
}

/// A block device of a tender.
#[derive(Debug)]
pub struct Solo5Block<C> {
    calls: C,
    geometry: Geometry,
}

impl<C: BlockCalls> Solo5Block<C> {
    /// Creates a device of `capacity` bytes in blocks of `block_size` bytes.
    ///
    /// # Errors
    /// Returns an error if the block size is invalid or does not divide the capacity.
    pub fn new(calls: C, block_size: u16, capacity: u64) -> Result<Self, StartError> {
        let length = u64::from(block_size);
        if length < 512 || !length.is_power_of_two() || !capacity.is_multiple_of(length) {
            return Err(StartError::new(format!(
                "the tender reports an invalid disk: {capacity} bytes in blocks of {block_size}"
            )));
        }
        let geometry = Geometry {
            block_size: block_size.into(),
            block_count: capacity / length,
        };
        Ok(Self { calls, geometry })
    }

    /// The maximum number of bytes per call.
    fn max_call_len(&self) -> usize {
        self.geometry.block_size.saturating_mul(C::MAX_BLOCKS)
    }
}

/// Returns an error unless every part of a request succeeded.
fn all(mut done: impl Iterator<Item = bool>) -> Result<(), BlockError> {
    match done.all(|done| done) {
        true => Ok(()),
        false => Err(BlockError::Failed),
    }
}

impl<C: BlockCalls> Block for Solo5Block<C> {
    fn block_size(&self) -> usize {
        self.geometry.block_size
    }

    fn block_count(&self) -> u64 {
        self.geometry.block_count
    }

    fn is_read_only(&self) -> bool {
        false
    }

    fn read(&self, first: u64, buffer: &mut [u8]) -> impl Future<Output = Result<(), BlockError>> {
        let offset = self.geometry.offset(first, buffer.len());
        let read = |offset| {
            let parts = (0..).zip(buffer.chunks_mut(self.max_call_len()));
            all(parts.map(|(index, part)| {
                self.calls
                    .read(offset + index * self.max_call_len() as u64, part)
            }))
        };
        ready(offset.and_then(read))
    }

    fn write(&self, first: u64, data: &[u8]) -> impl Future<Output = Result<(), BlockError>> {
        let write = |offset| {
            let parts = (0..).zip(data.chunks(self.max_call_len()));
            all(parts.map(|(index, part)| {
                self.calls
                    .write(offset + index * self.max_call_len() as u64, part)
            }))
        };
        ready(self.geometry.offset(first, data.len()).and_then(write))
    }

    /// Does nothing: the ABI has no call that makes writes durable.
    fn flush(&self) -> impl Future<Output = Result<(), BlockError>> {
        ready(Ok(()))
    }
}

#[cfg(test)]
mod tests;
