//! Routes.

use alloc::{collections::TryReserveError, vec::Vec};
use core::net::{Ipv4Addr, Ipv6Addr};

/// A route to a network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Route<A = Ipv4Addr> {
    /// An address of the network.
    pub network: A,
    /// The number of bits that all its addresses have in common, up to 32 or 128.
    pub prefix_length: u8,
    /// The router to it, or `None` if its hosts are on the link.
    pub gateway: Option<A>,
}

/// An address of a family that has routes.
pub trait RoutedAddress: Copy + Eq {
    /// The address that is no host's.
    const UNSPECIFIED: Self;

    /// Returns whether two addresses have the first `prefix_length` bits in common.
    fn shares_prefix(self, other: Self, prefix_length: u8) -> bool;
}

impl RoutedAddress for Ipv4Addr {
    const UNSPECIFIED: Self = Self::UNSPECIFIED;

    #[inline]
    fn shares_prefix(self, other: Self, prefix_length: u8) -> bool {
        (self.to_bits() ^ other.to_bits()) & mask(prefix_length) == 0
    }
}

impl RoutedAddress for Ipv6Addr {
    const UNSPECIFIED: Self = Self::UNSPECIFIED;

    #[inline]
    fn shares_prefix(self, other: Self, prefix_length: u8) -> bool {
        let differing = (self.to_bits() ^ other.to_bits()).leading_zeros();
        differing >= u32::from(prefix_length)
    }
}

impl<A: RoutedAddress> Route<A> {
    /// The route to the hosts of a network on the link.
    pub(in crate::net) const fn on_link(network: A, prefix_length: u8) -> Self {
        Self {
            network,
            prefix_length,
            gateway: None,
        }
    }

    /// The route to everything else.
    pub(in crate::net) const fn default_gateway(gateway: A) -> Self {
        Self {
            network: A::UNSPECIFIED,
            prefix_length: 0,
            gateway: Some(gateway),
        }
    }

    /// Returns whether it is the route to `address`, if no other one is more specific.
    #[inline]
    pub fn contains(&self, address: A) -> bool {
        self.network.shares_prefix(address, self.prefix_length)
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

/// The routes of an interface in one address family, the most specific first.
#[derive(Debug)]
pub struct Routes<A = Ipv4Addr>(Vec<Route<A>>);

impl<A> Default for Routes<A> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<A: RoutedAddress> Routes<A> {
    /// Adds a route. Among routes to the same network the first one counts.
    ///
    /// # Errors
    /// Returns an error if memory is exhausted.
    pub fn add(&mut self, route: Route<A>) -> Result<(), TryReserveError> {
        self.0.try_reserve(1)?;
        let index = self
            .0
            .partition_point(|each| each.prefix_length >= route.prefix_length);
        self.0.insert(index, route);
        Ok(())
    }

    /// Removes a route.
    pub fn remove(&mut self, route: Route<A>) {
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
    pub fn next_hop(&self, destination: A) -> Option<A> {
        let route = self.0.iter().find(|route| route.contains(destination))?;
        Some(route.gateway.unwrap_or(destination))
    }

    /// Returns whether `address` is on the link: in one of its networks, or a gateway.
    pub fn is_on_link(&self, address: A) -> bool {
        self.next_hop(address) == Some(address)
            || self.0.iter().any(|route| route.gateway == Some(address))
    }
}
