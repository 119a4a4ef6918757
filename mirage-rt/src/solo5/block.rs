//! The disks of a guest: what the tender has attached.

use super::guest;
use crate::{device::StartError, graph::block::DiskConfig, platform::block::Calls};
use alloc::format;
use core::future::Ready;
use mirage_devices::{block::Block, solo5::block::Solo5Block};

/// A disk. Its blocks are read and written at once, while nothing else runs.
#[derive(Debug)]
pub(crate) struct Device(Solo5Block<Calls>);

/// Finds the attached disk with the configured name.
pub(crate) async fn attach(config: &DiskConfig) -> Result<Device, StartError> {
    let name = config.solo5_name;
    let disk = guest::manifest().disk(name);
    let disk =
        disk.ok_or_else(|| StartError::new(format!("the tender has attached no disk `{name}`")))?;
    let calls = Calls::new(&disk);
    Solo5Block::new(calls, disk.block_size, disk.capacity).map(Device)
}

impl Device {
    pub(crate) fn block(&self) -> &impl Block {
        &self.0
    }

    /// There is no work in the background.
    pub(crate) fn run(&self) -> Option<Ready<()>> {
        None
    }
}
