//! Interfaces whose IPv6 addresses follow from what routers advertise.
//!
//! They are a type of their own: an image has the code of SLAAC only if one of its interfaces is.

use super::{
    Dhcp, DhcpNetwork, Interface, NetworkDevice,
    ipv6::{Ipv6, check_gateway, claiming},
};
use crate::{
    device::{Device, StartError},
    executor::spawn,
    net::{InterfaceAddress, Network},
    random::Random,
    time::Clock,
};
use alloc::rc::Rc;
use core::{cell::RefCell, fmt::Display, net::Ipv6Addr};
use mirage_devices::net::ip::{Address, Autoconfigured};
use mirage_graph::ipv6::Ipv6InterfaceAddress;

/// The configuration of an interface with SLAAC (RFC 4862), unless an address is given at boot.
#[derive(Debug)]
pub struct SlaacInterface<A> {
    pub(super) interface: Interface<A>,
    pub(super) ipv6: Ipv6<Option<Ipv6InterfaceAddress>>,
}

impl<A> Interface<A> {
    /// Gives the interface IPv6 addresses in the networks that routers advertise, or `address` and the
    /// default router `gateway`.
    #[must_use]
    pub fn with_slaac(
        self,
        address: Option<Ipv6InterfaceAddress>,
        gateway: Option<Ipv6Addr>,
    ) -> SlaacInterface<A> {
        let ipv6 = Ipv6 {
            address,
            gateway,
            check: None,
            conflict_detection: self.conflict_detection,
        };
        SlaacInterface {
            interface: self,
            ipv6,
        }
    }
}

impl<A> SlaacInterface<A> {
    /// Has the gateway checked when the interface starts, because a value is given at boot.
    #[must_use]
    pub fn checked(mut self) -> Self {
        self.ipv6.check = Some(check_gateway);
        self
    }
}

impl SlaacInterface<InterfaceAddress> {
    /// Makes the network that this configuration describes, not yet started.
    pub fn wire(&self, clock: Clock, random: Random) -> SlaacNetwork<AutoconfiguredNetwork> {
        let network = self.interface.wire(clock, random.clone());
        self.awaited(random, |autoconfigured| autoconfigured(network))
    }
}

impl<const COUNT: usize> SlaacInterface<Dhcp<COUNT>> {
    /// Makes the network that this configuration describes, not yet started.
    pub fn wire(
        &self,
        clock: Clock,
        random: Random,
    ) -> SlaacNetwork<DhcpNetwork<COUNT, AutoconfiguredNetwork>> {
        let interface = &self.interface;
        self.awaited(random.clone(), |autoconfigured| {
            interface.wire_with(clock, random, autoconfigured)
        })
    }
}

impl<A> SlaacInterface<A> {
    fn awaited<N>(
        &self,
        random: Random,
        make: impl FnOnce(&dyn Fn(Network) -> AutoconfiguredNetwork) -> N,
    ) -> SlaacNetwork<N> {
        let families = Rc::new(RefCell::default());
        let network = make(&|network| AutoconfiguredNetwork {
            network,
            node: self.interface.node,
            ipv6: self.ipv6,
            random: random.clone(),
            families: Rc::clone(&families),
        });
        SlaacNetwork { network, families }
    }
}

/// The address families of an interface; `None` until it is started.
type Families = Rc<RefCell<Option<Autoconfigured>>>;

/// A network with IPv4, and with IPv6 that configures itself. It has started when routers are asked.
#[derive(Debug)]
pub struct AutoconfiguredNetwork {
    network: Network,
    node: &'static str,
    ipv6: Ipv6<Option<Ipv6InterfaceAddress>>,
    random: Random,
    families: Families,
}

impl AutoconfiguredNetwork {
    /// Adds IPv6 to the stack, which has been started.
    async fn add_ipv6(&self) -> Result<(), StartError> {
        let Some((stack, _)) = self.network.stack_and_lease() else {
            return Ok(());
        };
        let (network, random) = (&self.network, self.random.clone());
        if let Some(address) = self.ipv6.address {
            let ipv6 = self.ipv6.with(address);
            let make = Autoconfigured::with_static_addresses;
            return ipv6
                .add_to(network, self.node, random, make, |families| {
                    self.families.replace(Some(families));
                })
                .await;
        }
        let claiming = claiming(self.ipv6.conflict_detection);
        let families = stack.autoconfigure_ipv6(self.node, claiming, random)?;
        self.families.replace(Some(families.clone()));
        self.network.probe(families).await
    }
}

#[diagnostic::do_not_recommend]
impl Device for AutoconfiguredNetwork {
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
impl NetworkDevice for AutoconfiguredNetwork {
    fn network(&self) -> &Network {
        &self.network
    }

    fn displayed(peer: Address) -> impl Display {
        peer.to_ip()
    }
}

/// A network whose IPv6 addresses follow from what routers advertise. It has started when it has one. Until
/// then it asks, without a time limit: a router may start later. With the host's sockets on `unix`, or an
/// address that is given at boot, it does not ask.
#[derive(Debug)]
pub struct SlaacNetwork<N> {
    network: N,
    families: Families,
}

#[diagnostic::do_not_recommend]
impl<N: NetworkDevice> Device for SlaacNetwork<N> {
    type Output = Network;

    async fn start(&mut self) -> Result<(), StartError> {
        // An address of IPv4 is leased meanwhile.
        self.network.start().await?;
        if let Some(work) = self.network.run() {
            spawn(work);
        }
        let families = self.families.borrow().clone();
        if let Some(families) = families {
            families.acquired().await;
        }
        Ok(())
    }

    fn stop(&self) -> Option<impl Future<Output = ()> + 'static> {
        self.network.stop()
    }

    fn provide(self) -> Network {
        self.network.provide()
    }
}

#[diagnostic::do_not_recommend]
impl<N: NetworkDevice> NetworkDevice for SlaacNetwork<N> {
    fn network(&self) -> &Network {
        self.network.network()
    }

    fn displayed(peer: Address) -> impl Display {
        N::displayed(peer)
    }
}
