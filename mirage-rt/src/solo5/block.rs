//! The disks of a guest: what the tender has attached.

use crate::{
    block::BlockError,
    device::StartError,
    graph::block::DiskConfig,
    platform::{self, block::Calls},
};
use alloc::format;
use core::future::Ready;
use mirage_devices::solo5::block::Solo5Block;

/// A disk. Its blocks are read and written at once, while nothing else runs.
#[derive(Debug)]
pub(crate) struct Disk {
    config: DiskConfig,
    /// Once it is started.
    device: Option<Solo5Block<Calls>>,
}

impl Disk {
    pub(crate) fn new(config: DiskConfig) -> Self {
        Self {
            config,
            device: None,
        }
    }

    pub(crate) async fn start(&mut self) -> Result<(), StartError> {
        let name = self.config.solo5_name;
        let disk = platform::manifest().disk(name);
        let disk = disk
            .ok_or_else(|| StartError::new(format!("the tender has attached no disk `{name}`")))?;
        let device = Solo5Block::new(Calls::new(&disk), disk.block_size, disk.capacity)?;
        self.device = Some(device);
        Ok(())
    }

    pub(crate) fn run(&self) -> Option<Ready<()>> {
        None
    }

    pub(crate) fn device(&self) -> Result<&Solo5Block<Calls>, BlockError> {
        self.device.as_ref().ok_or(BlockError::Lost)
    }
}
