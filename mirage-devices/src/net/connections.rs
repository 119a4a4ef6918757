//! The TCP connections of a stack, from their SYN to the end of their TIME-WAIT.

mod closing;
mod opening;

use super::{error::Error, limits::TcpLimits, segment::Flow};
use crate::time::Instant;
use alloc::{
    collections::{BTreeMap, VecDeque},
    vec::Vec,
};
use core::time::Duration;
use smoltcp::{
    iface::{SocketHandle, SocketSet, SocketStorage},
    socket::tcp,
};

/// Maximum number of half-open connections of a stack. Beyond it the oldest is dropped: a client that
/// completes the handshake does so long before a flood has evicted its connection.
pub(super) const MAX_HALF_OPEN: usize = 256;
/// Upper bound of a connection's memory without its buffers, in bytes: its entries in the tables here and
/// in the set of sockets, which doubles its capacity while the old one is still allocated.
pub(super) const PLACES: usize = 3 * size_of::<SocketStorage<'static>>() + 512;

/// Memory that must be left, in one piece, when a connection is opened: `main` needs some to serve the
/// connection. It is `SPARE`, and `SPARE_EACH` for every connection that `main` has not accepted yet.
pub(super) const SPARE: usize = 32 * 1024;
pub(super) const SPARE_EACH: usize = TcpLimits::DEFAULT.receive + TcpLimits::DEFAULT.transmit;

/// Idle time after which a peer is probed, unless [`keep_alive`] sets another.
pub(super) const KEEP_ALIVE: Duration = Duration::from_secs(60);
/// How long a peer may leave probes unanswered before its connection is aborted.
const PROBING: Duration = Duration::from_secs(90);
/// The limits of Linux for `TCP_KEEPIDLE`.
const KEEP_ALIVE_LIMITS: [Duration; 2] = [Duration::from_secs(1), Duration::from_secs(32767)];

/// All connections and their states.
#[derive(Default)]
pub(super) struct Connections {
    by_flow: BTreeMap<Flow, Known>,
    /// Oldest first. Bounded by [`MAX_HALF_OPEN`].
    half_open: VecDeque<HalfOpen>,
    /// Dropped by `main`, but not closed yet.
    orphans: Vec<Orphan>,
    /// The largest number of sockets there has been, for which the set has places.
    peak_sockets: usize,
    /// How many sockets there are for each port that has a limit.
    counted: BTreeMap<u16, u16>,
}

struct Known {
    socket: SocketHandle,
    /// Why it has ended, if it was not closed by both sides.
    cause: Error,
}

struct HalfOpen {
    socket: SocketHandle,
    flow: Flow,
    deadline: Instant,
}

struct Orphan {
    socket: SocketHandle,
    flow: Flow,
    /// Set by the first [`maintain`](Connections::maintain), because dropping has no clock.
    deadline: Option<Instant>,
}

type Sockets = SocketSet<'static>;

fn tcp_of(sockets: &mut Sockets, socket: SocketHandle) -> &mut tcp::Socket<'static> {
    sockets.get_mut(socket)
}

impl Connections {
    /// Returns whether a SYN of this flow opens a new connection. If so, a previous connection of the
    /// flow has ended.
    ///
    /// RFC 9293, section 3.6.1, lets a new SYN end a TIME-WAIT. smoltcp would ignore the SYN.
    pub(super) fn gives_way(&mut self, sockets: &mut Sockets, flow: Flow) -> bool {
        let Some(Known { socket, .. }) = self.by_flow.get(&flow) else {
            return true;
        };
        let socket = *socket;
        match tcp_of(sockets, socket).state() {
            // `main` may still hold it, but no segment of the flow belongs to it any more.
            tcp::State::Closed => {
                forget(&mut self.by_flow, flow, socket);
                true
            }
            // Until `main` drops it, the peer receives an acknowledgement, and resets it.
            tcp::State::TimeWait => self.end_time_wait(sockets, socket),
            _ => false,
        }
    }

    /// Notes that smoltcp has seen a reset of this flow. (Its sequence number may have been wrong.)
    pub(super) fn note_reset(&mut self, sockets: &mut Sockets, flow: Flow) {
        let Some(known) = self.by_flow.get_mut(&flow) else {
            return;
        };
        let socket = known.socket;
        match tcp_of(sockets, socket).state() {
            tcp::State::Closed => known.cause = Error::ConnectionReset,
            // smoltcp listens again after a reset, and would take the next request for any flow.
            tcp::State::Listen => {
                self.half_open
                    .retain(|half_open| half_open.socket != socket);
                self.free(sockets, flow, socket);
            }
            _ => {}
        }
    }

    /// Returns why a connection has ended that was not closed by both sides.
    pub(super) fn cause(&self, flow: Flow, socket: SocketHandle) -> Error {
        match self.by_flow.get(&flow) {
            Some(known) if known.socket == socket => known.cause,
            // The peer has opened another connection of this flow.
            _ => Error::ConnectionReset,
        }
    }

    pub(super) fn half_open(&self) -> usize {
        self.half_open.len()
    }

    /// Returns whether this flow has a connection, including one that is closing.
    pub(super) fn has(&self, flow: Flow) -> bool {
        self.by_flow.contains_key(&flow)
    }

    fn free(&mut self, sockets: &mut Sockets, flow: Flow, socket: SocketHandle) {
        forget(&mut self.by_flow, flow, socket);
        uncount(&mut self.counted, flow);
        sockets.remove(socket);
    }
}

/// Sets the idle time after which the peer is probed; `None` for never.
pub(super) fn keep_alive(socket: &mut tcp::Socket<'_>, idle: Option<Duration>) {
    let [min, max] = KEEP_ALIVE_LIMITS;
    let idle = idle.map(|idle| idle.clamp(min, max));
    socket.set_keep_alive(idle.map(Into::into));
    // Without probes this is the limit of unacknowledged data.
    socket.set_timeout(Some((idle.unwrap_or(KEEP_ALIVE) + PROBING).into()));
}

/// Counts that a socket of this flow was removed.
fn uncount(counted: &mut BTreeMap<u16, u16>, flow: Flow) {
    if let Some(count) = counted.get_mut(&flow.local.port()) {
        *count -= 1;
    }
}

/// Removes a connection from the table, unless a later connection has taken over the flow.
fn forget(by_flow: &mut BTreeMap<Flow, Known>, flow: Flow, socket: SocketHandle) {
    if by_flow
        .get(&flow)
        .is_some_and(|known| known.socket == socket)
    {
        by_flow.remove(&flow);
    }
}
