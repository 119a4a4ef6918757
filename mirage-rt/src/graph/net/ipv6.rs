//! Interfaces with IPv6, alone or beside IPv4.
//!
//! They are types of their own: an image has the code of IPv6, and that of SLAAC, only if one of its interfaces has.

use super::{
    Dhcp, DhcpNetwork, Interface, NetworkConfiguration, NetworkDevice,
    ipv4::WithoutIpv4,
    ipv6_config::Ipv6,
    ipv6_network::Ipv6Network,
    ipv6_source::{Ipv6Source, Slaac, Static},
    one_family::OneFamily,
};
use crate::{
    device::StartError,
    net::{InterfaceAddress, Network},
    random::Random,
    time::Clock,
};
use core::net::Ipv6Addr;
use mirage_devices::net::ip::Ipv4Only;
use mirage_graph::ip_family::IpFamily;
pub use mirage_graph::ipv6::{Ipv6Gateway, Ipv6InterfaceAddress};

/// The configuration of an interface with IPv6. `A` is its IPv4 address, [`Dhcp`] or [`WithoutIpv4`], and `S` the
/// source of its IPv6 addresses.
#[derive(Debug)]
pub struct Ipv6Interface<A, S = Static> {
    interface: Interface<A>,
    ipv6: Ipv6<S>,
}

impl<A> Interface<A> {
    /// Gives the interface an IPv6 address, and the default router of IPv6.
    #[must_use]
    pub fn with_ipv6(
        self,
        address: Ipv6InterfaceAddress,
        gateway: Option<Ipv6Addr>,
    ) -> Ipv6Interface<A> {
        self.with_source(Static(address), gateway)
    }

    /// Gives the interface IPv6 addresses in the networks that routers advertise (RFC 4862), or `address` and the
    /// default router `gateway`.
    #[must_use]
    pub fn with_slaac(
        self,
        address: Option<Ipv6InterfaceAddress>,
        gateway: Option<Ipv6Addr>,
    ) -> Ipv6Interface<A, Slaac> {
        self.with_source(Slaac { instead: address }, gateway)
    }

    fn with_source<S>(self, source: S, gateway: Option<Ipv6Addr>) -> Ipv6Interface<A, S> {
        let ipv6 = Ipv6 {
            source,
            gateway,
            check: None,
            conflict_detection: self.conflict_detection,
        };
        Ipv6Interface {
            interface: self,
            ipv6,
        }
    }
}

impl<A, S> Ipv6Interface<A, S> {
    /// Has the gateway checked when the interface starts, because a value is given at boot.
    #[must_use]
    pub fn checked(mut self) -> Self {
        self.ipv6.check = Some(check_gateway);
        self
    }

    /// Has only one of both families used, if it is not `None`.
    #[must_use]
    pub fn with_only(self, only: Option<IpFamily>) -> Ipv6Interface<A, OneFamily<S>>
    where
        S: Copy,
    {
        let source = OneFamily {
            source: self.ipv6.source,
            only,
        };
        Ipv6Interface {
            interface: self.interface,
            ipv6: self.ipv6.with(source),
        }
    }
}

/// Checks a gateway against the address of its interface.
fn check_gateway(address: Ipv6InterfaceAddress, gateway: Ipv6Addr) -> Result<(), StartError> {
    match address.cannot_use(gateway) {
        Some(error) => Err(StartError::with_source("the IPv6 gateway", error)),
        None => Ok(()),
    }
}

/// The IPv4 side of an interface with IPv6: an address, [`Dhcp`] or [`WithoutIpv4`].
pub trait Ipv4Side: Sized {
    /// The network of an interface whose IPv6 addresses have the source `S`.
    type Network<S: Ipv6Source>: NetworkDevice;

    /// Makes the network of an interface with this IPv6, not yet started.
    fn network<S: Ipv6Source>(
        interface: &Interface<Self>,
        ipv6: Ipv6<S>,
        clock: Clock,
        random: Random,
    ) -> Self::Network<S>;
}

impl Ipv4Side for InterfaceAddress {
    type Network<S: Ipv6Source> = Ipv6Network<Ipv4Only, S>;

    fn network<S: Ipv6Source>(
        interface: &Interface<Self>,
        ipv6: Ipv6<S>,
        clock: Clock,
        random: Random,
    ) -> Self::Network<S> {
        let has_ipv4 = ipv6.source.uses_ipv4();
        let config = interface.config_with(Some(interface.address), has_ipv4);
        let network = Network::new(config, clock, random.clone());
        Ipv6Network::new(network, ipv6, random)
    }
}

impl Ipv4Side for WithoutIpv4 {
    type Network<S: Ipv6Source> = Ipv6Network<Self, S>;

    fn network<S: Ipv6Source>(
        interface: &Interface<Self>,
        ipv6: Ipv6<S>,
        clock: Clock,
        random: Random,
    ) -> Self::Network<S> {
        let network = Network::new(interface.config_with(None, false), clock, random.clone());
        Ipv6Network::new(network, ipv6, random)
    }
}

impl<const COUNT: usize> Ipv4Side for Dhcp<COUNT> {
    type Network<S: Ipv6Source> = DhcpNetwork<COUNT, Ipv6Network<Ipv4Only, S>>;

    fn network<S: Ipv6Source>(
        interface: &Interface<Self>,
        ipv6: Ipv6<S>,
        clock: Clock,
        random: Random,
    ) -> Self::Network<S> {
        let with_ipv6 = |network| Ipv6Network::new(network, ipv6, random.clone());
        let uses_ipv4 = ipv6.source.uses_ipv4();
        interface.wire_with(clock, random.clone(), uses_ipv4, with_ipv6)
    }
}

impl<A: Ipv4Side, S: Ipv6Source> NetworkConfiguration for Ipv6Interface<A, S> {
    type Network = S::Started<A::Network<S>>;

    fn network(&self, clock: Clock, random: Random) -> Self::Network {
        S::started(A::network(&self.interface, self.ipv6, clock, random))
    }
}

impl<A: Ipv4Side, S: Ipv6Source> Ipv6Interface<A, S> {
    /// Makes the network that this configuration describes, not yet started.
    pub fn wire(&self, clock: Clock, random: Random) -> <Self as NetworkConfiguration>::Network {
        self.network(clock, random)
    }
}
