//! What the sockets of a stack and its frames have in common.

use super::{
    backlog::Backlog,
    config::StackConfig,
    connections::Connections,
    counters::Tally,
    outbox::{DatagramSender, Outbox},
    refusals::Refusals,
    signal::Signal,
};
use crate::random::Random;
use alloc::collections::BTreeMap;
use core::{
    cell::{Cell, RefCell},
    net::{Ipv4Addr, SocketAddrV4},
};
use smoltcp::iface::{Interface, SocketSet};

/// A stack, as its sockets share it.
pub(super) struct Shared {
    pub(super) state: RefCell<State>,
    /// Raised by sockets when there is something to send or to tidy up.
    pub(super) work: Signal,
    /// None until it has an address, and when it has lost it.
    pub(super) config: Cell<Option<StackConfig>>,
    pub(super) mac_address: [u8; 6],
    pub(super) mtu: usize,
    pub(super) random: Random,
    pub(super) counters: Tally,
}

/// What sockets and frames work on. It is borrowed for the length of one call, never across an
/// `await`; wakers that smoltcp calls meanwhile must only schedule.
pub(super) struct State {
    pub(super) interface: Interface,
    pub(super) sockets: SocketSet<'static>,
    pub(super) connections: Connections,
    pub(super) listeners: BTreeMap<u16, Backlog>,
    /// By UDP port.
    pub(super) outboxes: BTreeMap<u16, Outbox>,
    /// Made with the first UDP port.
    pub(super) datagrams: Option<DatagramSender>,
    /// An ARP packet has been received since datagrams were last sent.
    pub(super) arp_received: bool,
    /// Whether datagrams are sent before segments: in every second exchange, so that neither keeps
    /// the other out of a small transmit ring.
    pub(super) datagrams_first: bool,
    /// The link is gone for good.
    pub(super) link_lost: bool,
    pub(super) refusals: Refusals,
}

/// How a peer is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// It is in the interface's own network.
    Network,
    /// By the gateway.
    Gateway,
    /// There is no way.
    Nowhere,
}

impl Shared {
    /// The interface's address; 0.0.0.0 while it has none.
    pub(super) fn address(&self) -> Ipv4Addr {
        let config = self.config.get();
        config.map_or(Ipv4Addr::UNSPECIFIED, |config| config.address)
    }

    pub(super) fn config(&self) -> Option<StackConfig> {
        self.config.get()
    }

    pub(super) fn set_config(&self, config: Option<StackConfig>) {
        self.config.set(config);
    }

    /// The largest payload of a UDP datagram, which is never fragmented.
    pub(super) fn largest_datagram(&self) -> usize {
        self.mtu.saturating_sub(20 + 8)
    }

    /// Returns how a peer is reached, according to the configuration.
    pub(super) fn reach(&self, peer: SocketAddrV4) -> Reach {
        let address = *peer.ip();
        if peer.port() == 0 {
            return Reach::Nowhere;
        }
        let Some(config) = self.config.get() else {
            // Only a DHCP server is spoken to.
            return match address.is_broadcast() {
                true => Reach::Network,
                false => Reach::Nowhere,
            };
        };
        if address == config.address || address.is_unspecified() {
            return Reach::Nowhere;
        }
        let here = address.is_broadcast() || config.network().contains_addr(&address);
        match here {
            true => Reach::Network,
            false if config.gateway.is_some() => Reach::Gateway,
            // Hosts on the link receive it.
            false if address.is_multicast() => Reach::Network,
            false => Reach::Nowhere,
        }
    }

    /// Whether the peer is a single host that can be reached.
    pub(super) fn reaches_host(&self, peer: SocketAddrV4) -> bool {
        let address = *peer.ip();
        let group = address.is_broadcast()
            || address.is_multicast()
            || self
                .config
                .get()
                .is_some_and(|config| config.network().broadcast() == Some(address));
        !group && self.reach(peer) != Reach::Nowhere
    }

    /// The link is gone for good.
    pub(super) fn lose_link(&self) {
        let state = &mut *self.state.borrow_mut();
        state.link_lost = true;
        state
            .connections
            .lose(&mut state.sockets, &mut state.listeners);
        state.listeners.values_mut().for_each(Backlog::wake);
        state.outboxes.values_mut().for_each(Outbox::wake);
    }
}

impl State {
    /// Connections that wait to be accepted.
    pub(super) fn waiting(&self) -> usize {
        self.listeners.values().map(Backlog::len).sum()
    }
}
