//! The contents of disks in tests.

use crate::{block::Disk, graph::block::DiskConfig, unix::block};
use mirage_graph::size;

/// The contents of a disk, in memory. Clones share them.
///
/// They belong to no unikernel and no world: they outlive both, and each boot makes a disk on them.
///
/// ```
/// use mirage_rt::{block::Block, test::{Storage, run}};
///
/// let storage = Storage::new("64KiB");
/// let disk = storage.clone();
/// run(async move |_| disk.disk().write(1, &[7; 512]).await.unwrap());
/// run(async move |_| {
///     let mut block = [0; 512];
///     storage.disk().read(1, &mut block).await.unwrap();
///     assert_eq!(block, [7; 512]);
/// });
/// ```
#[derive(Debug, Clone)]
pub struct Storage(block::Memory);

impl Storage {
    /// Returns storage of `size`, such as `64KiB`, filled with zeros.
    ///
    /// # Panics
    /// Panics if `size` is not a size.
    #[track_caller]
    pub fn new(size: &str) -> Self {
        let bytes = size::any(size).unwrap_or_else(|error| panic!("{error}"));
        Self(block::zeros(bytes))
    }

    /// Returns the contents.
    pub(super) fn memory(&self) -> block::Memory {
        self.0.clone()
    }

    /// Returns a disk with these contents, as `main` and devices receive it.
    pub fn disk(&self) -> Disk {
        let config = DiskConfig {
            node: "block",
            size: None,
            solo5_name: "storage",
            disks: &["block"],
        };
        Disk::new(config, Some(block::Device::Memory(self.memory())))
    }
}
