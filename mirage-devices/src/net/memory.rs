//! The memory that stacks and their ports take, as far as it is known before they are made.

use super::{
    datagrams,
    ip::{Autoconfiguration, Ipv4, Ipv6},
    limits::{TcpLimits, UdpLimits},
    neighbour,
    spare::{SPARE, SPARE_EACH},
    stack::Stack,
    state::State,
    tcp::{CONNECTION_MEMORY, MAX_ACCEPT_QUEUE},
};

impl Stack {
    /// The memory that a stack takes beside its address families, ports and connections, in bytes, at most.
    pub const MEMORY: usize = SPARE + size_of::<State>();

    /// The memory that IPv4 takes beside that, in bytes, at most.
    pub const IPV4_MEMORY: usize = neighbour::PENDING_MEMORY + size_of::<Ipv4>();

    /// The memory that IPv6 takes beside that, in bytes, at most.
    pub const IPV6_MEMORY: usize = neighbour::PENDING_MEMORY + size_of::<Ipv6>();

    /// The memory that SLAAC takes beside that, in bytes, at most.
    pub const SLAAC_MEMORY: usize = Autoconfiguration::MEMORY;
}

impl TcpLimits {
    /// The memory that so many connections always have, in bytes, with what is kept for `main` to
    /// serve those that it has not accepted yet; that of one, where there is no limit to their number.
    pub const fn memory(&self) -> usize {
        let connections = match self.connections {
            Some(connections) => connections as usize,
            None => 1,
        };
        let unaccepted = if connections < MAX_ACCEPT_QUEUE {
            connections
        } else {
            MAX_ACCEPT_QUEUE
        };
        connections * CONNECTION_MEMORY + unaccepted * SPARE_EACH
    }
}

impl UdpLimits {
    /// The memory that a port takes, in bytes, at most.
    pub const fn memory(&self) -> usize {
        datagrams::port_memory(self.datagrams, self.receive, self.transmit)
    }
}
