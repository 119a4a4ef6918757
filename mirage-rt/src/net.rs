//! The network, as a unikernel sees it: listeners, connections, datagram sockets.

mod address;
mod asking;
pub(crate) mod attached;
mod dhcp;
mod listener;
mod memory;
mod port;
mod socket;

use crate::{device::Share, random::Random, time::Clock};
use core::net::Ipv4Addr;

pub use self::{
    dhcp::{Dhcp, Leasing},
    listener::TcpListener,
    memory::{memory, memory_with_dhcp},
    port::{Bound, Listening, ServicePort, TcpPort, UdpPort},
    socket::{Service, UdpSocket},
};
pub use crate::platform::net::{Network, TcpStream};
pub use mirage_devices::net::{BindError, Error};
pub use mirage_graph::{address::InterfaceAddress, mac_address::MacAddress};

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

/// What a network needs to know of its interface.
#[derive(Debug, Clone, Copy)]
#[allow(
    dead_code,
    reason = "each target tells devices apart in its own way, and the host has none"
)]
pub(crate) struct Settings {
    pub(crate) node: &'static str,
    pub(crate) solo5_name: &'static str,
    /// None where a DHCP server says it.
    pub(crate) address: Option<InterfaceAddress>,
    pub(crate) gateway: Option<Ipv4Addr>,
    pub(crate) mac: Option<MacAddress>,
    pub(crate) mtu: Option<u16>,
    pub(crate) index: usize,
    pub(crate) mac_addresses: &'static [MacAddress],
}

impl Interface {
    /// The network that this configuration describes, not yet started.
    pub fn wire(&self, clock: Clock, random: Random) -> Network {
        Network::new(self.settings(Some(self.address)), clock, random)
    }
}

impl<A> Interface<A> {
    fn settings(&self, address: Option<InterfaceAddress>) -> Settings {
        Settings {
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

#[diagnostic::do_not_recommend]
impl Share for Network {}
