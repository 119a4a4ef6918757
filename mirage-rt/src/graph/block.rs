//! Disks as nodes: their configuration.

use mirage_devices::virtio;
use mirage_graph::target::Target;

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
