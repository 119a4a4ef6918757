//! Block devices.

pub mod nor_flash;

use core::fmt;
use embedded_io_async::ErrorKind;

/// A device that stores blocks of a fixed size, such as a disk.
///
/// A custom device that is built on a disk requires this trait:
///
/// ```
/// use mirage_devices::block::{Block, BlockError};
///
/// /// A counter in the first block of a disk.
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
    /// The size of a block in bytes: a power of two, at least 512.
    fn block_size(&self) -> usize;

    /// The number of blocks.
    fn block_count(&self) -> u64;

    /// Whether the device is read-only.
    fn is_read_only(&self) -> bool;

    /// Reads blocks into `buffer`, starting at block `first`.
    ///
    /// # Errors
    /// Returns [`BlockError::NotWholeBlocks`] if the length of `buffer` is not a multiple of the block
    /// size, [`BlockError::OutOfRange`] if there are no such blocks, and [`BlockError::Failed`] or
    /// [`BlockError::Lost`] if the device fails.
    fn read(&self, first: u64, buffer: &mut [u8]) -> impl Future<Output = Result<(), BlockError>>;

    /// Writes `data`, starting at block `first`. The data is durable after [`flush`](Self::flush). If
    /// the future is dropped, some or all blocks may have been written.
    ///
    /// # Errors
    /// Returns the errors of [`read`](Self::read), and [`BlockError::ReadOnly`] if the device is
    /// read-only.
    fn write(&self, first: u64, data: &[u8]) -> impl Future<Output = Result<(), BlockError>>;

    /// Completes when all earlier writes are durable.
    ///
    /// # Errors
    /// Returns [`BlockError::Failed`] or [`BlockError::Lost`] if the device fails.
    fn flush(&self) -> impl Future<Output = Result<(), BlockError>>;
}

/// An error of a block device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum BlockError {
    /// The length is not a multiple of the block size.
    NotWholeBlocks,
    /// The blocks are not on the device.
    OutOfRange,
    /// The device is read-only.
    ReadOnly,
    /// The device reported a failure.
    Failed,
    /// The device is gone and does not come back.
    Lost,
}

impl fmt::Display for BlockError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotWholeBlocks => "the length is not a multiple of the block size",
            Self::OutOfRange => "the disk has no such blocks",
            Self::ReadOnly => "the disk can only be read",
            Self::Failed => "the disk failed",
            Self::Lost => "the disk is gone",
        })
    }
}

impl core::error::Error for BlockError {}

impl embedded_io_async::Error for BlockError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::NotWholeBlocks | Self::OutOfRange => ErrorKind::InvalidInput,
            Self::ReadOnly => ErrorKind::PermissionDenied,
            Self::Failed => ErrorKind::Other,
            Self::Lost => ErrorKind::NotConnected,
        }
    }
}

/// The size of a block device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Geometry {
    /// The size of a block in bytes: a power of two.
    pub block_size: usize,
    /// The number of blocks.
    pub block_count: u64,
}

impl Geometry {
    /// The total size in bytes, or `u64::MAX` if it is larger.
    pub fn bytes(self) -> u64 {
        self.block_count.saturating_mul(self.block_size as u64)
    }

    /// Returns the byte offset of a request for `length` bytes that starts at block `first`.
    ///
    /// # Errors
    /// Returns [`BlockError::NotWholeBlocks`] or [`BlockError::OutOfRange`] if the request is invalid.
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
    fn requests_cover_whole_blocks_of_the_device() {
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
