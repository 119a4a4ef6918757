//! The name servers that routers advertise (RFC 8106).

use super::expiry::Expiry;
use crate::time::Instant;
use alloc::{collections::TryReserveError, vec::Vec};
use core::net::Ipv6Addr;

/// How many name servers are known. None makes room for another one.
const MAX_NAME_SERVERS: usize = 3;

/// The name servers, the first one that was advertised first.
#[derive(Debug)]
pub(super) struct NameServers(Vec<(Ipv6Addr, Expiry)>);

impl NameServers {
    pub(super) fn new() -> Result<Self, TryReserveError> {
        let mut list = Vec::new();
        list.try_reserve_exact(MAX_NAME_SERVERS)?;
        Ok(Self(list))
    }

    /// Notes that name servers may be used for so many seconds.
    pub(super) fn advertise(&mut self, now: Instant, lifetime: u32, servers: &[[u8; 16]]) {
        for &server in servers {
            let server = Ipv6Addr::from_octets(server);
            if server.is_multicast() || server.is_unspecified() || server.is_loopback() {
                continue;
            }
            let expiry = Expiry::after(now, lifetime);
            match self.0.iter().position(|(other, _)| *other == server) {
                Some(index) => self.0[index].1 = expiry,
                None if self.0.len() < MAX_NAME_SERVERS => self.0.push((server, expiry)),
                None => {}
            }
        }
        self.expire(now);
    }

    /// Forgets those whose lifetime is over.
    pub(super) fn expire(&mut self, now: Instant) {
        self.0.retain(|(_, expiry)| !expiry.is_over(now));
    }

    /// Writes them to the list that sockets know. Without memory it is empty.
    pub(super) fn copy_to(&self, list: &mut Vec<Ipv6Addr>) {
        list.clear();
        if list.try_reserve(self.0.len()).is_ok() {
            list.extend(self.0.iter().map(|(server, _)| *server));
        }
    }

    pub(super) fn next_deadline(&self) -> Option<Instant> {
        let expiries = self.0.iter().map(|(_, expiry)| *expiry);
        expiries.filter_map(Expiry::deadline).min()
    }
}
