//! The sources of the IPv6 addresses of an interface.

use super::{
    NetworkDevice,
    ipv4::BesideIpv6,
    ipv6_config::{Ipv6, claiming},
    slaac::SlaacNetwork,
};
use crate::{device::StartError, logger::report, net::Network, random::Random};
use alloc::format;
use core::fmt::Debug;
use mirage_devices::net::{
    Ipv6Config, Stack,
    ip::{Autoconfigured, Families, Ipv6Families},
};
use mirage_graph::{conflict_detection::ConflictDetection, ipv6::Ipv6InterfaceAddress};

/// The configured address of an interface.
#[derive(Debug, Clone, Copy)]
pub struct Static(pub(super) Ipv6InterfaceAddress);

/// Routers advertise the networks of an interface, unless an address is given at boot.
#[derive(Debug, Clone, Copy)]
pub struct Slaac {
    /// The address that is given.
    pub(super) instead: Option<Ipv6InterfaceAddress>,
}

/// The source of the IPv6 addresses of an interface.
pub trait Ipv6Source: Debug + Copy + 'static {
    /// The address families of the interface, if they are `F` with static addresses.
    type Families<F: Ipv6Families + Debug>: Families + Debug;

    /// The network that has started when it has an address, if `N` has started before.
    type Started<N: NetworkDevice>: NetworkDevice;

    /// Returns the network that has started when it has an address.
    fn started<N: NetworkDevice>(network: N) -> Self::Started<N>;

    /// Returns address families with static addresses.
    fn with_static_addresses<F: Ipv6Families + Debug>(families: F) -> Self::Families<F>;

    /// Returns whether the interface uses IPv4 if it has it.
    fn uses_ipv4(self) -> bool {
        true
    }

    /// Adds the families to the stack of a network. `keep` is called with them before they are waited for.
    fn add_to<B: BesideIpv6>(
        ipv6: &Ipv6<Self>,
        network: &Network,
        stack: &Stack,
        random: Random,
        keep: impl FnOnce(Self::Families<B::Families>),
    ) -> impl Future<Output = Result<(), StartError>>;
}

impl Ipv6Source for Static {
    type Families<F: Ipv6Families + Debug> = F;
    type Started<N: NetworkDevice> = N;

    fn started<N: NetworkDevice>(network: N) -> N {
        network
    }

    fn with_static_addresses<F: Ipv6Families + Debug>(families: F) -> F {
        families
    }

    async fn add_to<B: BesideIpv6>(
        ipv6: &Ipv6<Self>,
        network: &Network,
        stack: &Stack,
        random: Random,
        keep: impl FnOnce(B::Families),
    ) -> Result<(), StartError> {
        let address = ipv6.source.0;
        add_address::<B, _>(ipv6, address, network, stack, random, keep).await
    }
}

impl Ipv6Source for Slaac {
    type Families<F: Ipv6Families + Debug> = Autoconfigured<F>;
    type Started<N: NetworkDevice> = SlaacNetwork<N>;

    fn started<N: NetworkDevice>(network: N) -> SlaacNetwork<N> {
        SlaacNetwork { network }
    }

    fn with_static_addresses<F: Ipv6Families + Debug>(families: F) -> Autoconfigured<F> {
        Autoconfigured::with_static_addresses(families)
    }

    async fn add_to<B: BesideIpv6>(
        ipv6: &Ipv6<Self>,
        network: &Network,
        stack: &Stack,
        random: Random,
        keep: impl FnOnce(Autoconfigured<B::Families>),
    ) -> Result<(), StartError> {
        if let Some(address) = ipv6.source.instead {
            return add_address::<B, _>(ipv6, address, network, stack, random, keep).await;
        }
        let beside = B::add_to(network)?;
        let claiming = claiming(ipv6.conflict_detection);
        let (family, state) = stack.autoconfigure_ipv6(network.node(), claiming, random)?;
        let families = Autoconfigured::new(beside.with(family), state);
        keep(families.clone());
        B::probe(network, families).await
    }
}

/// Adds an address to a stack. `keep` keeps its address families.
async fn add_address<B: BesideIpv6, S: Ipv6Source>(
    ipv6: &Ipv6<S>,
    address: Ipv6InterfaceAddress,
    network: &Network,
    stack: &Stack,
    random: Random,
    keep: impl FnOnce(S::Families<B::Families>),
) -> Result<(), StartError> {
    if let (Some(check), Some(gateway)) = (ipv6.check, ipv6.gateway) {
        check(address, gateway)?;
    }
    let beside = B::add_to(network)?;
    let config = Ipv6Config {
        address: address.address,
        prefix_length: address.prefix_length,
        gateway: ipv6.gateway,
    };
    let family = stack.add_ipv6(config, claiming(ipv6.conflict_detection), random)?;
    let families = S::with_static_addresses(beside.with(family));
    keep(families.clone());
    if ipv6.conflict_detection == ConflictDetection::Strict {
        // The network asks whether another host has the address.
        B::probe(network, families).await?;
        if !stack.detected(address.address).await {
            return Err(StartError::new(format!("another host uses {address}")));
        }
    }
    report!("{} is {address}", network.node());
    Ok(())
}
