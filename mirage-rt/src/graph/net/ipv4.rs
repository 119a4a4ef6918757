//! The IPv4 of an interface with IPv6, or its absence.
//!
//! It is a type, so that an image whose interfaces have IPv6 only has nothing of IPv4.

use crate::{device::StartError, executor::spawn, net::Network};
use core::fmt::Debug;
use mirage_devices::net::ip::{DualStack, Families, Family, Ipv4Only, Ipv6Families, Ipv6Only};

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

    /// Returns what stands for it if it is not used in this boot.
    ///
    /// # Errors
    /// Returns an error if the network is not started.
    fn unused(network: &Network) -> Result<Self, StartError>;

    /// Returns both families.
    fn with(self, ipv6: Ipv6Only) -> Self::Families;

    /// Returns both families, of which only one is used.
    fn with_only(self, ipv6: Ipv6Only, only: Family) -> Self::Families;

    /// Has the network run if an address must be probed before it is used, and waits until that of IPv4 has been.
    fn probe(
        network: &Network,
        families: impl Families,
    ) -> impl Future<Output = Result<(), StartError>>;
}

impl BesideIpv6 for Ipv4Only {
    type Families = DualStack;

    fn add_to(network: &Network) -> Result<Self, StartError> {
        let added = network.add_ipv4()?;
        added.ok_or_else(not_started)
    }

    fn unused(network: &Network) -> Result<Self, StartError> {
        let stack = network.stack_and_lease();
        let (stack, _) = stack.ok_or_else(not_started)?;
        Ok(stack.unused_ipv4(network.random()))
    }

    fn with(self, ipv6: Ipv6Only) -> DualStack {
        DualStack::new(self, ipv6)
    }

    fn with_only(self, ipv6: Ipv6Only, only: Family) -> DualStack {
        DualStack::new(self, ipv6).with_only(only)
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

    fn unused(_network: &Network) -> Result<Self, StartError> {
        Ok(Self)
    }

    fn with(self, ipv6: Ipv6Only) -> Ipv6Only {
        ipv6
    }

    fn with_only(self, ipv6: Ipv6Only, _only: Family) -> Ipv6Only {
        ipv6
    }

    async fn probe(network: &Network, families: impl Families) -> Result<(), StartError> {
        if let Some(work) = network.run_with(families) {
            spawn(work);
        }
        Ok(())
    }
}

fn not_started() -> StartError {
    StartError::new("the network is not started")
}
