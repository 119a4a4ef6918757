//! Disks as nodes: their configuration.

use mirage_devices::virtio;
use mirage_graph::target::{Machine, Target};

/// The memory that a disk needs on `target`, in bytes: its driver's.
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
    /// The least size, in bytes; any if absent.
    pub size: Option<u64>,
    /// The names of the unikernel's disks. Of several, a disk takes the device that has its name, or
    /// else the first that has none of these.
    pub disks: &'static [&'static str],
}
