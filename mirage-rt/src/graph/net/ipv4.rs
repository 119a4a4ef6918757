//! The IPv4 of an interface with IPv6, or its absence.
//!
//! It is a type, so that an image whose interfaces have IPv6 only has nothing of IPv4.

use crate::{device::StartError, net::Network, random::Random};
use core::fmt::Debug;
use mirage_devices::net::{
    Stack,
    ip::{DualStack, Families, Family, Ipv4Only, Ipv6Families, Ipv6Only},
};
use mirage_graph::ip_family::IpFamily;

/// The interface has no IPv4.
#[derive(Debug, Clone, Copy)]
pub struct WithoutIpv4;

/// What an interface with IPv6 has beside it.
pub trait BesideIpv6: Debug + Sized + 'static {
    /// The address families that it has then.
    type Families: Ipv6Families + Debug;

    /// Adds it to the stack of a network.
    ///
    /// # Errors
    /// Returns an error if the network is not started or memory is exhausted.
    fn add_to(network: &Network) -> Result<Self, StartError>;

    /// Returns both families, of which only one is used if `only` is not `None`.
    fn with(self, ipv6: Ipv6Only, only: Option<IpFamily>) -> Self::Families;

    /// Returns what stands for it if it is not used.
    fn unused(stack: &Stack, random: Random) -> Self;

    /// Waits until the static IPv4 address has been probed, if it must not be used before.
    fn probe(
        network: &Network,
        families: impl Families,
    ) -> impl Future<Output = Result<(), StartError>>;
}

impl BesideIpv6 for Ipv4Only {
    type Families = DualStack;

    fn add_to(network: &Network) -> Result<Self, StartError> {
        let added = network.add_ipv4()?;
        added.ok_or_else(|| StartError::new("the network is not started"))
    }

    fn with(self, ipv6: Ipv6Only, only: Option<IpFamily>) -> DualStack {
        DualStack::new(self, ipv6).with_only(only.map(|family| match family {
            IpFamily::V4 => Family::V4,
            IpFamily::V6 => Family::V6,
        }))
    }

    fn unused(stack: &Stack, random: Random) -> Self {
        stack.unused_ipv4(random)
    }

    async fn probe(network: &Network, families: impl Families) -> Result<(), StartError> {
        network.probe(families).await
    }
}

impl BesideIpv6 for WithoutIpv4 {
    type Families = Ipv6Only;

    fn add_to(_network: &Network) -> Result<Self, StartError> {
        Ok(Self)
    }

    fn with(self, ipv6: Ipv6Only, _only: Option<IpFamily>) -> Ipv6Only {
        ipv6
    }

    fn unused(_stack: &Stack, _random: Random) -> Self {
        Self
    }

    async fn probe(_network: &Network, _families: impl Families) -> Result<(), StartError> {
        Ok(())
    }
}
