//! Disks: virtio block devices.

use super::{
    devices::{self, AnyTransport, Match},
    interrupts::Line,
};
use crate::{device::StartError, freestanding::one_core::OneCore, graph::block::DiskConfig};
use alloc::{format, vec::Vec};
use core::cell::RefCell;
use embassy_futures::select::{Either, select};
use mirage_devices::{
    block::Block,
    virtio::{
        VIRTIO_ID_BLOCK,
        block::{VIRTIO_BLK_ID_BYTES, VirtioBlock},
    },
};
use spin::Mutex;

/// A disk.
#[derive(Debug)]
pub(crate) struct Device {
    block: VirtioBlock<AnyTransport>,
    /// `None` while it runs.
    line: RefCell<Option<Line>>,
    /// The name that the host has given it, perhaps truncated. It is read only if there are several
    /// disks.
    name: Option<[u8; VIRTIO_BLK_ID_BYTES]>,
}

/// The devices that no disk has taken, if there are several disks.
static FOUND: Mutex<Option<OneCore<Vec<Device>>>> = Mutex::new(None);

/// Takes the device of a disk.
pub(crate) async fn attach(config: &DiskConfig) -> Result<Device, StartError> {
    let taken = match config.disks {
        [_] => take()?,
        disks => named(config.node, disks).await?,
    };
    taken.ok_or_else(|| StartError::new("no virtio disk was found"))
}

/// Takes the next device.
fn take() -> Result<Option<Device>, StartError> {
    let Some((device, line)) = devices::take(VIRTIO_ID_BLOCK, |_| Match::Exact)? else {
        return Ok(None);
    };
    Ok(Some(Device {
        block: VirtioBlock::new(device)?,
        line: RefCell::new(Some(line)),
        name: None,
    }))
}

/// Takes the device with the node's name, or else the first device with none of the names in `disks`.
async fn named(node: &str, disks: &[&str]) -> Result<Option<Device>, StartError> {
    if FOUND.lock().is_none() {
        let mut found = Vec::new();
        while let Some(mut next) = take()? {
            // The device answers only while its work is polled.
            let line = next.line.get_mut().as_mut();
            let line = line.ok_or_else(|| StartError::new("a virtio disk runs already"))?;
            let asked = select(next.block.device_id(), next.block.work(line)).await;
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
        let unnamed = |found: &Device| !disks.iter().any(|name| found.is_named(name));
        found.iter().position(unnamed)
    };
    match own.or_else(other) {
        Some(index) => Ok(Some(found.remove(index))),
        None => Err(StartError::new(format!(
            "no virtio disk named `{node}` was found"
        ))),
    }
}

impl Device {
    pub(crate) fn block(&self) -> &impl Block {
        &self.block
    }

    /// The work of the driver; `None` if it runs already.
    pub(crate) fn run(&self) -> Option<impl Future<Output = ()> + 'static> {
        let (block, mut line) = (self.block.clone(), self.line.take()?);
        Some(async move { block.work(&mut line).await })
    }

    fn is_named(&self, node: &str) -> bool {
        let mut name = [0; VIRTIO_BLK_ID_BYTES];
        let length = node.len().min(VIRTIO_BLK_ID_BYTES);
        name[..length].copy_from_slice(&node.as_bytes()[..length]);
        self.name == Some(name)
    }
}
