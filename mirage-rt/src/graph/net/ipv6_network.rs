//! The network of an interface with IPv6.

use super::{NetworkDevice, ipv4::BesideIpv6, ipv6_config::Ipv6, ipv6_source::Ipv6Source};
use crate::{
    device::{Device, StartError},
    net::Network,
    random::Random,
};
use core::{cell::RefCell, fmt::Display};
use mirage_devices::net::ip::Address;

/// A network with IPv6, whose addresses have the source `S`, and with `B` beside it. With the host's sockets on
/// `unix`, the addresses are the host's.
#[derive(Debug)]
pub struct Ipv6Network<B: BesideIpv6, S: Ipv6Source> {
    network: Network,
    ipv6: Ipv6<S>,
    random: Random,
    /// `None` until it is started.
    families: RefCell<Option<S::Families<B::Families>>>,
}

impl<B: BesideIpv6, S: Ipv6Source> Ipv6Network<B, S> {
    pub(super) fn new(network: Network, ipv6: Ipv6<S>, random: Random) -> Self {
        Self {
            network,
            ipv6,
            random,
            families: RefCell::default(),
        }
    }
}

#[diagnostic::do_not_recommend]
impl<B: BesideIpv6, S: Ipv6Source> Device for Ipv6Network<B, S> {
    type Output = Network;

    async fn start(&mut self) -> Result<(), StartError> {
        self.network.open()?;
        let Some((stack, _)) = self.network.stack_and_lease() else {
            return Ok(());
        };
        let keep = |families| {
            self.families.replace(Some(families));
        };
        let random = self.random.clone();
        S::add_to::<B>(&self.ipv6, &self.network, stack, random, keep).await
    }

    fn run(&self) -> Option<impl Future<Output = ()> + 'static> {
        self.network.run_with(self.families.borrow().clone()?)
    }

    fn provide(self) -> Network {
        self.network
    }
}

#[diagnostic::do_not_recommend]
impl<B: BesideIpv6, S: Ipv6Source> NetworkDevice for Ipv6Network<B, S> {
    fn network(&self) -> &Network {
        &self.network
    }

    fn displayed(peer: Address) -> impl Display {
        peer.to_ip()
    }
}
