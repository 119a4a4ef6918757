//! The memory that interfaces need.

use mirage_devices::{
    net::{Stack, dhcp, ethernet},
    solo5, virtio,
};
use mirage_graph::target::{Machine, Target};

/// Returns the memory that the driver and the stack of an interface need on `target` with packets of up
/// to `mtu` bytes, in bytes.
pub const fn memory(target: Target, mtu: Option<u16>) -> u64 {
    memory_without_ipv4(target, mtu) + Stack::IPV4_MEMORY as u64
}

/// Returns the memory that an interface without IPv4 needs, beside that of IPv6.
pub const fn memory_without_ipv4(target: Target, mtu: Option<u16>) -> u64 {
    let mtu = match mtu {
        Some(mtu) => mtu,
        None => ethernet::DEFAULT_MTU,
    };
    let driver = match target.machine() {
        Machine::Process => 0,
        Machine::Virtio => virtio::net::memory(mtu),
        Machine::Hvt => solo5::net::memory(mtu) + solo5::ring::MEMORY,
        Machine::Spt => solo5::net::memory(mtu),
    };
    (driver + Stack::MEMORY) as u64
}

/// The memory that an interface with IPv6 needs beside that.
pub const IPV6_MEMORY: u64 = Stack::IPV6_MEMORY as u64;

/// The memory that SLAAC needs beside that of IPv6.
pub const SLAAC_MEMORY: u64 = Stack::SLAAC_MEMORY as u64;

/// Returns the memory that an interface with DHCP needs.
pub const fn memory_with_dhcp(target: Target, mtu: Option<u16>) -> u64 {
    memory(target, mtu) + dhcp::memory() as u64
}
