//! A port.

use super::queue::{self, DatagramQueue};
use crate::net::{
    ip::{Address, IcmpErrorKind, NextHopHint},
    limits::UdpLimits,
    wakers::Wakers,
};

/// How many errors wait to be taken.
const MAX_ERRORS: usize = 4;

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
    /// The only local address at which datagrams are received, if there is one.
    pub(super) local: Option<Address>,
    pub(super) received: DatagramQueue,
    pub(super) outgoing: DatagramQueue,
    pub(super) receivers: Wakers,
    pub(super) senders: Wakers,
    /// Whether it is among those that have something to send.
    pub(super) is_scheduled: bool,
    /// The next hop of the last datagram.
    pub(super) hint: NextHopHint,
    errors: [Option<PortError>; MAX_ERRORS],
}

impl Port {
    pub(super) fn new(number: u16, local: Option<Address>, limits: UdpLimits) -> Self {
        let datagrams = usize::from(limits.datagrams);
        Self {
            number,
            local,
            received: DatagramQueue::new(datagrams, limits.receive),
            outgoing: DatagramQueue::new(datagrams, limits.transmit),
            receivers: Wakers::default(),
            senders: Wakers::default(),
            is_scheduled: false,
            hint: NextHopHint::default(),
            errors: [None; MAX_ERRORS],
        }
    }

    /// Keeps an error, unless as many wait as may wait.
    pub(super) fn push_error(&mut self, error: PortError) {
        if let Some(free) = self.errors.iter_mut().find(|each| each.is_none()) {
            *free = Some(error);
            self.receivers.wake();
        }
    }

    /// Takes the oldest error.
    pub(super) fn take_error(&mut self) -> Option<PortError> {
        let error = self.errors[0].take();
        self.errors.rotate_left(1);
        error
    }

    pub(super) fn has_error(&self) -> bool {
        self.errors[0].is_some()
    }
}
