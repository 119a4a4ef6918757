//! `mirage_rt::block`.

use alloc::vec;
use mirage_rt::block::{Block, BlockError, Disk};

pub async fn exercise(disk: &Disk) -> Result<(), BlockError> {
    assert!(!disk.is_read_only());
    let (size, count) = (disk.block_size(), disk.block_count());
    let mut block = vec![0; size];
    disk.write(1, &vec![7; size]).await?;
    disk.flush().await?;
    disk.read(1, &mut block).await?;
    assert_eq!(block, vec![7; size]);

    let beyond = disk.read(count, &mut block).await;
    assert_eq!(beyond, Err(BlockError::OutOfRange));
    let partial = disk.write(0, &block[1..]).await;
    assert_eq!(partial, Err(BlockError::NotWholeBlocks));
    for error in [BlockError::ReadOnly, BlockError::Failed, BlockError::Lost] {
        assert_ne!(beyond, Err(error));
    }
    Ok(())
}
