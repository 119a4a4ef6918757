//! The addresses of an interface.

use super::{
    ip::{Ip, Ipv4, Route},
    neighbour::{Claiming, Defence},
};
use crate::time::Instant;
use alloc::collections::TryReserveError;
use core::net::Ipv4Addr;

/// Addresses of an interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StackConfig {
    /// Its IPv4 address.
    pub address: Ipv4Addr,
    /// How many leading bits of the address name the network, 0 to 32.
    pub prefix_length: u8,
    /// The router for every address outside the network. It is reached directly, also if it is not
    /// in the network.
    pub gateway: Option<Ipv4Addr>,
}

impl StackConfig {
    /// Adds them to an interface.
    pub(super) fn add_to(
        &self,
        ipv4: &mut Ipv4,
        ip: &mut Ip,
        now: Instant,
        claiming: (Claiming, Defence),
    ) -> Result<(), TryReserveError> {
        let address = (self.address, self.prefix_length);
        ipv4.add_address(ip, now, address, claiming)?;
        match self.gateway {
            Some(gateway) => ipv4.routes_mut(ip).add(Route::default_gateway(gateway)),
            None => Ok(()),
        }
    }
}
