//! The addresses of an interface.

use core::net::Ipv4Addr;
use smoltcp::{
    iface::Interface,
    wire::{IpCidr, Ipv4Cidr},
};

/// Addresses of an interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StackConfig {
    /// Its IPv4 address.
    pub address: Ipv4Addr,
    /// How many leading bits of the address name the network, 0 to 32.
    pub prefix_length: u8,
    /// The router for every address outside the network.
    pub gateway: Option<Ipv4Addr>,
}

impl StackConfig {
    /// The address with its network.
    pub(super) fn network(&self) -> Ipv4Cidr {
        Ipv4Cidr::new(self.address, self.prefix_length)
    }

    /// Gives them to an interface that has none.
    pub(super) fn give(&self, interface: &mut Interface) {
        interface.update_ip_addrs(|addresses| {
            // An interface has room for two, and this is its first.
            let _ = addresses.push(IpCidr::Ipv4(self.network()));
        });
        if let Some(gateway) = self.gateway {
            // Likewise the first route.
            let _ = interface.routes_mut().add_default_ipv4_route(gateway);
        }
    }
}
