//! The traits of `embedded-storage-async`, by which crates such as `sequential-storage` and `ekv` store data.

use super::{BlockError, Disk};
use embedded_storage_async::nor_flash::{ErrorType, MultiwriteNorFlash, NorFlash, ReadNorFlash};
use mirage_devices::block::nor_flash;

impl ErrorType for Disk {
    type Error = BlockError;
}

/// Offsets have 32 bits: of a larger disk, the first 4 GiB are used.
impl ReadNorFlash for Disk {
    const READ_SIZE: usize = 1;

    async fn read(&mut self, offset: u32, bytes: &mut [u8]) -> Result<(), BlockError> {
        nor_flash::read(self, offset, bytes).await
    }

    fn capacity(&self) -> usize {
        nor_flash::capacity(self)
    }
}

/// Erasing writes ones, and writing clears bits. A new disk is not erased: its file contains zeros.
///
/// Each of them reads the blocks that it changes in part, writes them, and [flushes](super::Block::flush) the disk.
/// When the power fails, what is written at that time is undefined, and other bytes keep their values if the disk
/// writes each block completely or not at all.
impl NorFlash for Disk {
    const WRITE_SIZE: usize = 1;
    const ERASE_SIZE: usize = nor_flash::ERASE_SIZE;

    async fn erase(&mut self, from: u32, to: u32) -> Result<(), BlockError> {
        nor_flash::erase(self, from, to).await
    }

    async fn write(&mut self, offset: u32, bytes: &[u8]) -> Result<(), BlockError> {
        nor_flash::write(self, offset, bytes).await
    }
}

impl MultiwriteNorFlash for Disk {}
