//! A port.

use super::queue::{self, DatagramQueue};
use crate::net::{
    ip::{Address, IcmpErrorKind, Template},
    limits::UdpLimits,
    wakers::Wakers,
};

/// An error about a datagram that was sent from a port.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PortError {
    /// The kind of error: from an ICMP message, which is not authenticated, or because the next hop
    /// does not answer.
    pub kind: IcmpErrorKind,
    /// The address to which the datagram was sent.
    pub remote: Address,
    /// The port to which it was sent.
    pub remote_port: u16,
}

/// The memory of a port whose queues have these limits, in bytes, at most. A queue grows by being
/// copied to one that is twice as large.
pub(in crate::net) const fn memory(datagrams: u16, receive: usize, transmit: usize) -> usize {
    let received = queue::memory(datagrams as usize, receive);
    let outgoing = queue::memory(datagrams as usize, transmit);
    let larger = if received > outgoing {
        received
    } else {
        outgoing
    };
    received + outgoing + larger / 2 + 2 * size_of::<Option<Port>>()
}

/// A bound port.
#[derive(Debug)]
pub(super) struct Port {
    pub(super) number: u16,
    /// The address and the port of the only peer from which datagrams are received, if it is connected.
    pub(super) peer: Option<(Address, u16)>,
    pub(super) received: DatagramQueue,
    pub(super) outgoing: DatagramQueue,
    pub(super) receivers: Wakers,
    pub(super) senders: Wakers,
    /// Whether it is among those that have something to send.
    pub(super) is_scheduled: bool,
    /// Whether it was closed, and only sends what is left.
    pub(super) is_closed: bool,
    /// The headers of the last datagram.
    pub(super) template: Template,
    /// The last error that was not taken.
    error: Option<PortError>,
}

impl Port {
    pub(super) fn new(number: u16, limits: UdpLimits) -> Self {
        let datagrams = usize::from(limits.datagrams);
        Self {
            number,
            peer: None,
            received: DatagramQueue::new(datagrams, limits.receive),
            outgoing: DatagramQueue::new(datagrams, limits.transmit),
            receivers: Wakers::default(),
            senders: Wakers::default(),
            is_scheduled: false,
            is_closed: false,
            template: Template::default(),
            error: None,
        }
    }

    /// Returns whether a peer is one from which datagrams are received.
    #[inline]
    pub(super) fn accepts(&self, remote: Address, remote_port: u16) -> bool {
        self.peer.is_none_or(|peer| peer == (remote, remote_port))
    }

    /// Receives nothing any more, and frees what was received.
    pub(super) fn close(&mut self) {
        self.is_closed = true;
        self.received = DatagramQueue::new(0, 0);
    }

    /// Keeps an error in place of the last one. It fails the next operation of a connected port.
    pub(super) fn set_error(&mut self, error: PortError) {
        if self.accepts(error.remote, error.remote_port) {
            self.error = Some(error);
            if self.peer.is_some() {
                self.receivers.wake();
            }
        }
    }

    /// Takes the last error.
    pub(super) fn take_error(&mut self) -> Option<PortError> {
        self.error.take()
    }

    /// Returns the error with which the next operation fails.
    #[inline]
    pub(super) fn failure(&self) -> Option<PortError> {
        self.error.filter(|_| self.peer.is_some())
    }

    /// Returns whether the next operation fails.
    #[inline]
    pub(super) fn is_failing(&self) -> bool {
        self.error.is_some() && self.peer.is_some()
    }

    /// Takes the error with which an operation fails.
    #[inline]
    pub(super) fn check(&mut self) -> Result<(), PortError> {
        match self.error {
            Some(error) if self.peer.is_some() => {
                self.error = None;
                Err(error)
            }
            _ => Ok(()),
        }
    }
}
