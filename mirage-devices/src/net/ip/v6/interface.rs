//! The IPv6 layer of an interface.

use super::{
    addresses::{Addresses, Recipient},
    fragmenter::Fragmenter,
    icmp,
    membership::{Membership, Reporter},
};
use crate::{
    net::{
        ethernet,
        ip::{
            icmp::{IcmpError, IcmpErrorKind},
            interface::Ip,
            routes::{Route, Routes},
        },
        link::Transmit,
        neighbour::{Claiming, Detection, MacAddress, NeighbourCache},
    },
    random::Random,
    time::Instant,
};
use alloc::{collections::TryReserveError, vec::Vec};
use core::net::Ipv6Addr;

/// The networks of link-local addresses have prefixes of this length, `fe80::/64` (RFC 4291, section
/// 2.5.6), as have those with interface identifiers.
const PREFIX_LENGTH: u8 = 64;

/// The IPv6 layer of an interface.
#[derive(Debug)]
pub struct Ipv6 {
    pub(super) mac: MacAddress,
    pub(super) addresses: Addresses,
    pub(super) routes: Routes<Ipv6Addr>,
    pub(super) neighbours: NeighbourCache<Ipv6Addr>,
    pub(super) membership: Membership,
    pub(super) fragmenter: Fragmenter,
    /// Those that routers have advertised.
    pub(super) name_servers: Vec<Ipv6Addr>,
    pub(super) random: Random,
}

impl Ipv6 {
    /// Creates the IPv6 layer of an interface with the address `mac`, without addresses.
    pub fn new(mac: MacAddress, mut random: Random) -> Self {
        Self {
            mac,
            addresses: Addresses::default(),
            routes: Routes::default(),
            neighbours: NeighbourCache::new(mac, random.clone()),
            membership: Membership::default(),
            fragmenter: Fragmenter::new(&mut random),
            name_servers: Vec::new(),
            random,
        }
    }

    /// Adds the link-local address of the interface, which every interface with IPv6 has (RFC 4291,
    /// section 2.8).
    ///
    /// # Errors
    /// Returns an error if memory is exhausted.
    pub fn add_link_local_address(
        &mut self,
        now: Instant,
        claiming: Claiming,
    ) -> Result<(), TryReserveError> {
        self.add_address(now, self.link_local_address(), PREFIX_LENGTH, claiming)
    }

    /// Returns the link-local address of the interface.
    pub const fn link_local_address(&self) -> Ipv6Addr {
        link_local_address(self.mac)
    }

    /// Adds an address that is new, and the route to its network.
    ///
    /// # Errors
    /// Returns an error if memory is exhausted.
    pub fn add_address(
        &mut self,
        now: Instant,
        address: Ipv6Addr,
        prefix_length: u8,
        claiming: Claiming,
    ) -> Result<(), TryReserveError> {
        self.routes.add(Route::on_link(address, prefix_length))?;
        self.claim(now, address, claiming)
    }

    /// Adds an address that is new, without a route.
    pub(super) fn claim(
        &mut self,
        now: Instant,
        address: Ipv6Addr,
        claiming: Claiming,
    ) -> Result<(), TryReserveError> {
        let detection = Detection::new(now, address, self.mac, claiming, &mut self.random);
        self.addresses.add(address, detection)?;
        self.neighbours.set_tells_mac(self.addresses.are_unique());
        self.membership.on_change(now);
        Ok(())
    }

    /// Returns the routes, to add or remove some.
    pub fn routes_mut(&mut self) -> &mut Routes<Ipv6Addr> {
        &mut self.routes
    }

    /// Returns whether packets to `address` do not leave this host.
    #[inline]
    pub(super) fn is_looped(&self, address: Ipv6Addr) -> bool {
        address.is_loopback() || self.addresses.is_usable(address)
    }

    /// Returns for whom a packet is.
    #[inline]
    pub(super) fn recipient(&self, destination: Ipv6Addr) -> Recipient {
        match self.addresses.recipient(destination) {
            Recipient::Other if self.membership.is_joined(destination) => Recipient::Group,
            recipient => recipient,
        }
    }

    /// Returns the local address from which packets are sent to `remote`, or `None` if there is no
    /// route or no address.
    pub(super) fn source_for(&self, remote: Ipv6Addr) -> Option<Ipv6Addr> {
        if remote.is_loopback() {
            return Some(remote);
        }
        if !remote.is_multicast() {
            self.routes.next_hop(remote)?;
        }
        self.addresses.source_for(remote)
    }

    /// Sends what is due, as [`Ip::expire`] does.
    pub(super) fn expire(
        &mut self,
        ip: &mut Ip,
        now: Instant,
        transmitter: &mut impl Transmit,
        mut unreachable: impl FnMut(&IcmpError<'_>),
    ) {
        // Before an address is asked for in a group, a switch must know that this host is in it.
        self.report_groups(now, transmitter);
        let was_unique = self.addresses.overrides(self.link_local_address());
        if self.addresses.expire(now, transmitter) {
            ip.generation += 1;
        }
        if !was_unique && self.addresses.overrides(self.link_local_address()) {
            // Reports without a source may have been ignored (RFC 3590).
            self.membership.on_change(now);
        }
        self.neighbours.set_tells_mac(self.addresses.are_unique());
        let drops = &mut ip.drops;
        self.neighbours.expire(now, transmitter, drops, |frame| {
            let packet = frame.get(ethernet::HEADER_LEN..).unwrap_or_default();
            let error = icmp::about(IcmpErrorKind::HostUnreachable, packet);
            error.iter().for_each(&mut unreachable);
        });
    }

    /// Sends the reports of groups that are due.
    fn report_groups(&mut self, now: Instant, transmitter: &mut impl Transmit) {
        let link_local = self.link_local_address();
        let reporter = Reporter {
            mac: self.mac,
            source: match self.addresses.overrides(link_local) {
                true => link_local,
                false => Ipv6Addr::UNSPECIFIED,
            },
        };
        let (groups, random) = (self.addresses.groups(), &mut self.random);
        self.membership
            .expire(now, reporter, groups, random, transmitter);
    }

    /// Returns when [`expire`](Self::expire) is to be called next.
    pub(super) fn next_deadline(&self) -> Option<Instant> {
        let deadlines = [
            self.addresses.next_deadline(),
            self.neighbours.next_deadline(),
            self.membership.next_deadline(),
        ];
        deadlines.into_iter().flatten().min()
    }
}

/// The link-local address of the interface with the address `mac` (RFC 4291, appendix A).
const fn link_local_address(mac: MacAddress) -> Ipv6Addr {
    let [a, b, c, d, e, f] = mac;
    let octets = [
        0xfe,
        0x80,
        0,
        0,
        0,
        0,
        0,
        0,
        a ^ 2,
        b,
        c,
        0xff,
        0xfe,
        d,
        e,
        f,
    ];
    Ipv6Addr::from_octets(octets)
}
