//! What a disk keeps between one boot and the next, in a test.

use crate::{block::Disk, graph::block::DiskConfig, platform::block};
use alloc::{rc::Rc, vec::Vec};
use core::cell::RefCell;
use mirage_graph::size;

/// The contents of a disk, in memory. A disk can be made of it again and again, as a machine is
/// booted again and again with the same disk.
///
/// ```
/// use mirage_rt::{block::Block, test::Storage};
///
/// mirage_rt::test::run(async |_| {
///     let storage = Storage::new("64KiB");
///     storage.disk().write(1, &[7; 512]).await.unwrap();
///     let mut block = [0; 512];
///     storage.disk().read(1, &mut block).await.unwrap();
///     assert_eq!(block, [7; 512]);
/// });
/// ```
#[derive(Debug, Clone)]
pub struct Storage(Rc<RefCell<Vec<u8>>>);

impl Storage {
    /// Zeros, as many as `size` says, such as `64KiB`.
    ///
    /// # Panics
    /// If `size` is not a size.
    #[track_caller]
    pub fn new(size: &str) -> Self {
        let bytes = size::memory(size).unwrap_or_else(|error| panic!("{error}"));
        Self(block::zeros(bytes))
    }

    /// A disk with these contents, as `main` and devices receive it.
    pub fn disk(&self) -> Disk {
        let config = DiskConfig {
            node: "block",
            size: None,
            solo5_name: "storage",
            disks: &["block"],
        };
        Disk::of(config, block::Disk::in_memory(config, self.0.clone()))
    }
}
