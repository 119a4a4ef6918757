//! IPv6 for an interface.

use super::{
    error::Error,
    ethernet::MIN_IPV6_MTU,
    ip::{Autoconfiguration, Ipv6, Ipv6Only, Route},
    neighbour::{ClaimStatus, Claiming},
    stack::Stack,
};
use crate::{device::StartError, random::Random, time::Instant};
use alloc::{collections::TryReserveError, vec::Vec};
use core::{future::poll_fn, net::Ipv6Addr, task::Poll};

/// IPv6 addresses of an interface, which has a link-local address beside them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ipv6Config {
    /// Its address.
    pub address: Ipv6Addr,
    /// How many leading bits of the address name the network, 0 to 128.
    pub prefix_length: u8,
    /// The router for every address outside the network. It is reached directly, also if it is not
    /// in the network.
    pub gateway: Option<Ipv6Addr>,
}

impl Stack {
    /// Gives the interface IPv6, which it has while it [runs](Self::run) with the address family that this returns,
    /// alone or beside [IPv4](Self::add_ipv4). Its addresses are used at once, or once no other host is found to use them
    /// (RFC 4862, section 5.4).
    ///
    /// # Errors
    /// The MTU is below 1280 bytes, the prefix length is above 128, or memory is exhausted.
    pub fn add_ipv6(
        &self,
        config: Ipv6Config,
        claiming: Claiming,
        random: Random,
    ) -> Result<Ipv6Only, StartError> {
        if config.prefix_length > 128 {
            return Err(StartError::new("the prefix is longer than 128 bits"));
        }
        let now = self.shared.now();
        let mut ipv6 = self.ipv6_layer(now, claiming, random)?;
        if config.address != ipv6.link_local_address() {
            ipv6.add_address(now, config.address, config.prefix_length, claiming)
                .map_err(out_of_memory)?;
        }
        if let Some(gateway) = config.gateway {
            let route = Route::default_gateway(gateway);
            ipv6.routes_mut().add(route).map_err(out_of_memory)?;
        }
        Ok(self.keep_ipv6(ipv6))
    }

    /// Gives the interface, which the log calls `node`, IPv6 with addresses of its own, from the prefixes
    /// that routers advertise (RFC 4862). It has them while it [runs](Self::run) with
    /// [`Autoconfigured`](crate::net::ip::Autoconfigured) address families, which have both that this returns. Its
    /// addresses are used at once, or once no other host is found to use them.
    ///
    /// # Errors
    /// The MTU is below 1280 bytes, or memory is exhausted.
    pub fn autoconfigure_ipv6(
        &self,
        node: &'static str,
        claiming: Claiming,
        random: Random,
    ) -> Result<(Ipv6Only, Autoconfiguration), StartError> {
        let now = self.shared.now();
        let ipv6 = self.ipv6_layer(now, claiming, random.clone())?;
        let state = Autoconfiguration::new(node, now, claiming, random).map_err(out_of_memory)?;
        Ok((self.keep_ipv6(ipv6), state))
    }

    fn keep_ipv6(&self, ipv6: Ipv6) -> Ipv6Only {
        let family = Ipv6Only::new(ipv6);
        self.shared.state.borrow_mut().ipv6 = Some(family.sockets());
        family
    }

    /// Returns the IPv6 layer of the interface, with its link-local address.
    fn ipv6_layer(
        &self,
        now: Instant,
        claiming: Claiming,
        random: Random,
    ) -> Result<Ipv6, StartError> {
        if self.mtu() < MIN_IPV6_MTU {
            return Err(StartError::new("IPv6 needs an MTU of 1280 bytes"));
        }
        let mut ipv6 = Ipv6::new(self.shared.mac_address, random);
        ipv6.add_link_local_address(now, claiming)
            .map_err(out_of_memory)?;
        Ok(ipv6)
    }

    /// Returns IPv6 without addresses, for an interface with both families that uses IPv4 only. Sockets do not use
    /// it.
    pub fn unused_ipv6(&self, random: Random) -> Ipv6Only {
        Ipv6Only::new(Ipv6::new(self.shared.mac_address, random))
    }

    /// Returns the family of [`add_ipv6`](Self::add_ipv6), or `None` if the interface has IPv4 only.
    pub fn ipv6(&self) -> Option<Ipv6Only> {
        let sockets = self.shared.state.borrow().ipv6.clone()?;
        Some(Ipv6Only::for_layer(sockets.layer()))
    }

    /// Waits until it is known whether an IPv6 address of this host may be used. Returns whether it may; if
    /// not, another host uses it, or the link is lost.
    pub async fn detected(&self, address: Ipv6Addr) -> bool {
        let status = poll_fn(|context| {
            let state = &*self.shared.state.borrow();
            match &state.ipv6 {
                Some(ipv6) if !state.link_lost => {
                    ipv6.poll_status(address, ClaimStatus::Tentative, context)
                }
                _ => Poll::Ready(ClaimStatus::Lost),
            }
        });
        status.await == ClaimStatus::Usable
    }

    /// The name servers that routers have advertised; none without SLAAC.
    pub fn ipv6_name_servers(&self) -> Vec<Ipv6Addr> {
        let ipv6 = &self.shared.state.borrow().ipv6;
        ipv6.as_ref()
            .map_or_else(Vec::new, |ipv6| ipv6.name_servers())
    }

    /// The interface's IPv6 address that peers are told; `None` without IPv6.
    pub fn ipv6_address(&self) -> Option<Ipv6Addr> {
        self.shared.state.borrow().ipv6.as_ref()?.address()
    }
}

fn out_of_memory(_: TryReserveError) -> StartError {
    StartError::with_source("an address", Error::OutOfMemory)
}
