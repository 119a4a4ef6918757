//! A number that a disk keeps.
//!
//! A machine may be cut off in the middle of a write, so the number is never overwritten: of two
//! blocks, the older is written, and the one that is whole and larger counts.

use alloc::vec;
use mirage_rt::block::{Block, BlockError};

/// What a block of ours begins with.
const MAGIC: &[u8; 8] = b"boots 1\n";

/// A number in the first two blocks of a disk.
pub struct Record<'a, B>(&'a B);

impl<'a, B: Block> Record<'a, B> {
    /// The number on `disk`.
    pub fn on(disk: &'a B) -> Self {
        Self(disk)
    }

    /// Adds one and keeps it: the number after that. A disk without a number has 0.
    pub async fn advance(&self) -> Result<u64, BlockError> {
        let last = self.read(0).await?.max(self.read(1).await?);
        let next = last.unwrap_or(0).wrapping_add(1);
        self.write(next % 2, next).await?;
        Ok(next)
    }

    /// The number in a block, if there is one and it is whole.
    async fn read(&self, block: u64) -> Result<Option<u64>, BlockError> {
        let mut bytes = vec![0; self.0.block_size()];
        self.0.read(block, &mut bytes).await?;
        Ok(decode(&bytes))
    }

    async fn write(&self, block: u64, number: u64) -> Result<(), BlockError> {
        let mut bytes = vec![0; self.0.block_size()];
        bytes[..8].copy_from_slice(MAGIC);
        bytes[8..16].copy_from_slice(&number.to_le_bytes());
        bytes[16..24].copy_from_slice(&(!number).to_le_bytes());
        self.0.write(block, &bytes).await?;
        self.0.flush().await
    }
}

fn decode(bytes: &[u8]) -> Option<u64> {
    let (magic, rest) = bytes.split_first_chunk::<8>()?;
    let (number, rest) = rest.split_first_chunk()?;
    let (check, _) = rest.split_first_chunk()?;
    let number = u64::from_le_bytes(*number);
    (magic == MAGIC && u64::from_le_bytes(*check) == !number).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use mirage_rt::test::Storage;

    #[test]
    fn each_boot_is_counted() {
        mirage_rt::test::run(async |_| {
            let storage = Storage::new("64KiB");
            for boot in 1..=5 {
                let disk = storage.disk();
                assert_eq!(Record::on(&disk).advance().await, Ok(boot));
            }
        });
    }

    #[test]
    fn a_write_that_was_cut_off_loses_one_boot_at_most() {
        mirage_rt::test::run(async |_| {
            let storage = Storage::new("64KiB");
            let disk = storage.disk();
            for _ in 0..4 {
                Record::on(&disk).advance().await.unwrap();
            }
            // The fourth boot wrote to the first block.
            let mut block = [0; 512];
            disk.read(0, &mut block).await.unwrap();
            block[12..].fill(0xff);
            disk.write(0, &block).await.unwrap();
            assert_eq!(Record::on(&disk).advance().await, Ok(4));
        });
    }
}
