//! Routes.

use alloc::{collections::TryReserveError, vec::Vec};
use core::net::Ipv4Addr;

/// A route to a network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Route {
    /// An address of the network.
    pub network: Ipv4Addr,
    /// The number of bits that all its addresses have in common, up to 32.
    pub prefix_length: u8,
    /// The router to it, or `None` if its hosts are on the link.
    pub gateway: Option<Ipv4Addr>,
}

impl Route {
    /// The route to the hosts of a network on the link.
    pub(in crate::net) const fn on_link(network: Ipv4Addr, prefix_length: u8) -> Self {
        Self {
            network,
            prefix_length,
            gateway: None,
        }
    }

    /// The route to everything else.
    pub(in crate::net) const fn default_gateway(gateway: Ipv4Addr) -> Self {
        Self {
            network: Ipv4Addr::UNSPECIFIED,
            prefix_length: 0,
            gateway: Some(gateway),
        }
    }

    /// Returns whether it is the route to `address`, if no other one is more specific.
    #[inline]
    pub const fn contains(&self, address: Ipv4Addr) -> bool {
        (self.network.to_bits() ^ address.to_bits()) & mask(self.prefix_length) == 0
    }
}

/// Returns the bits of an address that denote its network.
#[inline]
pub(super) const fn mask(prefix_length: u8) -> u32 {
    match u32::MAX.checked_shl(32_u32.saturating_sub(prefix_length as u32)) {
        Some(mask) => mask,
        None => 0,
    }
}

/// The routes of an interface, the most specific first.
#[derive(Debug, Default)]
pub struct Routes(Vec<Route>);

impl Routes {
    /// Adds a route. Among routes to the same network the first one counts.
    ///
    /// # Errors
    /// Returns an error if memory is exhausted.
    pub fn add(&mut self, route: Route) -> Result<(), TryReserveError> {
        self.0.try_reserve(1)?;
        let index = self
            .0
            .partition_point(|each| each.prefix_length >= route.prefix_length);
        self.0.insert(index, route);
        Ok(())
    }

    /// Removes a route.
    pub fn remove(&mut self, route: Route) {
        if let Some(index) = self.0.iter().position(|each| *each == route) {
            self.0.remove(index);
        }
    }

    /// Removes all routes.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// Returns the host on the link to which packets for `destination` are sent.
    ///
    /// A gateway need not be in a network of the interface: it is reached directly in any case.
    #[inline]
    pub fn next_hop(&self, destination: Ipv4Addr) -> Option<Ipv4Addr> {
        let route = self.0.iter().find(|route| route.contains(destination))?;
        Some(route.gateway.unwrap_or(destination))
    }

    /// Returns whether `address` is on the link: in one of its networks, or a gateway.
    pub fn is_on_link(&self, address: Ipv4Addr) -> bool {
        self.next_hop(address) == Some(address)
            || self.0.iter().any(|route| route.gateway == Some(address))
    }
}
