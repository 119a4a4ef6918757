//! Where an image may be in memory.

/// The unit of memory protection, in bytes.
pub(crate) const PAGE_SIZE: u64 = 4096;

/// The lowest address of an image. The tender's boot information is below it.
pub(crate) const MIN_ADDRESS: u64 = 0x10_0000;
