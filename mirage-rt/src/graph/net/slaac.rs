//! The start of interfaces whose IPv6 addresses follow from what routers advertise.

use super::NetworkDevice;
use crate::{
    device::{Device, StartError},
    executor::spawn,
    net::Network,
};
use core::fmt::Display;
use mirage_devices::net::ip::Address;

/// A network whose IPv6 addresses follow from what routers advertise. It has started when it has one. Until
/// then it asks, without a time limit: a router may start later. With the host's sockets on `unix`, or an
/// address that is given at boot, it does not ask.
#[derive(Debug)]
pub struct SlaacNetwork<N> {
    pub(super) network: N,
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
        let stack = self.network.network().stack_and_lease();
        if let Some(ipv6) = stack.and_then(|(stack, _)| stack.ipv6()) {
            ipv6.acquired().await;
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
