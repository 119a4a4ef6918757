//! The addresses of an interface.

use super::routes::mask;
use crate::{
    net::{
        drops::DropReason,
        link::Transmit,
        neighbour::{Arp, Claim, Conflict},
    },
    time::Instant,
};
use alloc::{collections::TryReserveError, vec::Vec};
use core::net::Ipv4Addr;

/// An address of this host.
#[derive(Debug)]
struct LocalAddress {
    address: Ipv4Addr,
    /// The directed broadcast address of its network, or 255.255.255.255 if that has no more than two
    /// addresses (RFC 3021).
    broadcast: Ipv4Addr,
    prefix_len: u8,
    claim: Claim,
}

impl LocalAddress {
    fn is_usable(&self) -> bool {
        self.claim.is_usable()
    }

    fn is_neighbour(&self, address: Ipv4Addr) -> bool {
        (self.address.to_bits() ^ address.to_bits()) & mask(self.prefix_len) == 0
    }
}

/// Whom a packet is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Recipient {
    /// This host.
    Host,
    /// All hosts of a network.
    Broadcast,
    /// Another host.
    Other,
}

/// The addresses of an interface.
#[derive(Debug, Default)]
pub(super) struct Addresses(Vec<LocalAddress>);

impl Addresses {
    pub(super) fn add(
        &mut self,
        address: Ipv4Addr,
        prefix_len: u8,
        claim: Claim,
    ) -> Result<(), TryReserveError> {
        self.0.try_reserve(1)?;
        let broadcast = match prefix_len {
            31.. => Ipv4Addr::BROADCAST,
            _ => Ipv4Addr::from_bits(address.to_bits() | !mask(prefix_len)),
        };
        self.0.push(LocalAddress {
            address,
            broadcast,
            prefix_len,
            claim,
        });
        Ok(())
    }

    /// Removes an address; returns its prefix length.
    pub(super) fn remove(&mut self, address: Ipv4Addr) -> Option<u8> {
        let index = self.0.iter().position(|each| each.address == address)?;
        Some(self.0.remove(index).prefix_len)
    }

    #[inline]
    pub(super) fn is_usable(&self, address: Ipv4Addr) -> bool {
        self.0
            .iter()
            .any(|each| each.address == address && each.is_usable())
    }

    #[inline]
    pub(super) fn is_broadcast(&self, address: Ipv4Addr) -> bool {
        address.is_broadcast() || self.0.iter().any(|each| each.broadcast == address)
    }

    #[inline]
    pub(super) fn recipient(&self, destination: Ipv4Addr) -> Recipient {
        if self.is_usable(destination) {
            Recipient::Host
        } else if self.is_broadcast(destination) {
            Recipient::Broadcast
        } else {
            Recipient::Other
        }
    }

    /// Checks that a packet from the network can have this source (RFC 1122, section 3.2.1.3).
    #[inline]
    pub(super) fn check_source(&self, source: Ipv4Addr) -> Result<(), DropReason> {
        // 0.0.0.0/8, 127.0.0.0/8, multicast, and 240.0.0.0/4 with the broadcast address.
        let first = source.octets()[0];
        if matches!(first, 0 | 127 | 224..) {
            return Err(match source.is_broadcast() {
                true => DropReason::SourceBroadcast,
                false => DropReason::SourceMartian,
            });
        }
        for each in &self.0 {
            if each.address == source {
                return Err(DropReason::SourceLocal);
            }
            if each.broadcast == source {
                return Err(DropReason::SourceBroadcast);
            }
        }
        Ok(())
    }

    /// Returns the address from which `next_hop` is reached: one in its network, or any.
    pub(super) fn source_for(&self, next_hop: Ipv4Addr) -> Option<Ipv4Addr> {
        let usable = || self.0.iter().filter(|each| each.is_usable());
        let same_network = usable().find(|each| each.is_neighbour(next_hop));
        same_network
            .or_else(|| usable().next())
            .map(|each| each.address)
    }

    /// Has each claim examine an ARP packet; returns the address that is in conflict.
    pub(super) fn input(
        &mut self,
        now: Instant,
        arp: &Arp,
        transmitter: &mut impl Transmit,
    ) -> Option<(Ipv4Addr, Conflict)> {
        self.0.iter_mut().find_map(|each| {
            let conflict = each.claim.input(now, arp, transmitter)?;
            Some((each.address, conflict))
        })
    }

    pub(super) fn expire(&mut self, now: Instant, transmitter: &mut impl Transmit) {
        for each in &mut self.0 {
            each.claim.expire(now, transmitter);
        }
    }

    pub(super) fn next_deadline(&self) -> Option<Instant> {
        let claims = self.0.iter().map(|each| &each.claim);
        claims.filter_map(Claim::next_deadline).min()
    }
}
