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

/// Half-open connections of one stack. When there are more, the oldest is given up: somebody who
/// answers does so long before a flood has pushed the connection out.
pub(super) const MAX_HALF_OPEN: usize = 256;
/// What a connection takes beside its buffers, at most, in bytes: its place among the sockets, which
/// grow to twice their size beside what they were, and those in the tables here.
pub(super) const PLACES: usize = 3 * size_of::<SocketStorage<'static>>() + 512;

/// Memory that must be left when a connection is opened, in one piece: `main` will want some of it
/// to serve the connection, and cannot go on without. It is so much, and for every connection that
/// `main` has not accepted yet, that is not served yet, as much as the buffers of one.
pub(super) const SPARE: usize = 32 * 1024;
pub(super) const SPARE_EACH: usize = TcpLimits::DEFAULT.receive + TcpLimits::DEFAULT.transmit;

/// A silent peer is probed after this time, unless [`keep_alive`] is given another.
pub(super) const KEEP_ALIVE: Duration = Duration::from_secs(60);
/// A peer that does not answer probes for this long is given up.
const PROBING: Duration = Duration::from_secs(90);
/// Limits of what Linux takes for its `TCP_KEEPIDLE`.
const KEEP_ALIVE_LIMITS: [Duration; 2] = [Duration::from_secs(1), Duration::from_secs(32767)];

/// Every connection and where it is in its life.
#[derive(Default)]
pub(super) struct Connections {
    by_flow: BTreeMap<Flow, Known>,
    /// Oldest first. Bounded by [`MAX_HALF_OPEN`].
    half_open: VecDeque<HalfOpen>,
    /// Dropped by `main`, and not yet at their end.
    orphans: Vec<Orphan>,
    /// The largest number of sockets there has been, for which the set has places.
    peak_sockets: usize,
    /// How many sockets there are for each port that has a limit.
    counted: BTreeMap<u16, u16>,
}

struct Known {
    socket: SocketHandle,
    /// Why it has ended, if it has, and not in order.
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
    /// Set when the orphan is first tended: dropping has no clock.
    deadline: Option<Instant>,
}

type Sockets = SocketSet<'static>;

fn tcp_of(sockets: &mut Sockets, socket: SocketHandle) -> &mut tcp::Socket<'static> {
    sockets.get_mut(socket)
}

impl Connections {
    /// Whether a request for a new connection of this flow is one, and not a matter of the
    /// connection that the flow has: that one is over then.
    ///
    /// RFC 9293, section 3.6.1, lets a new SYN end a TIME-WAIT. smoltcp would ignore the SYN.
    pub(super) fn gives_way(&mut self, sockets: &mut Sockets, flow: Flow) -> bool {
        let Some(Known { socket, .. }) = self.by_flow.get(&flow) else {
            return true;
        };
        let socket = *socket;
        match tcp_of(sockets, socket).state() {
            // Somebody may hold it still, but no segment of the flow is for it any more.
            tcp::State::Closed => {
                forget(&mut self.by_flow, flow, socket);
                true
            }
            // Until `main` has let go of it, the peer is told by an acknowledgement, and resets it.
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

    /// Why a connection has ended that did not end in order.
    pub(super) fn cause(&self, flow: Flow, socket: SocketHandle) -> Error {
        match self.by_flow.get(&flow) {
            Some(known) if known.socket == socket => known.cause,
            // The peer has opened another.
            _ => Error::ConnectionReset,
        }
    }

    pub(super) fn half_open(&self) -> usize {
        self.half_open.len()
    }

    /// Whether there is a connection of this flow, or one that has not quite ended.
    pub(super) fn has(&self, flow: Flow) -> bool {
        self.by_flow.contains_key(&flow)
    }

    fn free(&mut self, sockets: &mut Sockets, flow: Flow, socket: SocketHandle) {
        forget(&mut self.by_flow, flow, socket);
        uncount(&mut self.counted, flow);
        sockets.remove(socket);
    }
}

/// Probes a silent peer after `idle`, or never.
pub(super) fn keep_alive(socket: &mut tcp::Socket<'_>, idle: Option<Duration>) {
    let [min, max] = KEEP_ALIVE_LIMITS;
    let idle = idle.map(|idle| idle.clamp(min, max));
    socket.set_keep_alive(idle.map(Into::into));
    // Without probes this is the limit of unacknowledged data.
    socket.set_timeout(Some((idle.unwrap_or(KEEP_ALIVE) + PROBING).into()));
}

/// A socket of this flow is gone.
fn uncount(counted: &mut BTreeMap<u16, u16>, flow: Flow) {
    if let Some(count) = counted.get_mut(&flow.local.port()) {
        *count -= 1;
    }
}

/// A later connection may have taken the flow over; that one stays known.
fn forget(by_flow: &mut BTreeMap<Flow, Known>, flow: Flow, socket: SocketHandle) {
    if by_flow
        .get(&flow)
        .is_some_and(|known| known.socket == socket)
    {
        by_flow.remove(&flow);
    }
}
