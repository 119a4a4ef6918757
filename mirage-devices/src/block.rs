//! Block devices: what keeps bytes, in blocks of one size.

use core::fmt;

/// A device that keeps bytes in blocks, such as a disk.
///
/// A device of a user's own that is built on a disk demands it so:
///
/// ```
/// use mirage_devices::block::{Block, BlockError};
///
/// /// Counts in the first block of a disk.
/// pub struct Tally<B>(B);
///
/// pub struct TallyConfig;
///
/// impl TallyConfig {
///     pub fn wire<B: Block>(self, disk: B) -> Tally<B> {
///         Tally(disk)
///     }
/// }
///
/// impl<B: Block> Tally<B> {
///     pub async fn count(&self) -> Result<u8, BlockError> {
///         let mut block = vec![0; self.0.block_size()];
///         self.0.read(0, &mut block).await?;
///         block[0] = block[0].wrapping_add(1);
///         self.0.write(0, &block).await?;
///         self.0.flush().await?;
///         Ok(block[0])
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a block device",
    label = "expected a block device, such as a disk"
)]
pub trait Block {
    /// Bytes of a block: a power of two, 512 or more.
    fn block_size(&self) -> usize;

    /// How many blocks there are.
    fn block_count(&self) -> u64;

    /// Whether it can only be read.
    fn is_read_only(&self) -> bool;

    /// Fills `buffer`, whole blocks, from the block `first` on.
    ///
    /// # Errors
    /// `buffer` is not whole blocks of the device, or the device has failed.
    fn read(&self, first: u64, buffer: &mut [u8]) -> impl Future<Output = Result<(), BlockError>>;

    /// Writes `data`, whole blocks, from the block `first` on. It is kept for good after
    /// [`flush`](Self::flush). If the future is dropped, blocks may have been written or not.
    ///
    /// # Errors
    /// `data` is not whole blocks of the device, or the device cannot be written, or has failed.
    fn write(&self, first: u64, data: &[u8]) -> impl Future<Output = Result<(), BlockError>>;

    /// Completes when all that was written before is kept for good.
    ///
    /// # Errors
    /// The device has failed.
    fn flush(&self) -> impl Future<Output = Result<(), BlockError>>;
}

/// Why blocks were not read or written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum BlockError {
    /// The bytes are not whole blocks.
    NotWholeBlocks,
    /// There are no such blocks.
    OutOfRange,
    /// The device can only be read.
    ReadOnly,
    /// The device says that it failed.
    Failed,
    /// The device is gone for good.
    Lost,
}

impl fmt::Display for BlockError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotWholeBlocks => "the bytes are not whole blocks",
            Self::OutOfRange => "the disk has no such blocks",
            Self::ReadOnly => "the disk can only be read",
            Self::Failed => "the disk failed",
            Self::Lost => "the disk is gone",
        })
    }
}

impl core::error::Error for BlockError {}

/// The size of a block device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Geometry {
    /// Bytes of a block: a power of two.
    pub block_size: usize,
    /// How many blocks there are.
    pub block_count: u64,
}

impl Geometry {
    /// Bytes of all blocks; the largest number if it is more.
    pub fn bytes(self) -> u64 {
        self.block_count.saturating_mul(self.block_size as u64)
    }

    /// Where `length` bytes from the block `first` on begin, in bytes.
    ///
    /// # Errors
    /// They are not whole blocks of the device.
    pub fn offset(self, first: u64, length: usize) -> Result<u64, BlockError> {
        if !length.is_multiple_of(self.block_size) {
            return Err(BlockError::NotWholeBlocks);
        }
        let count = (length / self.block_size) as u64;
        match first.checked_add(count) {
            Some(end) if end <= self.block_count => Ok(first * self.block_size as u64),
            _ => Err(BlockError::OutOfRange),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_blocks_of_the_device_are_taken() {
        let geometry = Geometry {
            block_size: 512,
            block_count: 8,
        };
        assert_eq!(geometry.offset(0, 8 * 512), Ok(0));
        assert_eq!(geometry.offset(7, 512), Ok(7 * 512));
        assert_eq!(geometry.offset(8, 0), Ok(8 * 512));
        assert_eq!(geometry.offset(0, 511), Err(BlockError::NotWholeBlocks));
        assert_eq!(geometry.offset(7, 1024), Err(BlockError::OutOfRange));
        assert_eq!(geometry.offset(u64::MAX, 512), Err(BlockError::OutOfRange));
    }
}
