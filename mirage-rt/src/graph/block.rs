//! The configuration of disks as nodes.

use mirage_devices::virtio;
use mirage_graph::target::{Machine, Target};

/// Returns the memory that the driver of a disk needs on `target`, in bytes.
pub const fn memory(target: Target) -> u64 {
    match target.machine() {
        Machine::Virtio => virtio::block::memory() as u64,
        // Blocks are transferred from and to the program's own buffers.
        Machine::Process | Machine::Hvt | Machine::Spt => 0,
    }
}

/// The configuration of a disk.
#[derive(Debug, Clone, Copy)]
pub struct DiskConfig {
    /// The node's name.
    pub node: &'static str,
    /// The name by which a Solo5 tender attaches it.
    pub solo5_name: &'static str,
    /// The minimum size in bytes, if there is one.
    pub size: Option<u64>,
    /// The names of the unikernel's disks. If there are several, a disk uses the device with its name, or
    /// else the first device with none of these names.
    pub disks: &'static [&'static str],
}
