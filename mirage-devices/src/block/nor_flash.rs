//! A block device as NOR flash, for the traits of `embedded-storage-async`.
//!
//! Erasing writes ones, and writing clears bits, as on flash. Offsets have 32 bits: of a larger device, the first
//! 4 GiB are used.

use super::{Block, BlockError};
use alloc::{vec, vec::Vec};
use embedded_storage_async::nor_flash::{NorFlashError, NorFlashErrorKind};

/// The smallest part that is erased, in bytes. It is a multiple of the block size of common disks.
pub const ERASE_SIZE: usize = 4096;

impl NorFlashError for BlockError {
    fn kind(&self) -> NorFlashErrorKind {
        match self {
            Self::NotWholeBlocks => NorFlashErrorKind::NotAligned,
            Self::OutOfRange => NorFlashErrorKind::OutOfBounds,
            _ => NorFlashErrorKind::Other,
        }
    }
}

/// Returns the number of bytes that can be addressed: a multiple of [`ERASE_SIZE`].
pub fn capacity(device: &impl Block) -> usize {
    let bytes = device
        .block_count()
        .saturating_mul(device.block_size() as u64);
    bytes.min(u32::MAX.into()) as usize / ERASE_SIZE * ERASE_SIZE
}

/// Reads `bytes` from `offset` on.
///
/// # Errors
/// Returns [`BlockError::OutOfRange`] if there are no such bytes, or the error of the device.
pub async fn read(
    device: &impl Block,
    offset: u32,
    mut bytes: &mut [u8],
) -> Result<(), BlockError> {
    let (mut position, end) = range(device, offset, bytes.len())?;
    let mut unit = unit(device);
    while position < end {
        let part = Part::new(device, position, end);
        let blocks = &mut unit[..part.length];
        device.read(part.first, blocks).await?;
        let read = &blocks[part.start..part.end];
        let (filled, rest) = bytes.split_at_mut(read.len());
        filled.copy_from_slice(read);
        bytes = rest;
        position += read.len() as u64;
    }
    Ok(())
}

/// Clears the bits from `offset` on that are clear in `bytes`. It is durable when the future completes.
///
/// # Errors
/// Returns [`BlockError::OutOfRange`] if there are no such bytes, or the error of the device.
pub async fn write(device: &impl Block, offset: u32, mut bytes: &[u8]) -> Result<(), BlockError> {
    let (mut position, end) = range(device, offset, bytes.len())?;
    let mut unit = unit(device);
    while position < end {
        let part = Part::new(device, position, end);
        let blocks = &mut unit[..part.length];
        device.read(part.first, blocks).await?;
        let stored = &mut blocks[part.start..part.end];
        let (written, rest) = bytes.split_at(stored.len());
        for (byte, new) in stored.iter_mut().zip(written) {
            *byte &= new;
        }
        device.write(part.first, blocks).await?;
        bytes = rest;
        position += written.len() as u64;
    }
    device.flush().await
}

/// Sets all bits from `from` to `to`. It is durable when the future completes.
///
/// # Errors
/// Returns [`BlockError::NotWholeBlocks`] if the offsets are not multiples of [`ERASE_SIZE`],
/// [`BlockError::OutOfRange`] if there are no such bytes, or the error of the device.
pub async fn erase(device: &impl Block, from: u32, to: u32) -> Result<(), BlockError> {
    let length = to.checked_sub(from).ok_or(BlockError::OutOfRange)?;
    let (mut position, end) = range(device, from, length as usize)?;
    if !position.is_multiple_of(ERASE_SIZE as u64) || !end.is_multiple_of(ERASE_SIZE as u64) {
        return Err(BlockError::NotWholeBlocks);
    }
    let mut unit = unit(device);
    while position < end {
        let part = Part::new(device, position, end);
        let blocks = &mut unit[..part.length];
        // Of blocks that are larger than what is erased, a part remains.
        if part.end - part.start < part.length {
            device.read(part.first, blocks).await?;
        }
        blocks[part.start..part.end].fill(0xFF);
        device.write(part.first, blocks).await?;
        position += (part.end - part.start) as u64;
    }
    device.flush().await
}

/// Returns where so many bytes begin and end.
fn range(device: &impl Block, offset: u32, length: usize) -> Result<(u64, u64), BlockError> {
    let (start, length) = (u64::from(offset), length as u64);
    match start.checked_add(length) {
        Some(end) if end <= capacity(device) as u64 => Ok((start, end)),
        _ => Err(BlockError::OutOfRange),
    }
}

/// Returns memory for what is transferred at once: a block, or several that are erased together.
fn unit(device: &impl Block) -> Vec<u8> {
    vec![0; device.block_size().max(ERASE_SIZE)]
}

/// Bytes within one unit, and the blocks that contain them.
struct Part {
    /// The first block.
    first: u64,
    /// The length of the blocks in bytes.
    length: usize,
    /// Where the bytes start and end in the blocks.
    start: usize,
    end: usize,
}

impl Part {
    /// Returns the part from `position` on that ends at `end` or with the unit.
    fn new(device: &impl Block, position: u64, end: u64) -> Self {
        let block = device.block_size() as u64;
        let unit = block.max(ERASE_SIZE as u64);
        let end = end.min((position / unit + 1) * unit);
        let first = position / block;
        let start = first * block;
        Self {
            first,
            length: (end.next_multiple_of(block) - start) as usize,
            start: (position - start) as usize,
            end: (end - start) as usize,
        }
    }
}

#[cfg(test)]
mod tests;
