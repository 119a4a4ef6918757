//! The addresses of an interface.

use super::{
    ip::{Ip, Route},
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
        ip: &mut Ip,
        now: Instant,
        claiming: (Claiming, Defence),
    ) -> Result<(), TryReserveError> {
        ip.add_address(now, self.address, self.prefix_length, claiming)?;
        match self.gateway {
            Some(gateway) => ip.routes_mut().add(Route::default_gateway(gateway)),
            None => Ok(()),
        }
    }
}
