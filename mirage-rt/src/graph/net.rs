//! Networks and ports as nodes: their configurations, and the devices that these make.

mod dhcp;
mod memory;
mod port;

use crate::{
    net::{InterfaceAddress, MacAddress, Network, interface::InterfaceConfig},
    random::Random,
    time::Clock,
};
use core::net::Ipv4Addr;

pub use self::{
    dhcp::{Dhcp, DhcpNetwork},
    memory::{memory, memory_with_dhcp},
    port::{ServicePort, ServicePortDevice, TcpPort, TcpPortDevice, UdpPort, UdpPortDevice},
};

/// The configuration of a network interface. `A` is where its address is from: it is configured, or
/// it is [`Dhcp`].
#[derive(Debug)]
pub struct Interface<A = InterfaceAddress> {
    /// The node's name.
    pub node: &'static str,
    /// The name by which a Solo5 tender attaches it.
    pub solo5_name: &'static str,
    /// Its IPv4 address.
    pub address: A,
    /// The router for every address outside the network.
    pub gateway: Option<Ipv4Addr>,
    /// Its MAC address; the device's own if absent.
    pub mac: Option<MacAddress>,
    /// The largest IP packet, in bytes; the device's own if absent.
    pub mtu: Option<u16>,
    /// Its position among the unikernel's interfaces, from 0.
    pub index: usize,
    /// The MAC addresses by which the machine's devices are known, by position. An interface
    /// takes the device that has its address, or else the first that has none of these.
    pub mac_addresses: &'static [MacAddress],
}

impl Interface {
    /// Makes the network that this configuration describes, not yet started.
    pub fn wire(&self, clock: Clock, random: Random) -> Network {
        Network::new(self.config(Some(self.address)), clock, random)
    }
}

impl<A> Interface<A> {
    fn config(&self, address: Option<InterfaceAddress>) -> InterfaceConfig {
        InterfaceConfig {
            node: self.node,
            solo5_name: self.solo5_name,
            address,
            gateway: self.gateway,
            mac: self.mac,
            mtu: self.mtu,
            index: self.index,
            mac_addresses: self.mac_addresses,
        }
    }
}
