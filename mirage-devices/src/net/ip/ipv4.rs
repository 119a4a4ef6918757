//! The IPv4 layer of an interface: its addresses, routes and neighbours.

use super::{
    addresses::Addresses,
    fragmenter::Fragmenter,
    groups::Groups,
    icmp::{IcmpError, IcmpErrorKind},
    interface::Ip,
    routes::{Route, Routes},
};
use crate::{
    net::{
        ethernet,
        link::Transmit,
        neighbour::{Claim, ClaimStatus, Claiming, Defence, MacAddress, NeighbourCache},
    },
    random::Random,
    time::Instant,
};
use alloc::{boxed::Box, collections::TryReserveError};
use core::{
    net::Ipv4Addr,
    task::{Context, Poll},
};

/// The IPv4 layer of an interface.
#[derive(Debug)]
pub struct Ipv4 {
    pub(super) mac: MacAddress,
    pub(super) addresses: Addresses,
    pub(super) routes: Routes,
    pub(super) neighbours: NeighbourCache,
    pub(super) fragmenter: Fragmenter,
    /// The groups that sockets are in; none before one joins a group.
    pub(super) groups: Option<Box<dyn Groups>>,
    pub(super) random: Random,
}

impl Ipv4 {
    /// Creates the IPv4 layer of an interface with the address `mac`, without addresses.
    pub fn new(mac: MacAddress, mut random: Random) -> Self {
        Self {
            mac,
            addresses: Addresses::default(),
            routes: Routes::default(),
            neighbours: NeighbourCache::new(mac, random.clone()),
            fragmenter: Fragmenter::new(&mut random),
            groups: None,
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
        ip: &mut Ip,
        now: Instant,
        (address, prefix_length): (Ipv4Addr, u8),
        claiming: (Claiming, Defence),
    ) -> Result<(), TryReserveError> {
        ip.generation += 1;
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
    pub fn remove_address(&mut self, ip: &mut Ip, address: Ipv4Addr) {
        ip.generation += 1;
        if let Some(prefix_length) = self.addresses.remove(address) {
            self.routes.remove(Route::on_link(address, prefix_length));
            self.neighbours.remove_source(address);
        }
    }

    /// Returns the routes, to add or remove some.
    pub fn routes_mut(&mut self, ip: &mut Ip) -> &mut Routes {
        ip.generation += 1;
        &mut self.routes
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

    /// Returns the local address from which packets are sent to `remote`, or `None` if there is no
    /// route or no address.
    pub fn source_for(&self, remote: Ipv4Addr) -> Option<Ipv4Addr> {
        if remote.is_loopback() {
            return Some(remote);
        }
        let next_hop = match remote.is_broadcast() || remote.is_multicast() {
            true => remote,
            false => self.routes.next_hop(remote)?,
        };
        self.addresses.source_for(next_hop)
    }

    /// Returns the host on the link to which packets for `destination` are sent, this host itself
    /// included.
    pub fn next_hop(&self, destination: Ipv4Addr) -> Option<Ipv4Addr> {
        self.routes.next_hop(destination)
    }

    /// Returns whether packets wait until the MAC address of the next hop to `destination` is known.
    pub fn is_resolving(&self, destination: Ipv4Addr) -> bool {
        let next_hop = self.routes.next_hop(destination);
        next_hop.is_some_and(|next_hop| self.neighbours.is_resolving(next_hop))
    }

    /// Sends what is due: requests, probes and announcements. `unreachable` is called for each packet
    /// whose next hop did not answer.
    pub fn expire(
        &mut self,
        ip: &mut Ip,
        now: Instant,
        transmitter: &mut impl Transmit,
        mut unreachable: impl FnMut(&IcmpError<'_>),
    ) {
        if self.addresses.expire(now, transmitter) {
            ip.generation += 1;
        }
        let drops = &mut ip.drops;
        self.neighbours.expire(now, transmitter, drops, |frame| {
            let packet = frame.get(ethernet::HEADER_LEN..).unwrap_or_default();
            let error = IcmpError::about(IcmpErrorKind::HostUnreachable, packet);
            error.iter().for_each(&mut unreachable);
        });
        self.expire_fragments(ip, now, transmitter);
        self.report_groups(now, transmitter);
    }

    /// Returns when [`expire`](Self::expire) is to be called next.
    pub fn next_deadline(&self) -> Option<Instant> {
        let addresses = self.addresses.next_deadline();
        let neighbours = self.neighbours.next_deadline();
        let deadline = Instant::earlier(addresses, neighbours);
        self.earlier_report(deadline)
    }

    /// Returns whether packets to `address` do not leave this host.
    #[inline]
    pub(super) fn is_looped(&self, address: Ipv4Addr) -> bool {
        address.is_loopback() || self.addresses.is_usable(address)
    }
}
