//! Interfaces with IPv6 beside IPv4.
//!
//! They are a type of their own: an image has the code of IPv6 only if one of its interfaces is.

use super::{Dhcp, DhcpNetwork, Interface, NetworkDevice};
use crate::{
    device::{Device, StartError},
    logger::report,
    net::{InterfaceAddress, Network},
    random::Random,
    time::Clock,
};
use alloc::format;
use core::{cell::RefCell, fmt::Display, net::Ipv6Addr};
use mirage_devices::net::{
    Ipv6Config,
    ip::{Address, DualStack, Families},
    neighbour::Claiming,
};
use mirage_graph::conflict_detection::ConflictDetection;
pub use mirage_graph::ipv6::{Ipv6Gateway, Ipv6InterfaceAddress};

/// The configuration of an interface with IPv6.
#[derive(Debug)]
pub struct Ipv6Interface<A> {
    interface: Interface<A>,
    ipv6: Ipv6,
}

/// A check of a gateway against the address of its interface.
pub(super) type Check = fn(Ipv6InterfaceAddress, Ipv6Addr) -> Result<(), StartError>;

/// The address of IPv6 and its gateway.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ipv6<A = Ipv6InterfaceAddress> {
    pub(super) address: A,
    pub(super) gateway: Option<Ipv6Addr>,
    /// Checks them against each other if they are given at boot. Otherwise an image has no such check.
    pub(super) check: Option<Check>,
    pub(super) conflict_detection: ConflictDetection,
}

impl<A> Ipv6<A> {
    /// Returns the same with another address.
    pub(super) fn with<B>(&self, address: B) -> Ipv6<B> {
        Ipv6 {
            address,
            gateway: self.gateway,
            check: self.check,
            conflict_detection: self.conflict_detection,
        }
    }
}

impl<A> Interface<A> {
    /// Gives the interface an IPv6 address, and the default router of IPv6.
    #[must_use]
    pub fn with_ipv6(
        self,
        address: Ipv6InterfaceAddress,
        gateway: Option<Ipv6Addr>,
    ) -> Ipv6Interface<A> {
        let ipv6 = Ipv6 {
            address,
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

impl<A> Ipv6Interface<A> {
    /// Has the gateway checked when the interface starts, because a value is given at boot.
    #[must_use]
    pub fn checked(mut self) -> Self {
        self.ipv6.check = Some(check_gateway);
        self
    }
}

/// Checks a gateway against the address of its interface.
pub(super) fn check_gateway(
    address: Ipv6InterfaceAddress,
    gateway: Ipv6Addr,
) -> Result<(), StartError> {
    match address.cannot_use(gateway) {
        Some(error) => Err(StartError::with_source("the IPv6 gateway", error)),
        None => Ok(()),
    }
}

/// Returns how the addresses of an interface come into use.
pub(super) const fn claiming(conflict_detection: ConflictDetection) -> Claiming {
    match conflict_detection {
        ConflictDetection::Strict => Claiming::Tentative,
        ConflictDetection::Optimistic => Claiming::Optimistic,
    }
}

impl Ipv6Interface<InterfaceAddress> {
    /// Makes the network that this configuration describes, not yet started.
    pub fn wire(&self, clock: Clock, random: Random) -> DualStackNetwork {
        let network = self.interface.wire(clock, random.clone());
        DualStackNetwork::new(network, self.interface.node, self.ipv6, random)
    }
}

impl<const COUNT: usize> Ipv6Interface<Dhcp<COUNT>> {
    /// Makes the network that this configuration describes, not yet started.
    pub fn wire(&self, clock: Clock, random: Random) -> DhcpNetwork<COUNT, DualStackNetwork> {
        let with_ipv6 = |network| {
            DualStackNetwork::new(network, self.interface.node, self.ipv6, random.clone())
        };
        self.interface.wire_with(clock, random.clone(), with_ipv6)
    }
}

/// A network with IPv4 and IPv6. With the host's sockets on `unix`, the addresses are the host's.
#[derive(Debug)]
pub struct DualStackNetwork {
    network: Network,
    node: &'static str,
    ipv6: Ipv6,
    random: Random,
    /// `None` until it is started.
    families: RefCell<Option<DualStack>>,
}

impl DualStackNetwork {
    fn new(network: Network, node: &'static str, ipv6: Ipv6, random: Random) -> Self {
        Self {
            network,
            node,
            ipv6,
            random,
            families: RefCell::default(),
        }
    }

    /// Adds IPv6 to the stack, which has been started.
    async fn add_ipv6(&self) -> Result<(), StartError> {
        let (network, random) = (&self.network, self.random.clone());
        let keep = |families| {
            self.families.replace(Some(families));
        };
        let ipv6 = self.ipv6;
        ipv6.add_to(network, self.node, random, |families| families, keep)
            .await
    }
}

impl Ipv6 {
    /// Adds the address to a stack, which has been started. `make` makes its address families, and `keep`
    /// keeps them.
    pub(super) async fn add_to<F: Families + Clone>(
        self,
        network: &Network,
        node: &'static str,
        random: Random,
        make: impl FnOnce(DualStack) -> F,
        keep: impl FnOnce(F),
    ) -> Result<(), StartError> {
        let Self {
            address,
            gateway,
            check,
            conflict_detection,
        } = self;
        if let (Some(check), Some(gateway)) = (check, gateway) {
            check(address, gateway)?;
        }
        let Some((stack, _)) = network.stack_and_lease() else {
            return Ok(());
        };
        let config = Ipv6Config {
            address: address.address,
            prefix_length: address.prefix_length,
            gateway,
        };
        let families = make(stack.add_ipv6(config, claiming(conflict_detection), random)?);
        keep(families.clone());
        if conflict_detection == ConflictDetection::Strict {
            network.probe(families).await?;
            if !stack.detected(address.address).await {
                return Err(StartError::new(format!("another host uses {address}")));
            }
        }
        report!("{node} is {address}");
        Ok(())
    }
}

#[diagnostic::do_not_recommend]
impl Device for DualStackNetwork {
    type Output = Network;

    async fn start(&mut self) -> Result<(), StartError> {
        self.network.open()?;
        self.add_ipv6().await
    }

    fn run(&self) -> Option<impl Future<Output = ()> + 'static> {
        self.network.run_with(self.families.borrow().clone()?)
    }

    fn provide(self) -> Network {
        self.network
    }
}

#[diagnostic::do_not_recommend]
impl NetworkDevice for DualStackNetwork {
    fn network(&self) -> &Network {
        &self.network
    }

    fn displayed(peer: Address) -> impl Display {
        peer.to_ip()
    }
}
