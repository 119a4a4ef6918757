//! The IP layer of an interface: its addresses, routes and neighbours.

use super::{
    addresses::Addresses,
    fragmenter::Fragmenter,
    groups::Groups,
    icmp::{IcmpError, IcmpErrorKind},
    loopback::Loopback,
    packet::Address,
    reassembly::Reassembler,
    routes::{Route, Routes},
};
use crate::{
    net::{
        drops::{DropReason, Drops},
        ethernet,
        link::Transmit,
        neighbour::{Claim, ClaimStatus, Claiming, Defence, MacAddress, NeighbourCache},
        offload::Offloads,
        rate_limit::RateLimit,
    },
    random::Random,
    time::Instant,
};
use alloc::{boxed::Box, collections::TryReserveError, vec::Vec};
use core::{
    net::Ipv4Addr,
    task::{Context, Poll},
    time::Duration,
};

/// How often a source's echo requests are answered: in bursts of 100, and 1,000 per second.
const ECHO: (Duration, u16) = (Duration::from_millis(1), 100);

/// How often a source is sent ICMP errors: in bursts of 20, and 10 per second.
const ERRORS: (Duration, u16) = (Duration::from_millis(100), 20);

/// The IP layer of an interface.
#[derive(Debug)]
pub struct Ip {
    pub(super) mac: MacAddress,
    pub(super) mtu: usize,
    pub(super) offloads: Offloads,
    pub(super) addresses: Addresses,
    pub(super) routes: Routes,
    pub(super) neighbours: NeighbourCache,
    pub(super) loopback: Loopback,
    pub(super) echo_limit: RateLimit,
    pub(super) error_limit: RateLimit,
    pub(super) drops: Drops,
    pub(super) reassembler: Reassembler,
    /// The packet whose last fragment was received.
    pub(super) reassembled: Option<Vec<u8>>,
    pub(super) fragmenter: Fragmenter,
    /// The groups that sockets are in; none before one joins a group.
    pub(super) groups: Option<Box<dyn Groups>>,
    /// How often something has changed on which the headers of packets depend.
    pub(super) generation: u64,
    pub(super) random: Random,
}

impl Ip {
    /// Creates the IP layer of an interface, without addresses. `mac`, `mtu` and `offloads` are those
    /// of its link.
    pub fn new(mac: MacAddress, mtu: usize, offloads: Offloads, mut random: Random) -> Self {
        Self {
            mac,
            mtu,
            offloads,
            addresses: Addresses::default(),
            routes: Routes::default(),
            neighbours: NeighbourCache::new(mac, random.clone()),
            loopback: Loopback::default(),
            echo_limit: RateLimit::new(ECHO.0, ECHO.1, random.clone()),
            error_limit: RateLimit::new(ERRORS.0, ERRORS.1, random.clone()),
            drops: Drops::default(),
            reassembler: Reassembler::default(),
            reassembled: None,
            fragmenter: Fragmenter::new(&mut random),
            groups: None,
            generation: 0,
            random,
        }
    }

    /// Adds an address, and the route to its network. One that is there already stays claimed as it is,
    /// and its prefix length changes.
    ///
    /// # Errors
    /// Returns an error if memory is exhausted.
    pub fn add_address(
        &mut self,
        now: Instant,
        address: Ipv4Addr,
        prefix_length: u8,
        claiming: (Claiming, Defence),
    ) -> Result<(), TryReserveError> {
        self.generation += 1;
        self.neighbours.remove(address);
        let (mac, random) = (self.mac, &self.random);
        let claim = || Claim::new(now, address, mac, claiming, random.clone());
        if let Some(old) = self.addresses.add(address, prefix_length, claim)? {
            self.routes.remove(Route::on_link(address, old));
            if old != prefix_length {
                // Some may be no neighbours any more.
                self.neighbours.clear();
            }
        }
        let added = self.routes.add(Route::on_link(address, prefix_length));
        if added.is_err() {
            self.addresses.remove(address);
        }
        added
    }

    /// Removes an address, the route to its network, and the neighbours that it asked.
    pub fn remove_address(&mut self, address: Ipv4Addr) {
        self.generation += 1;
        if let Some(prefix_length) = self.addresses.remove(address) {
            self.routes.remove(Route::on_link(address, prefix_length));
            self.neighbours.remove_source(address);
        }
    }

    /// Returns the routes, to add or remove some.
    pub fn routes_mut(&mut self) -> &mut Routes {
        self.generation += 1;
        &mut self.routes
    }

    /// Returns how often something has changed on which routes and the headers of packets depend: while the
    /// number is the same, they are.
    #[inline]
    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// Returns whether `address` is an address of this host that may be used.
    pub fn is_usable(&self, address: Ipv4Addr) -> bool {
        self.addresses.is_usable(address)
    }

    /// Completes when the status of an address is no longer `status`, and returns what it is; an address
    /// that was removed is [`ClaimStatus::Lost`].
    pub fn poll_status(
        &mut self,
        address: Ipv4Addr,
        status: ClaimStatus,
        context: &Context<'_>,
    ) -> Poll<ClaimStatus> {
        let new = self.addresses.status(address);
        if new != status {
            return Poll::Ready(new);
        }
        self.addresses.register(context.waker());
        Poll::Pending
    }

    /// Wakes those that wait for the status of an address.
    pub fn wake_all(&mut self) {
        self.addresses.wake_all();
    }

    /// Returns whether packets to `address` go to all hosts of a network on the link.
    pub fn is_broadcast(&self, address: Address) -> bool {
        let address = address.as_ipv4();
        address.is_some_and(|address| self.addresses.is_broadcast(address))
    }

    /// Returns the local address from which packets are sent to `remote`, or `None` if there is no
    /// route or no address.
    pub fn source_for(&self, remote: Address) -> Option<Address> {
        let remote = remote.as_ipv4()?;
        // Most peers are, and this is one search instead of several.
        if let Some(source) = self.addresses.in_network_of(remote) {
            return Some(source.into());
        }
        if remote.is_loopback() {
            return Some(remote.into());
        }
        let next_hop = if remote.is_broadcast() || remote.is_multicast() {
            remote
        } else {
            self.routes.next_hop(remote)?
        };
        self.addresses.source_for(next_hop).map(Address::from)
    }

    /// Returns the host on the link to which packets for `destination` are sent, this host itself
    /// included.
    pub fn next_hop(&self, destination: Ipv4Addr) -> Option<Ipv4Addr> {
        self.routes.next_hop(destination)
    }

    /// Returns the largest packet that is sent, in bytes.
    pub fn mtu(&self) -> u16 {
        // No link carries more than 64 KiB: see `Stack::new`.
        u16::try_from(self.mtu).unwrap_or(u16::MAX)
    }

    /// Changes the largest packet that is sent, which must not exceed what the link carries.
    pub fn set_mtu(&mut self, mtu: u16) {
        self.generation += 1;
        self.mtu = mtu.into();
    }

    /// Returns whether packets wait until the MAC address of the next hop to `destination` is known.
    pub fn is_resolving(&self, destination: Ipv4Addr) -> bool {
        let next_hop = self.routes.next_hop(destination);
        next_hop.is_some_and(|next_hop| self.neighbours.is_resolving(next_hop))
    }

    /// Returns how many bytes the transport header and payload of a packet can have.
    pub fn max_payload(&self) -> usize {
        self.mtu - super::v4::HEADER_LEN
    }

    /// Sends what is due: requests, probes and announcements. `unreachable` is called for each packet
    /// whose next hop did not answer.
    pub fn expire(
        &mut self,
        now: Instant,
        transmitter: &mut impl Transmit,
        mut unreachable: impl FnMut(&IcmpError<'_>),
    ) {
        if self.addresses.expire(now, transmitter) {
            self.generation += 1;
        }
        let drops = &mut self.drops;
        self.neighbours.expire(now, transmitter, drops, |frame| {
            let packet = frame.get(ethernet::HEADER_LEN..).unwrap_or_default();
            let error = IcmpError::about(IcmpErrorKind::HostUnreachable, packet);
            error.iter().for_each(&mut unreachable);
        });
        self.expire_fragments(now, transmitter);
        self.report_groups(now, transmitter);
    }

    /// Returns when [`expire`](Self::expire) is to be called next.
    pub fn next_deadline(&self) -> Option<Instant> {
        let addresses = self.addresses.next_deadline();
        let neighbours = self.neighbours.next_deadline();
        let fragments = self.reassembler.next_deadline();
        let deadline = Instant::earlier(addresses, Instant::earlier(neighbours, fragments));
        self.earlier_report(deadline)
    }

    /// Takes the next packet from this host to itself, for
    /// [`input_looped`](Self::input_looped).
    pub fn take_looped(&mut self) -> Option<Vec<u8>> {
        self.loopback.pop()
    }

    /// Returns whether there are packets from this host to itself.
    #[cfg(test)]
    pub fn has_looped(&self) -> bool {
        !self.loopback.is_empty()
    }

    /// Counts a packet that a transport protocol dropped.
    pub fn count_drop(&mut self, reason: DropReason) {
        self.drops.count(reason);
    }

    /// Returns how many packets were dropped, for each reason.
    pub fn drops(&self) -> &Drops {
        &self.drops
    }

    /// Returns whether packets to `address` do not leave this host.
    #[inline]
    pub(super) fn is_looped(&self, address: Ipv4Addr) -> bool {
        address.is_loopback() || self.addresses.is_usable(address)
    }
}
