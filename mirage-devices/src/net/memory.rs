//! The memory that stacks and their ports take, as far as it is known before they are made.

use super::{
    backlog::MAX_WAITING,
    connections::{MAX_HALF_OPEN, PLACES, SPARE, SPARE_EACH},
    limits::{TcpLimits, UdpLimits},
    outbox::{self, MAX_UNRESOLVED},
    stack::Stack,
    state::Shared,
    udp,
};

impl Stack {
    /// The memory that a stack takes beside its ports, in bytes, at most: on a link that carries IP
    /// packets of up to `mtu` bytes.
    pub const fn memory(mtu: u16) -> usize {
        SPARE + (1 + MAX_UNRESOLVED) * mtu as usize + size_of::<Shared>()
    }
}

impl TcpLimits {
    /// The memory that so many connections take at most, in bytes, with what is kept for `main` to
    /// serve those that it has not accepted yet; that of one, where there is no limit to their number.
    pub const fn memory(&self) -> usize {
        let connections = match self.connections {
            Some(connections) => connections as usize,
            None => 1,
        };
        let most_waiting = MAX_WAITING + MAX_HALF_OPEN;
        let waiting = if connections < most_waiting {
            connections
        } else {
            most_waiting
        };
        connections * (self.receive + self.transmit + PLACES) + waiting * SPARE_EACH
    }
}

impl UdpLimits {
    /// The memory that a port takes, in bytes.
    pub const fn memory(&self) -> usize {
        let places = self.datagrams as usize * (udp::PLACE + outbox::PLACE);
        self.receive + self.transmit + places + udp::SOCKET
    }
}
