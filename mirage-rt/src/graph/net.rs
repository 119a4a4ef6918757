//! Networks and ports as nodes: their configurations, and the devices that they make.

mod dhcp;
mod guarded;
mod ipv4;
mod ipv6;
mod ipv6_config;
mod ipv6_network;
mod ipv6_source;
mod link;
mod memory;
mod one_family;
mod port;
mod slaac;

use crate::{
    device::Device,
    net::{InterfaceAddress, MacAddress, Network, interface::InterfaceConfig, name_servers},
    random::Random,
    time::Clock,
};
use core::{fmt::Display, net::Ipv4Addr};
use mirage_devices::net::ip::Address;

pub use mirage_devices::net::tcp::Algorithm;
pub use mirage_graph::{
    conflict_detection::ConflictDetection, ecn::Ecn, ip_family::IpFamily, ipv6::AddressOrSlaac,
    name_servers::NameServers,
};

pub use self::{
    dhcp::{Dhcp, DhcpNetwork},
    guarded::{Accept, Client, Guarded, GuardedNetwork, Peer, Protocol, Rules},
    ipv4::{BesideIpv6, WithoutIpv4},
    ipv6::{Ipv4Side, Ipv6Gateway, Ipv6Interface, Ipv6InterfaceAddress},
    ipv6_config::Ipv6,
    ipv6_network::Ipv6Network,
    ipv6_source::{Ipv6Source, Slaac, Static},
    link::{LinkDevice, TcpLink, UdpLink},
    memory::{IPV6_MEMORY, SLAAC_MEMORY, memory, memory_with_dhcp, memory_without_ipv4},
    one_family::OneFamily,
    port::{OpenPort, PortDevice, ServicePort, TcpPort, UdpPort},
    slaac::SlaacNetwork,
};

/// The configuration of a network interface. `A` is the IPv4 address, [`Dhcp`] if a server leases it, or
/// [`WithoutIpv4`] if the interface has IPv6 only.
#[derive(Debug)]
pub struct Interface<A = InterfaceAddress> {
    /// The node's name.
    pub node: &'static str,
    /// The name by which a Solo5 tender attaches it.
    pub solo5_name: &'static str,
    /// The IPv4 address.
    pub address: A,
    /// The default router.
    pub gateway: Option<Ipv4Addr>,
    /// The MAC address. If absent, the device's is used.
    pub mac: Option<MacAddress>,
    /// The MTU in bytes. If absent, the device's is used.
    pub mtu: Option<u16>,
    /// The congestion control of connections whose port chooses no other.
    pub congestion: Algorithm,
    /// Which connections use ECN.
    pub ecn: Ecn,
    /// When the address is probed: whether another host uses it.
    pub conflict_detection: ConflictDetection,
    /// The position among the unikernel's interfaces, from 0.
    pub index: usize,
    /// The MAC addresses of the machine's devices, by position. An interface uses the device with its
    /// address, or else the first device with none of these addresses.
    pub mac_addresses: &'static [MacAddress],
    /// The numbers of its ports.
    pub ports: &'static [u16],
}

/// The device of a network, of one address family or of both.
pub trait NetworkDevice: Device<Output = Network> + 'static {
    /// Returns the network.
    fn network(&self) -> &Network;

    /// Returns an address of a peer as it is logged. An image without IPv6 displays none of its addresses.
    fn displayed(peer: Address) -> impl Display;
}

#[diagnostic::do_not_recommend]
impl NetworkDevice for Network {
    fn network(&self) -> &Network {
        self
    }

    fn displayed(peer: Address) -> impl Display {
        peer.as_ipv4().unwrap_or(Ipv4Addr::UNSPECIFIED)
    }
}

/// The configuration of a network, of any address families.
pub trait NetworkConfiguration {
    /// The network.
    type Network: NetworkDevice;

    /// Makes the network that this configuration describes, not yet started.
    fn network(&self, clock: Clock, random: Random) -> Self::Network;
}

impl NetworkConfiguration for Interface {
    type Network = Network;

    fn network(&self, clock: Clock, random: Random) -> Network {
        Network::new(self.config(Some(self.address)), clock, random)
    }
}

impl<A> Interface<A>
where
    Self: NetworkConfiguration,
{
    /// Makes the network that this configuration describes, not yet started.
    pub fn wire(&self, clock: Clock, random: Random) -> <Self as NetworkConfiguration>::Network {
        self.network(clock, random)
    }
}

impl<A> Interface<A> {
    /// Declares the name servers of the interface, which replace those of a lease.
    #[must_use]
    pub fn with_name_servers(self, servers: NameServers) -> Self {
        name_servers::declare(self.index, servers);
        self
    }

    fn config(&self, address: Option<InterfaceAddress>) -> InterfaceConfig {
        self.config_with(address, true)
    }

    fn config_with(&self, address: Option<InterfaceAddress>, has_ipv4: bool) -> InterfaceConfig {
        InterfaceConfig {
            has_ipv4,
            node: self.node,
            solo5_name: self.solo5_name,
            address,
            gateway: self.gateway,
            mac: self.mac,
            mtu: self.mtu,
            congestion: self.congestion,
            ecn: self.ecn,
            conflict_detection: self.conflict_detection,
            index: self.index,
            mac_addresses: self.mac_addresses,
            ports: self.ports,
        }
    }
}
