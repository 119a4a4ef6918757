//! Disks.

mod nor_flash;

use crate::{
    device::{Device, StartError},
    graph::block::DiskConfig,
    logger::report,
    platform::block as platform,
};
use alloc::format;
use core::marker::PhantomData;
use mirage_devices::block::Geometry;
use mirage_graph::size;

pub use mirage_devices::block::{Block, BlockError};

impl DiskConfig {
    /// Makes the disk that this configuration describes, not yet started.
    pub fn wire(self) -> Disk {
        Disk::new(self, None)
    }
}

/// A disk, whose blocks persist when the machine ends.
///
/// A disk cannot be shared: two users would overwrite each other's blocks. A custom device that divides
/// the disk into parts can be shared.
///
/// ```
/// use mirage_rt::block::{Block, BlockError, Disk};
///
/// /// Counts the boots in the first block.
/// async fn count_boot(disk: &Disk) -> Result<u8, BlockError> {
///     let mut block = vec![0; disk.block_size()];
///     disk.read(0, &mut block).await?;
///     block[0] = block[0].wrapping_add(1);
///     disk.write(0, &block).await?;
///     disk.flush().await?;
///     Ok(block[0])
/// }
/// # mirage_rt::test::run(async |_| {
/// #     let storage = mirage_rt::test::Storage::new("64KiB");
/// #     assert_eq!(count_boot(&storage.disk()).await, Ok(1));
/// #     assert_eq!(count_boot(&storage.disk()).await, Ok(2));
/// # });
/// ```
#[derive(Debug)]
pub struct Disk {
    config: DiskConfig,
    /// `None` until it is started.
    device: Option<platform::Device>,
    /// Not `Send` on any target, as the drivers of some are not.
    not_send: PhantomData<*const ()>,
}

impl Disk {
    pub(crate) fn new(config: DiskConfig, device: Option<platform::Device>) -> Self {
        Self {
            config,
            device,
            not_send: PhantomData,
        }
    }

    fn block(&self) -> Result<&impl Block, BlockError> {
        let device = self.device.as_ref().ok_or(BlockError::Lost)?;
        Ok(device.block())
    }

    fn bytes(&self) -> u64 {
        let geometry = Geometry {
            block_size: self.block_size(),
            block_count: self.block_count(),
        };
        geometry.bytes()
    }
}

/// A disk has no blocks until it is started.
impl Block for Disk {
    fn block_size(&self) -> usize {
        self.block().map_or(1, Block::block_size)
    }

    fn block_count(&self) -> u64 {
        self.block().map_or(0, Block::block_count)
    }

    fn is_read_only(&self) -> bool {
        self.block().map_or(true, Block::is_read_only)
    }

    async fn read(&self, first: u64, buffer: &mut [u8]) -> Result<(), BlockError> {
        self.block()?.read(first, buffer).await
    }

    async fn write(&self, first: u64, data: &[u8]) -> Result<(), BlockError> {
        self.block()?.write(first, data).await
    }

    async fn flush(&self) -> Result<(), BlockError> {
        self.block()?.flush().await
    }
}

#[diagnostic::do_not_recommend]
impl Device for Disk {
    type Output = Self;

    async fn start(&mut self) -> Result<(), StartError> {
        self.device = Some(platform::attach(&self.config).await?);
        let (bytes, node) = (self.bytes(), self.config.node);
        report!("{node} is a disk of {}", size::display(bytes));
        match self.config.size {
            Some(required) if bytes < required => Err(StartError::new(format!(
                "the disk has {}, but at least {} is required",
                size::display(bytes),
                size::display(required)
            ))),
            _ => Ok(()),
        }
    }

    fn run(&self) -> Option<impl Future<Output = ()> + 'static> {
        self.device.as_ref()?.run()
    }

    fn provide(self) -> Self {
        self
    }
}
