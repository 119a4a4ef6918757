//! The layers of an interface, as its autoconfiguration changes them.

use super::super::interface::Ipv6;
use crate::{
    messages::log,
    net::{
        ethernet::MIN_IPV6_MTU,
        ip::{families::Change, interface::Ip},
        neighbour::Claiming,
    },
    time::Instant,
};
use alloc::vec::Vec;
use core::{fmt, net::Ipv6Addr, time::Duration};

/// How many lines are logged in each interval, whatever routers advertise.
const LOG_LINES: u8 = 16;
const LOG_INTERVAL: Duration = Duration::from_secs(60);

/// The IP layers of the interface, for the parts of its autoconfiguration.
pub(super) struct Layer<'a> {
    pub(super) ipv6: &'a mut Ipv6,
    pub(super) ip: &'a mut Ip,
    pub(super) now: Instant,
    pub(super) node: &'static str,
    pub(super) claiming: Claiming,
    pub(super) router: Option<Ipv6Addr>,
    /// What the exchange has not taken yet, within its capacity.
    pub(super) changes: &'a mut Vec<Change>,
    pub(super) log: &'a mut LogLimit,
}

/// Limits what routers can have logged.
#[derive(Debug)]
pub(super) struct LogLimit {
    began: Instant,
    lines: u8,
}

impl Layer<'_> {
    /// Claims an address. Returns whether it is one of this host now.
    pub(super) fn claim(&mut self, address: Ipv6Addr) -> bool {
        if self.ipv6.addresses.contains(address) {
            return false;
        }
        // Another host had it.
        self.ipv6.neighbours.remove(address);
        self.ip.generation += 1;
        let claimed = self.ipv6.claim(self.now, address, self.claiming);
        self.ipv6.addresses.wake_all();
        claimed.is_ok()
    }

    /// Removes an address. Its connections end.
    pub(super) fn lose(&mut self, address: Ipv6Addr) {
        self.ipv6.addresses.remove(address);
        self.ipv6.neighbours.remove_source(address);
        self.ip.generation += 1;
        if self.changes.len() < self.changes.capacity() {
            self.changes.push(Change::Lost(address.into()));
        }
    }

    /// Reduces the MTU of the interface to that of the link (RFC 4861, section 6.3.4). No advertisement raises
    /// it.
    pub(super) fn reduce_mtu(&mut self, mtu: u32) {
        let possible = MIN_IPV6_MTU.into()..u32::from(self.ip.mtu());
        if !possible.contains(&mtu) || self.changes.len() == self.changes.capacity() {
            return;
        }
        self.ip.set_mtu(mtu as u16);
        self.changes.push(Change::Mtu(mtu as u16));
    }

    pub(super) fn may_log(&mut self) -> bool {
        self.log.allows(self.now)
    }

    /// Logs that an address may be used.
    pub(super) fn log_address(&mut self, address: Ipv6Addr) {
        if !self.may_log() {
            return;
        }
        let (node, servers) = (self.node, Servers(&self.ipv6.name_servers));
        match self.router {
            Some(router) => log!(
                Info,
                "{node} is {address}/64 (SLAAC), router {router}{servers}"
            ),
            None => log!(Info, "{node} is {address}/64 (SLAAC){servers}"),
        }
    }
}

/// Displays name servers, after something else.
struct Servers<'a>(&'a [Ipv6Addr]);

impl fmt::Display for Servers<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut servers = self.0.iter();
        servers.try_for_each(|server| write!(f, ", DNS {server}"))
    }
}

impl LogLimit {
    pub(super) fn new(now: Instant) -> Self {
        Self {
            began: now,
            lines: 0,
        }
    }

    pub(super) fn allows(&mut self, now: Instant) -> bool {
        if now - self.began >= LOG_INTERVAL {
            (self.began, self.lines) = (now, 0);
        }
        self.lines = self.lines.saturating_add(1);
        self.lines <= LOG_LINES
    }
}
