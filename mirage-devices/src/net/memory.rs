//! The memory that stacks and their ports take, as far as it is known before they are made, and the
//! memory that they leave.

use super::{
    datagrams,
    limits::{TcpLimits, UdpLimits},
    neighbour,
    stack::Stack,
    state::State,
    tcp::{CONNECTION_MEMORY, MAX_ACCEPT_QUEUE, TABLE_MEMORY},
};
use alloc::vec::Vec;
use core::hint::black_box;

/// Memory that must be left, in one piece, when the stack takes some for what a peer begins: tasks
/// need some. It is `SPARE`, and `SPARE_EACH` for every connection that was not accepted yet.
const SPARE: usize = 32 * 1024;
const SPARE_EACH: usize = 8 * 1024;

/// Returns whether there is memory for something that a peer begins, with `entries` in the tables and
/// `unaccepted` connections that wait to be accepted.
///
/// Tables grow at once, and partly in ways that cannot fail. So it is tried whether as much is there.
pub(super) fn has_spare(entries: usize, unaccepted: usize) -> bool {
    let growth = 2 * (entries + 4) * TABLE_MEMORY;
    let mut spare = Vec::<u8>::new();
    let reserved = spare.try_reserve_exact(growth + SPARE + unaccepted * SPARE_EACH);
    // Without this the compiler may leave the allocation out, and assume that it succeeds.
    black_box(&mut spare);
    reserved.is_ok()
}

impl Stack {
    /// The memory that a stack takes beside its ports and its connections, in bytes, at most.
    pub const MEMORY: usize = SPARE + neighbour::PENDING_MEMORY + size_of::<State>();
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
