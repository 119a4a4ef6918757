//! What the sockets of a stack and its frames have in common.

use super::{
    config::StackConfig,
    datagrams::Datagrams,
    error::Error,
    ip::{Address, Ip, Ipv4Sockets, Ipv6Sockets},
    policy::Policy,
    signal::Signal,
    tap::Tap,
    tcp::{Algorithm, EcnMode, Transport},
};
use crate::time::Instant;
use alloc::{boxed::Box, rc::Rc};
use core::{
    cell::{Cell, RefCell},
    net::{IpAddr, Ipv4Addr, SocketAddr},
};

/// A stack, as its sockets share it.
pub(super) struct Shared {
    pub(super) state: RefCell<State>,
    /// Raised by sockets when there is something to send or to tidy up.
    pub(super) work: Signal,
    /// None until it has an address, and when it has lost it.
    pub(super) config: Cell<Option<StackConfig>>,
    pub(super) mac_address: [u8; 6],
    /// Sees all frames.
    pub(super) tap: RefCell<Option<Box<dyn Tap>>>,
    /// The congestion control of connections whose port does not choose one.
    pub(super) congestion: Algorithm,
    /// Whether connections use ECN.
    pub(super) ecn: Cell<EcnMode>,
    pub(super) clock: Box<dyn Fn() -> Instant>,
}

/// What sockets and frames work on. It is borrowed for the length of one call, never across an
/// `await`; wakers that are called meanwhile must only schedule.
pub(super) struct State {
    pub(super) ip: Ip,
    /// Absent if the interface has IPv6 only.
    pub(super) ipv4: Option<Rc<dyn Ipv4Sockets>>,
    /// Absent if the interface has IPv4 only.
    pub(super) ipv6: Option<Rc<dyn Ipv6Sockets>>,
    pub(super) transport: Transport,
    pub(super) datagrams: Datagrams,
    /// Admits connections and datagrams.
    pub(super) policy: Option<Box<dyn Policy>>,
    /// Frames received.
    pub(super) received: u64,
    /// The time of the last exchange. Accurate enough to measure how fast a task reads, without
    /// reading the clock for each call.
    pub(super) now: Instant,
    /// Whether datagrams are sent before segments: in every second exchange, so that neither keeps
    /// the other out of a small transmit ring.
    pub(super) datagrams_first: bool,
    /// The link is gone for good.
    pub(super) link_lost: bool,
}

/// How a peer is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// It is in the interface's own network, or this host itself.
    Network,
    /// By the gateway.
    Gateway,
    /// There is no way.
    Nowhere,
}

impl Shared {
    /// The time.
    pub(super) fn now(&self) -> Instant {
        (self.clock)()
    }

    /// The interface's address; 0.0.0.0 while it has none.
    pub(super) fn address(&self) -> Ipv4Addr {
        let config = self.config.get();
        config.map_or(Ipv4Addr::UNSPECIFIED, |config| config.address)
    }

    /// Returns how a peer is reached, according to the configuration.
    pub(super) fn reach(&self, peer: SocketAddr) -> Reach {
        let address = Address::from(peer.ip()).to_ip();
        if peer.port() == 0 || address.is_unspecified() {
            return Reach::Nowhere;
        }
        match address {
            IpAddr::V4(address) => self.reach_ipv4(address),
            IpAddr::V6(address) => {
                let ipv6 = &self.state.borrow().ipv6;
                match ipv6.as_ref().and_then(|ipv6| ipv6.next_hop(address)) {
                    Some(hop) if hop == address => Reach::Network,
                    Some(_) => Reach::Gateway,
                    None => Reach::Nowhere,
                }
            }
        }
    }

    fn reach_ipv4(&self, address: Ipv4Addr) -> Reach {
        if address.is_loopback() || address.is_broadcast() {
            return Reach::Network;
        }
        let state = self.state.borrow();
        let ipv4 = state.ipv4.as_ref();
        match ipv4.and_then(|ipv4| ipv4.next_hop(address)) {
            Some(hop) if hop == address => Reach::Network,
            Some(_) => Reach::Gateway,
            // Hosts on the link receive it.
            None if address.is_multicast() && self.config.get().is_some() => Reach::Network,
            None => Reach::Nowhere,
        }
    }

    /// The link is gone for good.
    pub(super) fn lose_link(&self) {
        let state = &mut *self.state.borrow_mut();
        state.link_lost = true;
        state.transport.fail_all(self.now(), Error::NetworkDown);
        state.datagrams.on_link_lost();
        if let Some(ipv4) = &state.ipv4 {
            ipv4.wake_all();
        }
        if let Some(ipv6) = &state.ipv6 {
            ipv6.wake_all();
        }
    }
}

impl State {
    /// Returns whether `address` is an address of this host that may be used.
    pub(super) fn is_usable(&self, address: IpAddr) -> bool {
        match Address::from(address).to_ip() {
            IpAddr::V4(address) => self
                .ipv4
                .as_ref()
                .is_some_and(|ipv4| ipv4.is_usable(address)),
            IpAddr::V6(address) => self
                .ipv6
                .as_ref()
                .is_some_and(|ipv6| ipv6.is_usable(address)),
        }
    }

    /// Returns whether packets to `address` go to all hosts of a network on the link.
    pub(super) fn is_broadcast(&self, address: Address) -> bool {
        match (address.as_ipv4(), &self.ipv4) {
            (Some(address), Some(ipv4)) => ipv4.is_broadcast(address),
            _ => false,
        }
    }

    /// Returns the local address from which `peer` is reached, or `None` if there is no route or no
    /// address, or if no host can be `peer`.
    pub(super) fn source_for(&self, peer: SocketAddr) -> Option<Address> {
        let is_host = peer.port() != 0 && !peer.ip().is_unspecified();
        if !is_host {
            return None;
        }
        let remote = Address::from(peer.ip());
        match remote.to_ip() {
            IpAddr::V4(remote) => Some(self.ipv4.as_ref()?.source_for(remote)?.into()),
            IpAddr::V6(remote) => Some(self.ipv6.as_ref()?.source_for(remote)?.into()),
        }
    }
}
