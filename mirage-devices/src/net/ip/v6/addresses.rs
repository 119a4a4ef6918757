//! The IPv6 addresses of an interface.

use crate::{
    net::{
        drops::DropReason,
        link::Transmit,
        neighbour::{ALL_NODES, ClaimStatus, Conflict, Detection, solicited_node},
        wakers::Wakers,
    },
    time::Instant,
};
use alloc::{collections::TryReserveError, vec::Vec};
use core::{net::Ipv6Addr, task::Waker};

/// The hosts on this host, `ff01::1`.
const INTERFACE_LOCAL_NODES: Ipv6Addr = Ipv6Addr::new(0xff01, 0, 0, 0, 0, 0, 0, 1);

/// An address of this host.
#[derive(Debug)]
struct LocalAddress {
    address: Ipv6Addr,
    detection: Detection,
    /// Whether other addresses are preferred as the source of packets.
    is_deprecated: bool,
}

/// Whom a packet is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Recipient {
    /// This host.
    Host,
    /// A group that this host is in.
    Group,
    /// Other hosts.
    Other,
}

/// The addresses of an interface.
#[derive(Debug, Default)]
pub(super) struct Addresses {
    list: Vec<LocalAddress>,
    /// Those who wait until an address may be used, or must not be used any more.
    waiting: Wakers,
}

impl Addresses {
    /// Adds an address that is new.
    pub(super) fn add(
        &mut self,
        address: Ipv6Addr,
        detection: Detection,
    ) -> Result<(), TryReserveError> {
        self.list.try_reserve(1)?;
        let added = LocalAddress {
            address,
            detection,
            is_deprecated: false,
        };
        // The link-local address, which few packets have, is the last one.
        let mut all = self.list.iter();
        let at = all.position(|each| each.address.is_unicast_link_local());
        self.list.insert(at.unwrap_or(self.list.len()), added);
        Ok(())
    }

    /// Removes an address. Who waits for its status is woken.
    pub(super) fn remove(&mut self, address: Ipv6Addr) {
        self.list.retain(|each| each.address != address);
        self.waiting.wake();
    }

    /// Sets whether other addresses are preferred to this one as the source of packets.
    pub(super) fn set_deprecated(&mut self, address: Ipv6Addr, is_deprecated: bool) {
        let mut found = self.list.iter_mut();
        if let Some(found) = found.find(|each| each.address == address) {
            found.is_deprecated = is_deprecated;
        }
    }

    /// Returns whether an address was added, also if it must not be used.
    pub(super) fn contains(&self, address: Ipv6Addr) -> bool {
        self.list.iter().any(|each| each.address == address)
    }

    /// Returns whether an address may be used; an address that was never added is
    /// [`ClaimStatus::Lost`].
    pub(super) fn status(&self, address: Ipv6Addr) -> ClaimStatus {
        let found = self.list.iter().find(|each| each.address == address);
        found.map_or(ClaimStatus::Lost, |each| each.detection.status())
    }

    /// Has `waker` woken when the status of an address changes.
    pub(super) fn register(&mut self, waker: &Waker) {
        self.waiting.register(waker);
    }

    pub(super) fn wake_all(&mut self) {
        self.waiting.wake();
    }

    #[inline]
    pub(super) fn is_usable(&self, address: Ipv6Addr) -> bool {
        self.list
            .iter()
            .any(|each| each.address == address && each.detection.is_usable())
    }

    /// Returns whether advertisements of an address replace what others know about it.
    pub(super) fn overrides(&self, address: Ipv6Addr) -> bool {
        let found = self.list.iter().find(|each| each.address == address);
        found.is_some_and(|each| each.detection.overrides())
    }

    /// Returns whether no other host can have the addresses that are in use.
    pub(super) fn are_unique(&self) -> bool {
        let mut used = self.list.iter().filter(|each| each.detection.is_usable());
        used.all(|each| each.detection.overrides())
    }

    #[inline]
    pub(super) fn recipient(&self, destination: Ipv6Addr) -> Recipient {
        if self.is_usable(destination) {
            return Recipient::Host;
        }
        let is_group = destination == ALL_NODES
            || destination == INTERFACE_LOCAL_NODES
            || self.groups().any(|group| group == destination);
        if is_group {
            Recipient::Group
        } else {
            Recipient::Other
        }
    }

    /// Returns the groups in which the addresses are asked for, each once.
    pub(super) fn groups(&self) -> impl Iterator<Item = Ipv6Addr> + Clone {
        let all = self.list.iter().enumerate();
        let kept = all.filter(|(_, each)| each.detection.status() != ClaimStatus::Lost);
        kept.filter_map(|(index, each)| {
            let group = solicited_node(each.address);
            let mut before = self.list[..index].iter();
            let is_first = !before.any(|other| {
                solicited_node(other.address) == group
                    && other.detection.status() != ClaimStatus::Lost
            });
            is_first.then_some(group)
        })
    }

    /// Checks that a packet from the network can have this source. `::` asks for an address, which only
    /// neighbour discovery does.
    #[inline]
    pub(super) fn check_source(&self, source: Ipv6Addr) -> Result<(), DropReason> {
        let is_martian = source.is_multicast()
            || source.is_loopback()
            // Addresses of IPv4 do not occur on a link (RFC 4291, section 2.5.5.2).
            || source.to_ipv4_mapped().is_some();
        if is_martian {
            return Err(DropReason::SourceMartian);
        }
        match self.is_usable(source) {
            true => Err(DropReason::SourceLocal),
            false => Ok(()),
        }
    }

    /// Returns the address from which `remote` is reached (RFC 6724, section 5, rules 1, 2, 3 and 8).
    pub(super) fn source_for(&self, remote: Ipv6Addr) -> Option<Ipv6Addr> {
        if self.is_usable(remote) {
            return Some(remote);
        }
        let is_local = is_link_local(remote);
        let usable = self.list.iter().filter(|each| {
            each.detection.is_usable() && each.address.is_unicast_link_local() == is_local
        });
        let rank = |each: &LocalAddress| {
            let in_common = (each.address.to_bits() ^ remote.to_bits()).leading_zeros();
            (!each.is_deprecated, in_common)
        };
        // The first one of equals.
        let best = usable.reduce(|best, each| match rank(each) > rank(best) {
            true => each,
            false => best,
        });
        best.map(|each| each.address)
    }

    /// Returns the address that peers are told, if there is one: not the link-local one.
    pub(super) fn first(&self) -> Option<Ipv6Addr> {
        let mut all = self.list.iter().map(|each| each.address);
        all.find(|address| !address.is_unicast_link_local())
    }

    /// Returns whether an address beside the link-local one may be used.
    pub(super) fn has_usable(&self) -> bool {
        let mut usable = self.list.iter().filter(|each| each.detection.is_usable());
        usable.any(|each| !each.address.is_unicast_link_local())
    }

    /// Notes that another host uses an address of this host, or wants to; returns `None` if it is none.
    pub(super) fn on_conflict(&mut self, now: Instant, address: Ipv6Addr) -> Option<Conflict> {
        let found = self.list.iter_mut().find(|each| each.address == address)?;
        let conflict = found.detection.on_conflict(now);
        if conflict == Conflict::Lost {
            self.waiting.wake();
        }
        Some(conflict)
    }

    /// Sends what is due. Returns whether another address may be used now.
    pub(super) fn expire(&mut self, now: Instant, transmitter: &mut impl Transmit) -> bool {
        let mut has_changed = false;
        for each in &mut self.list {
            let was_usable = each.detection.is_usable();
            each.detection.expire(now, transmitter);
            has_changed |= was_usable != each.detection.is_usable();
        }
        if has_changed {
            self.waiting.wake();
        }
        has_changed
    }

    pub(super) fn next_deadline(&self) -> Option<Instant> {
        let detections = self.list.iter().map(|each| &each.detection);
        detections.filter_map(Detection::next_deadline).min()
    }
}

/// Returns whether packets to a group do not leave this host (RFC 4291, section 2.7).
pub(super) fn is_of_host(group: Ipv6Addr) -> bool {
    group.octets()[1] & 0xf <= 1
}

/// Returns whether packets to `address` do not leave the link.
pub(super) fn is_link_local(address: Ipv6Addr) -> bool {
    let [first, second, ..] = address.octets();
    match first {
        // The scopes of an interface and of a link (RFC 4291, section 2.7).
        0xff => matches!(second & 0xf, 1 | 2),
        _ => address.is_unicast_link_local(),
    }
}
