//! Disks, as a unikernel sees them.
//!
//! ```
//! use mirage_rt::block::{Block, BlockError, Disk};
//!
//! /// Whether a disk was written before.
//! async fn is_new(disk: &Disk) -> Result<bool, BlockError> {
//!     let mut block = vec![0; disk.block_size()];
//!     disk.read(0, &mut block).await?;
//!     Ok(block.iter().all(|byte| *byte == 0))
//! }
//! ```

use crate::{
    device::{Device, StartError},
    platform::block as platform,
};
use alloc::format;
use mirage_devices::{block::Geometry, virtio};
use mirage_graph::{size, target::Target};

pub use mirage_devices::block::{Block, BlockError};

/// The memory that a disk needs on `target`, in bytes: its driver's.
pub const fn memory(target: Target) -> u64 {
    match target {
        Target::Virtio => virtio::block::memory() as u64,
        // Blocks are read to, and written from, where the program has them.
        Target::Unix | Target::Hvt | Target::Spt => 0,
    }
}

/// The configuration of a disk.
#[derive(Debug, Clone, Copy)]
pub struct DiskConfig {
    /// The node's name.
    pub node: &'static str,
    /// The name by which a Solo5 tender attaches it.
    pub solo5_name: &'static str,
    /// The least size, in bytes; any if absent.
    pub size: Option<u64>,
    /// The names of the unikernel's disks. Of several, a disk takes the device that has its name, or
    /// else the first that has none of these.
    pub disks: &'static [&'static str],
}

impl DiskConfig {
    /// The disk that this configuration describes, not yet started.
    pub fn wire(self) -> Disk {
        Disk {
            config: self,
            disk: platform::Disk::new(self),
        }
    }
}

/// A disk: blocks that stay when the machine ends.
///
/// It has one user, since two would overwrite each other's blocks: a device of which each has a part
/// can be shared.
#[derive(Debug)]
pub struct Disk {
    config: DiskConfig,
    disk: platform::Disk,
}

impl Disk {
    /// One that is there already, as in a test.
    #[cfg(not(mirage_target))]
    pub(crate) fn of(config: DiskConfig, disk: platform::Disk) -> Self {
        Self { config, disk }
    }

    fn bytes(&self) -> u64 {
        let geometry = Geometry {
            block_size: self.block_size(),
            block_count: self.block_count(),
        };
        geometry.bytes()
    }
}

/// Until it is started it has no blocks.
impl Block for Disk {
    fn block_size(&self) -> usize {
        self.disk.device().map_or(1, Block::block_size)
    }

    fn block_count(&self) -> u64 {
        self.disk.device().map_or(0, Block::block_count)
    }

    fn is_read_only(&self) -> bool {
        self.disk.device().map_or(true, Block::is_read_only)
    }

    async fn read(&self, first: u64, buffer: &mut [u8]) -> Result<(), BlockError> {
        self.disk.device()?.read(first, buffer).await
    }

    async fn write(&self, first: u64, data: &[u8]) -> Result<(), BlockError> {
        self.disk.device()?.write(first, data).await
    }

    async fn flush(&self) -> Result<(), BlockError> {
        self.disk.device()?.flush().await
    }
}

#[diagnostic::do_not_recommend]
impl Device for Disk {
    type Output = Self;

    async fn start(&mut self) -> Result<(), StartError> {
        self.disk.start().await?;
        let (bytes, node) = (self.bytes(), self.config.node);
        log::info!("{node} is a disk of {}", size::display(bytes));
        match self.config.size {
            Some(least) if bytes < least => Err(StartError::new(format!(
                "the disk has {}, and its configuration says {} at least",
                size::display(bytes),
                size::display(least)
            ))),
            _ => Ok(()),
        }
    }

    fn run(&self) -> Option<impl Future<Output = ()> + 'static> {
        self.disk.run()
    }

    fn provide(self) -> Self {
        self
    }
}
