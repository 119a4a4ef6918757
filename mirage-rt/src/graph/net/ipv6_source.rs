//! The sources of the IPv6 addresses of an interface.

use super::{
    NetworkDevice,
    ipv4::BesideIpv6,
    ipv6_config::{Ipv6, claiming},
    slaac::SlaacNetwork,
};
use crate::{device::StartError, executor::spawn, logger::report, net::Network, random::Random};
use alloc::format;
use core::fmt::Debug;
use mirage_devices::net::{
    Ipv6Config, Stack,
    ip::{Autoconfigured, Families, Ipv6Families},
};
use mirage_graph::{
    conflict_detection::ConflictDetection, ip_family::IpFamily, ipv6::Ipv6InterfaceAddress,
};

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

    async fn add_to<B: BesideIpv6>(
        ipv6: &Ipv6<Self>,
        network: &Network,
        stack: &Stack,
        random: Random,
        keep: impl FnOnce(B::Families),
    ) -> Result<(), StartError> {
        let address = ipv6.source.0;
        add_address::<B, _>(
            ipv6,
            address,
            network,
            stack,
            random,
            |families| families,
            keep,
        )
        .await
    }
}

impl Ipv6Source for Slaac {
    type Families<F: Ipv6Families + Debug> = Autoconfigured<F>;
    type Started<N: NetworkDevice> = SlaacNetwork<N>;

    fn started<N: NetworkDevice>(network: N) -> SlaacNetwork<N> {
        SlaacNetwork { network }
    }

    async fn add_to<B: BesideIpv6>(
        ipv6: &Ipv6<Self>,
        network: &Network,
        stack: &Stack,
        random: Random,
        keep: impl FnOnce(Autoconfigured<B::Families>),
    ) -> Result<(), StartError> {
        if let Some(address) = ipv6.source.instead {
            let make = Autoconfigured::with_static_addresses;
            return add_address::<B, _>(ipv6, address, network, stack, random, make, keep).await;
        }
        if ipv6.only == Some(IpFamily::V4) {
            let make = Autoconfigured::with_static_addresses;
            return add_ipv4::<B, _>(network, stack, random, make, keep).await;
        }
        let beside = beside::<B>(ipv6.only, network, stack, &random)?;
        let claiming = claiming(ipv6.conflict_detection);
        let (family, state) = stack.autoconfigure_ipv6(network.node(), claiming, random)?;
        let families = Autoconfigured::new(beside.with(family, ipv6.only), state);
        keep(families.clone());
        probe::<B>(ipv6.only, network, families).await
    }
}

/// Adds what an interface has beside IPv6, unless it is not used.
fn beside<B: BesideIpv6>(
    only: Option<IpFamily>,
    network: &Network,
    stack: &Stack,
    random: &Random,
) -> Result<B, StartError> {
    match only {
        Some(IpFamily::V6) => Ok(B::unused(stack, random.clone())),
        _ => B::add_to(network),
    }
}

/// Waits until the static IPv4 address has been probed, unless it is not used.
async fn probe<B: BesideIpv6>(
    only: Option<IpFamily>,
    network: &Network,
    families: impl Families,
) -> Result<(), StartError> {
    match only {
        Some(IpFamily::V6) => Ok(()),
        _ => B::probe(network, families).await,
    }
}

/// Adds what an interface has beside IPv6, which is not used.
async fn add_ipv4<B: BesideIpv6, F: Families>(
    network: &Network,
    stack: &Stack,
    random: Random,
    make: impl FnOnce(B::Families) -> F,
    keep: impl FnOnce(F),
) -> Result<(), StartError> {
    let beside = B::add_to(network)?;
    let families = make(beside.with(stack.unused_ipv6(random), Some(IpFamily::V4)));
    keep(families.clone());
    B::probe(network, families).await
}

/// Adds an address to a stack. `make` makes its address families, and `keep` keeps them.
async fn add_address<B: BesideIpv6, F: Families>(
    ipv6: &Ipv6<impl Ipv6Source>,
    address: Ipv6InterfaceAddress,
    network: &Network,
    stack: &Stack,
    random: Random,
    make: impl FnOnce(B::Families) -> F,
    keep: impl FnOnce(F),
) -> Result<(), StartError> {
    if ipv6.only == Some(IpFamily::V4) {
        return add_ipv4::<B, F>(network, stack, random, make, keep).await;
    }
    if let (Some(check), Some(gateway)) = (ipv6.check, ipv6.gateway) {
        check(address, gateway)?;
    }
    let beside = beside::<B>(ipv6.only, network, stack, &random)?;
    let config = Ipv6Config {
        address: address.address,
        prefix_length: address.prefix_length,
        gateway: ipv6.gateway,
    };
    let family = stack.add_ipv6(config, claiming(ipv6.conflict_detection), random)?;
    let families = make(beside.with(family, ipv6.only));
    keep(families.clone());
    if ipv6.conflict_detection == ConflictDetection::Strict {
        // The network asks whether another host has the address.
        if let Some(work) = network.run_with(families.clone()) {
            spawn(work);
        }
        probe::<B>(ipv6.only, network, families).await?;
        if !stack.detected(address.address).await {
            return Err(StartError::new(format!("another host uses {address}")));
        }
    }
    report!("{} is {address}", network.node());
    Ok(())
}
