//! The disks of this machine: virtio block devices.

use super::{
    devices::{self, AnyTransport, Match},
    interrupts::Line,
};
use crate::{
    block::BlockError, device::StartError, freestanding::one_core::OneCore,
    graph::block::DiskConfig,
};
use alloc::{format, vec::Vec};
use core::cell::RefCell;
use embassy_futures::select::{Either, select};
use mirage_devices::virtio::{
    VIRTIO_ID_BLOCK,
    block::{VIRTIO_BLK_ID_BYTES, VirtioBlock},
};
use spin::Mutex;

type Device = VirtioBlock<AnyTransport>;

/// A disk.
#[derive(Debug)]
pub(crate) struct Disk {
    config: DiskConfig,
    /// Once it is started.
    device: Option<Device>,
    /// Until it runs.
    line: RefCell<Option<Line>>,
}

/// A device that no disk has taken.
struct Found {
    device: Device,
    line: Line,
    /// The name that the host has given it, perhaps cut off.
    name: Option<[u8; VIRTIO_BLK_ID_BYTES]>,
}

/// The devices that no disk has taken yet, once several disks have looked for theirs.
static FOUND: Mutex<Option<OneCore<Vec<Found>>>> = Mutex::new(None);

impl Disk {
    pub(crate) fn new(config: DiskConfig) -> Self {
        Self {
            config,
            device: None,
            line: RefCell::new(None),
        }
    }

    pub(crate) async fn start(&mut self) -> Result<(), StartError> {
        let taken = match self.config.disks {
            [_] => take()?,
            disks => named(self.config.node, disks).await?,
        };
        let Some(Found { device, line, .. }) = taken else {
            return Err(StartError::new("no virtio disk was found"));
        };
        self.device = Some(device);
        self.line.replace(Some(line));
        Ok(())
    }

    pub(crate) fn run(&self) -> Option<impl Future<Output = ()> + 'static> {
        let (device, mut line) = (self.device.clone()?, self.line.take()?);
        Some(async move { device.work(&mut line).await })
    }

    pub(crate) fn device(&self) -> Result<&Device, BlockError> {
        self.device.as_ref().ok_or(BlockError::Lost)
    }
}

/// The next device.
fn take() -> Result<Option<Found>, StartError> {
    let Some((device, line)) = devices::take(VIRTIO_ID_BLOCK, |_| Match::Exact)? else {
        return Ok(None);
    };
    let device = VirtioBlock::new(device)?;
    let name = None;
    Ok(Some(Found { device, line, name }))
}

/// The device that has the node's name, or else the first that has none of `disks`.
async fn named(node: &str, disks: &[&str]) -> Result<Option<Found>, StartError> {
    if FOUND.lock().is_none() {
        let mut found = Vec::new();
        while let Some(mut next) = take()? {
            // It answers while it works.
            let asked = select(next.device.device_id(), next.device.work(&mut next.line)).await;
            next.name = match asked {
                Either::First(name) => name,
                Either::Second(()) => return Err(StartError::new("a virtio disk failed")),
            };
            found.push(next);
        }
        *FOUND.lock() = Some(OneCore(found));
    }
    let mut found = FOUND.lock();
    let Some(OneCore(found)) = found.as_mut() else {
        return Ok(None);
    };
    let mut each = found.iter();
    let own = each.position(|found| found.is_named(node));
    let other = || {
        let nobodys = |found: &Found| !disks.iter().any(|name| found.is_named(name));
        found.iter().position(nobodys)
    };
    match own.or_else(other) {
        Some(index) => Ok(Some(found.remove(index))),
        None => Err(StartError::new(format!(
            "no virtio disk named `{node}` was found"
        ))),
    }
}

impl Found {
    fn is_named(&self, node: &str) -> bool {
        let mut name = [0; VIRTIO_BLK_ID_BYTES];
        let length = node.len().min(VIRTIO_BLK_ID_BYTES);
        name[..length].copy_from_slice(&node.as_bytes()[..length]);
        self.name == Some(name)
    }
}
