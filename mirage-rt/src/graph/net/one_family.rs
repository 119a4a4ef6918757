//! Interfaces with both address families, of which a boot may use only one.
//!
//! They are a type of their own, so that an image in which both are always used has nothing of this.

use super::NetworkDevice;
use super::{ipv4::BesideIpv6, ipv6_config::Ipv6, ipv6_source::Ipv6Source};
use crate::{device::StartError, executor::spawn, net::Network, random::Random};
use core::fmt::Debug;
use mirage_devices::net::{
    Stack,
    ip::{Families, Family, Ipv6Families, Ipv6Only},
};
use mirage_graph::ip_family::IpFamily;

/// The source `S` of the IPv6 addresses of an interface, which may use only one of its families.
#[derive(Debug, Clone, Copy)]
pub struct OneFamily<S> {
    pub(super) source: S,
    /// The only family that is used in this boot.
    pub(super) only: Option<IpFamily>,
}

impl<S: Ipv6Source> Ipv6Source for OneFamily<S> {
    type Families<F: Ipv6Families + Debug> = S::Families<F>;
    type Started<N: NetworkDevice> = S::Started<N>;

    fn started<N: NetworkDevice>(network: N) -> S::Started<N> {
        S::started(network)
    }

    fn with_static_addresses<F: Ipv6Families + Debug>(families: F) -> S::Families<F> {
        S::with_static_addresses(families)
    }

    fn uses_ipv4(self) -> bool {
        self.only != Some(IpFamily::V6)
    }

    async fn add_to<B: BesideIpv6>(
        ipv6: &Ipv6<Self>,
        network: &Network,
        stack: &Stack,
        random: Random,
        keep: impl FnOnce(S::Families<B::Families>),
    ) -> Result<(), StartError> {
        let inner = ipv6.with(ipv6.source.source);
        match ipv6.source.only {
            None => S::add_to::<B>(&inner, network, stack, random, keep).await,
            Some(IpFamily::V6) => {
                S::add_to::<Unused<B>>(&inner, network, stack, random, keep).await
            }
            Some(IpFamily::V4) => {
                let beside = B::add_to(network)?;
                let ipv6 = stack.unused_ipv6(random);
                let families = S::with_static_addresses(beside.with_only(ipv6, Family::V4));
                keep(families.clone());
                B::probe(network, families).await
            }
        }
    }
}

/// What an interface has beside IPv6, but does not use in this boot.
#[derive(Debug)]
struct Unused<B>(B);

impl<B: BesideIpv6> BesideIpv6 for Unused<B> {
    type Families = B::Families;

    fn add_to(network: &Network) -> Result<Self, StartError> {
        B::unused(network).map(Self)
    }

    fn unused(network: &Network) -> Result<Self, StartError> {
        Self::add_to(network)
    }

    fn with(self, ipv6: Ipv6Only) -> B::Families {
        self.with_only(ipv6, Family::V6)
    }

    fn with_only(self, ipv6: Ipv6Only, only: Family) -> B::Families {
        self.0.with_only(ipv6, only)
    }

    async fn probe(network: &Network, families: impl Families) -> Result<(), StartError> {
        if let Some(work) = network.run_with(families) {
            spawn(work);
        }
        Ok(())
    }
}
