//! The configuration of an interface, for the network.

use core::net::Ipv4Addr;
use mirage_devices::net::tcp::Algorithm;
use mirage_graph::{
    address::InterfaceAddress, conflict_detection::ConflictDetection, ecn::Ecn,
    mac_address::MacAddress,
};

/// The position of the loopback interface of a program with std, after those of the graph.
#[cfg(all(mirage_target, feature = "std"))]
pub(crate) const LOOPBACK: usize = usize::MAX;

/// The configuration of an interface with a static or a leased address.
#[derive(Debug, Clone, Copy)]
#[allow(
    dead_code,
    reason = "targets distinguish devices differently, and the host has none"
)]
pub(crate) struct InterfaceConfig {
    /// The node's name.
    pub(crate) node: &'static str,
    /// The name by which a Solo5 tender attaches it.
    pub(crate) solo5_name: &'static str,
    /// Whether it has IPv4.
    pub(crate) has_ipv4: bool,
    /// The IPv4 address; `None` if a DHCP server leases it.
    pub(crate) address: Option<InterfaceAddress>,
    pub(crate) gateway: Option<Ipv4Addr>,
    /// The device's own if absent.
    pub(crate) mac: Option<MacAddress>,
    /// The device's own if absent.
    pub(crate) mtu: Option<u16>,
    /// The congestion control of connections whose port chooses no other.
    pub(crate) congestion: Algorithm,
    /// Which connections use ECN.
    pub(crate) ecn: Ecn,
    /// When the address is probed.
    pub(crate) conflict_detection: ConflictDetection,
    /// Position among the unikernel's interfaces, from 0.
    pub(crate) index: usize,
    /// The MAC addresses of the unikernel's interfaces, by position.
    pub(crate) mac_addresses: &'static [MacAddress],
    /// The numbers of its ports.
    pub(crate) ports: &'static [u16],
}
