//! The addresses of an interface.

use super::routes::mask;
use crate::{
    net::{
        drops::DropReason,
        link::Transmit,
        neighbour::{Arp, Claim, ClaimStatus, Conflict},
        wakers::Wakers,
    },
    time::Instant,
};
use alloc::{collections::TryReserveError, vec::Vec};
use core::{net::Ipv4Addr, task::Waker};

/// An address of this host.
#[derive(Debug)]
struct LocalAddress {
    address: Ipv4Addr,
    /// The directed broadcast address of its network, or 255.255.255.255 if that has no more than two
    /// addresses (RFC 3021).
    broadcast: Ipv4Addr,
    prefix_length: u8,
    claim: Claim,
}

impl LocalAddress {
    fn is_usable(&self) -> bool {
        self.claim.is_usable()
    }

    fn is_neighbour(&self, address: Ipv4Addr) -> bool {
        (self.address.to_bits() ^ address.to_bits()) & mask(self.prefix_length) == 0
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

/// Returns whether an address is in 0.0.0.0/8, 127.0.0.0/8, the multicast addresses, or 240.0.0.0/4 with
/// the broadcast address.
#[inline(always)]
fn is_martian(source: Ipv4Addr) -> bool {
    matches!(source.octets()[0], 0 | 127 | 224..)
}

/// The addresses of an interface.
#[derive(Debug, Default)]
pub(super) struct Addresses {
    list: Vec<LocalAddress>,
    /// Those who wait until an address may be used, or must not be used any more.
    waiting: Wakers,
}

impl Addresses {
    /// Adds an address. If it is there already, `claim` is not called; its prefix length changes, and the
    /// old one is returned.
    pub(super) fn add(
        &mut self,
        address: Ipv4Addr,
        prefix_length: u8,
        claim: impl FnOnce() -> Claim,
    ) -> Result<Option<u8>, TryReserveError> {
        self.list.try_reserve(1)?;
        let broadcast = match prefix_length {
            31.. => Ipv4Addr::BROADCAST,
            _ => Ipv4Addr::from_bits(address.to_bits() | !mask(prefix_length)),
        };
        let index = self.list.iter().position(|each| each.address == address);
        let old = index.map(|index| self.list.remove(index));
        let old_prefix_len = old.as_ref().map(|old| old.prefix_length);
        self.list.push(LocalAddress {
            address,
            broadcast,
            prefix_length,
            claim: old.map_or_else(claim, |old| old.claim),
        });
        Ok(old_prefix_len)
    }

    /// Removes an address; returns its prefix length.
    pub(super) fn remove(&mut self, address: Ipv4Addr) -> Option<u8> {
        let index = self.list.iter().position(|each| each.address == address)?;
        Some(self.list.remove(index).prefix_length)
    }

    /// Returns whether an address may be used; an address that was removed is [`ClaimStatus::Lost`].
    pub(super) fn status(&self, address: Ipv4Addr) -> ClaimStatus {
        let found = self.list.iter().find(|each| each.address == address);
        found.map_or(ClaimStatus::Lost, |each| each.claim.status())
    }

    /// Has `waker` woken when the status of an address changes.
    pub(super) fn register(&mut self, waker: &Waker) {
        self.waiting.register(waker);
    }

    #[inline]
    pub(super) fn is_usable(&self, address: Ipv4Addr) -> bool {
        self.list
            .iter()
            .any(|each| each.address == address && each.is_usable())
    }

    pub(super) fn wake_all(&mut self) {
        self.waiting.wake();
    }

    #[inline]
    pub(super) fn is_broadcast(&self, address: Ipv4Addr) -> bool {
        address.is_broadcast() || self.list.iter().any(|each| each.broadcast == address)
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

    /// Returns whether a packet from the network is for this host alone and its source is correct.
    #[inline(always)]
    pub(super) fn expects(&self, source: Ipv4Addr, destination: Ipv4Addr) -> bool {
        let is_local = |each: &LocalAddress| each.address == destination && each.is_usable();
        let is_source = |each: &LocalAddress| each.address == source || each.broadcast == source;
        // Usually there is one.
        match &self.list[..] {
            [only] => is_local(only) && !is_source(only) && !is_martian(source),
            several => {
                several.iter().any(is_local)
                    && !several.iter().any(is_source)
                    && !is_martian(source)
            }
        }
    }

    /// Checks that a packet from the network can have this source (RFC 1122, section 3.2.1.3).
    #[inline]
    pub(super) fn check_source(&self, source: Ipv4Addr) -> Result<(), DropReason> {
        if is_martian(source) {
            return Err(match source.is_broadcast() {
                true => DropReason::SourceBroadcast,
                false => DropReason::SourceMartian,
            });
        }
        for each in &self.list {
            if each.address == source {
                return Err(DropReason::SourceLocal);
            }
            if each.broadcast == source {
                return Err(DropReason::SourceBroadcast);
            }
        }
        Ok(())
    }

    /// Returns the address from which `next_hop` is reached: itself, one in its network, or any.
    pub(super) fn source_for(&self, next_hop: Ipv4Addr) -> Option<Ipv4Addr> {
        let (mut neighbour, mut any) = (None, None);
        for each in self.list.iter().filter(|each| each.is_usable()) {
            if each.address == next_hop {
                return Some(next_hop);
            }
            any = any.or(Some(each.address));
            if each.is_neighbour(next_hop) {
                neighbour = neighbour.or(Some(each.address));
            }
        }
        neighbour.or(any)
    }

    /// Has each claim examine an ARP packet; returns the address that is in conflict.
    pub(super) fn input(
        &mut self,
        now: Instant,
        arp: &Arp,
        transmitter: &mut impl Transmit,
    ) -> Option<(Ipv4Addr, Conflict)> {
        let found = self.list.iter_mut().find_map(|each| {
            let conflict = each.claim.input(now, arp, transmitter)?;
            Some((each.address, conflict))
        });
        if let Some((_, Conflict::Lost)) = found {
            self.waiting.wake();
        }
        found
    }

    /// Sends probes and announcements that are due. Returns whether another address may be used now.
    pub(super) fn expire(&mut self, now: Instant, transmitter: &mut impl Transmit) -> bool {
        let mut has_changed = false;
        for each in &mut self.list {
            let was_usable = each.is_usable();
            each.claim.expire(now, transmitter);
            if was_usable != each.is_usable() {
                has_changed = true;
                self.waiting.wake();
            }
        }
        has_changed
    }

    pub(super) fn next_deadline(&self) -> Option<Instant> {
        let claims = self.list.iter().map(|each| &each.claim);
        claims.filter_map(Claim::next_deadline).min()
    }
}
