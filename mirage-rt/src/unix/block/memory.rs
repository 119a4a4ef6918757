//! The contents of disks in tests.

use alloc::{sync::Arc, vec, vec::Vec};
use spin::Mutex;

/// Size of a block in bytes.
pub(crate) const BLOCK_SIZE: usize = 512;

/// The contents of a disk, which all its users share.
pub(crate) type Memory = Arc<Mutex<Vec<u8>>>;

/// Returns the contents of a disk of `size` bytes in memory, rounded up to whole blocks.
pub(crate) fn zeros(size: u64) -> Memory {
    let length = (size as usize).next_multiple_of(BLOCK_SIZE);
    Arc::new(Mutex::new(vec![0; length]))
}
