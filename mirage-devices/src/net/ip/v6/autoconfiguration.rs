//! Stateless address autoconfiguration (RFC 4862): routers advertise the prefixes of the link, from which
//! this host makes its addresses, and themselves as default routers.
//!
//! The address families of an interface that has it are a type of their own, so that images without it
//! have none of its code.

mod expiry;
mod families;
mod identifier;
mod layer;
mod name_servers;
mod prefixes;
mod routers;
mod solicitations;

pub use families::Autoconfigured;

use super::interface::Ipv6;
use crate::{
    messages::log,
    net::{
        ip::{families::Change, interface::Ip},
        link::Transmit,
        neighbour::{Claiming, RouterAdvertisement, RouterOption, solicit_routers},
    },
    random::Random,
    time::Instant,
};
use alloc::{collections::TryReserveError, vec::Vec};
use core::net::Ipv6Addr;
use layer::{Layer, LogLimit};
use name_servers::NameServers;
use prefixes::{MAX_PREFIXES, Prefixes};
use routers::Routers;
use solicitations::Solicitations;

/// The changes that an exchange has not taken yet: the loss of each address, and the MTU.
const MAX_CHANGES: usize = MAX_PREFIXES + 1;

/// What routers have advertised to an interface.
#[derive(Debug)]
pub struct Autoconfiguration {
    /// The interface's, for the log.
    node: &'static str,
    claiming: Claiming,
    solicitations: Solicitations,
    routers: Routers,
    prefixes: Prefixes,
    name_servers: NameServers,
    changes: Vec<Change>,
    log: LogLimit,
    random: Random,
    /// That of [`Ip`] when the addresses were looked at last.
    generation: u64,
}

impl Autoconfiguration {
    /// The memory that it takes, in bytes, at most.
    pub const MEMORY: usize = size_of::<Self>() + 4096;

    /// Begins to ask routers.
    ///
    /// # Errors
    /// Returns an error if memory is exhausted.
    pub fn new(
        node: &'static str,
        now: Instant,
        claiming: Claiming,
        mut random: Random,
    ) -> Result<Self, TryReserveError> {
        let mut changes = Vec::new();
        changes.try_reserve_exact(MAX_CHANGES)?;
        let is_delayed = claiming == Claiming::Tentative;
        Ok(Self {
            node,
            claiming,
            solicitations: Solicitations::new(now, is_delayed, &mut random),
            routers: Routers::new()?,
            prefixes: Prefixes::new()?,
            name_servers: NameServers::new()?,
            changes,
            log: LogLimit::new(now),
            random,
            generation: 0,
        })
    }

    /// Processes an advertisement (RFC 4861, section 6.3.4).
    fn on_advertisement(
        &mut self,
        (ipv6, ip): (&mut Ipv6, &mut Ip),
        now: Instant,
        advertisement: &RouterAdvertisement<'_>,
        transmitter: &mut impl Transmit,
    ) {
        self.routers.expire(now);
        self.name_servers.expire(now);
        let is_router = self.routers.advertise(now, advertisement);
        if is_router {
            self.solicitations.stop();
            if let Some(mac) = advertisement.mac {
                let (source, neighbours) = (ipv6.link_local_address(), &mut ipv6.neighbours);
                let router = (advertisement.router, mac);
                neighbours.on_router(now, router, source, transmitter, &mut ip.drops);
            }
        }
        self.select_router(ipv6, ip, now);
        let (mut layer, prefixes, name_servers) = self.parts(ipv6, ip, now);
        for option in advertisement.options() {
            match option {
                RouterOption::Prefix(prefix) => prefixes.advertise(&mut layer, &prefix),
                RouterOption::Mtu(mtu) => layer.reduce_mtu(mtu),
                RouterOption::NameServers(lifetime, servers) => {
                    name_servers.advertise(now, lifetime, servers);
                }
            }
        }
        self.settle(ipv6, ip, now);
    }

    /// Notes that a host, which may have been a router, is none (RFC 4861, section 7.2.5).
    fn on_no_router(&mut self, (ipv6, ip): (&mut Ipv6, &mut Ip), now: Instant, host: Ipv6Addr) {
        self.routers.remove(host);
        self.select_router(ipv6, ip, now);
    }

    /// Sends and ends what is due.
    fn expire(
        &mut self,
        ipv6: &mut Ipv6,
        ip: &mut Ip,
        now: Instant,
        transmitter: &mut impl Transmit,
    ) {
        let is_due = self.next_deadline().is_some_and(|deadline| deadline <= now);
        if is_due || self.routers.are_several() {
            self.routers.expire(now);
            self.select_router(ipv6, ip, now);
        }
        if is_due {
            self.solicit(ipv6, now, transmitter);
        }
        if is_due || self.generation != ip.generation {
            self.settle(ipv6, ip, now);
        }
    }

    /// Brings addresses and name servers up to date.
    fn settle(&mut self, ipv6: &mut Ipv6, ip: &mut Ip, now: Instant) {
        self.name_servers.expire(now);
        self.name_servers.copy_to(&mut ipv6.name_servers);
        let (mut layer, prefixes, _) = self.parts(ipv6, ip, now);
        prefixes.expire(&mut layer);
        self.generation = ip.generation;
    }

    fn select_router(&mut self, ipv6: &mut Ipv6, ip: &mut Ip, now: Instant) {
        let old = self.routers.selected();
        self.routers.select(ipv6);
        let new = self.routers.selected();
        if old == new {
            return;
        }
        ip.generation += 1;
        if new.is_none() {
            self.solicitations.restart(now);
            if self.log.allows(now) {
                log!(Warn, "{}: there is no IPv6 router any more", self.node);
            }
        }
    }

    /// Asks for an advertisement if it is time.
    fn solicit(&mut self, ipv6: &Ipv6, now: Instant, transmitter: &mut impl Transmit) {
        let Some(waited) = self.solicitations.due(now, &mut self.random) else {
            return;
        };
        if self.log.allows(now) {
            let node = self.node;
            match waited.as_secs() {
                0 => log!(Info, "{node} asks routers for its IPv6 address (SLAAC)"),
                waited => log!(
                    Warn,
                    "{node}: no IPv6 router has answered for {waited} s; asking on"
                ),
            }
        }
        let link_local = ipv6.link_local_address();
        let is_unique = ipv6.addresses.overrides(link_local);
        let source = match ipv6.addresses.is_usable(link_local) {
            true => link_local,
            false => Ipv6Addr::UNSPECIFIED,
        };
        // If the link has no room, it is lost, as by the link.
        solicit_routers(source, ipv6.mac, is_unique, transmitter);
    }

    fn parts<'a>(
        &'a mut self,
        ipv6: &'a mut Ipv6,
        ip: &'a mut Ip,
        now: Instant,
    ) -> (Layer<'a>, &'a mut Prefixes, &'a mut NameServers) {
        let layer = Layer {
            ipv6,
            ip,
            now,
            node: self.node,
            claiming: self.claiming,
            router: self.routers.selected(),
            changes: &mut self.changes,
            log: &mut self.log,
        };
        (layer, &mut self.prefixes, &mut self.name_servers)
    }

    fn next_deadline(&self) -> Option<Instant> {
        let deadlines = [
            self.solicitations.next_deadline(),
            self.routers.next_deadline(),
            self.prefixes.next_deadline(),
            self.name_servers.next_deadline(),
        ];
        deadlines.into_iter().flatten().min()
    }
}
