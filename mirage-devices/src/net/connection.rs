//! The TCP connections of a stack, from their SYN to the end of their TIME-WAIT.

use super::{error::Error, limits::TcpLimits, listener::Backlog, segment::Flow, stack::Shared};
use crate::time::Instant;
use alloc::{
    collections::{BTreeMap, VecDeque},
    vec::Vec,
};
use core::time::Duration;
use smoltcp::{
    iface::{Interface, SocketHandle, SocketSet, SocketStorage},
    socket::{Socket, tcp},
};

/// Half-open connections of one stack. When there are more, the oldest is given up: somebody who
/// answers does so long before a flood has pushed the connection out.
pub(super) const MOST_HALF_OPEN: usize = 256;
/// Connections in TIME-WAIT that are kept; beyond that the oldest ends early.
const MOST_TIME_WAIT: usize = 64;

/// What a connection takes beside its buffers, at most, in bytes: its place among the sockets, which
/// grow to twice their size beside what they were, and those in the tables here.
pub(super) const PLACES: usize = 3 * size_of::<SocketStorage<'static>>() + 512;

/// Memory that must be left when a connection is opened, in one piece: `main` will want some of it
/// to serve the connection, and cannot go on without. It is so much, and for every connection that
/// `main` has not accepted yet, that is not served yet, as much as the buffers of one.
pub(super) const SPARE: usize = 32 * 1024;
pub(super) const SPARE_EACH: usize = TcpLimits::DEFAULT.receive + TcpLimits::DEFAULT.transmit;

/// A handshake that the peer has begun has this long.
const HANDSHAKE: Duration = Duration::from_secs(15);
/// One that this side has begun is given up after three minutes of silence, which is the least that
/// RFC 9293, section 3.8.3 (MUST-23) allows.
const CONNECT: smoltcp::time::Duration = smoltcp::time::Duration::from_secs(180);
/// A connection that `main` has dropped has this long to deliver what was written.
const FAREWELL: Duration = Duration::from_secs(60);
/// A silent peer is asked whether it is there, and given up when it has not answered for long.
const KEEP_ALIVE: smoltcp::time::Duration = smoltcp::time::Duration::from_secs(60);
const GIVE_UP: smoltcp::time::Duration = smoltcp::time::Duration::from_secs(150);

/// Every connection and where it is in its life.
#[derive(Default)]
pub(super) struct Connections {
    by_flow: BTreeMap<Flow, Known>,
    /// Oldest first. Bounded by [`MOST_HALF_OPEN`].
    half_open: VecDeque<HalfOpen>,
    /// Dropped by `main`, and not yet at their end.
    orphans: Vec<Orphan>,
    /// The largest number of sockets there has been, for which the set has places.
    most_sockets: usize,
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
type Buffer = tcp::SocketBuffer<'static>;

fn tcp_of(sockets: &mut Sockets, socket: SocketHandle) -> &mut tcp::Socket<'static> {
    sockets.get_mut(socket)
}

fn buffer(length: usize) -> Option<Buffer> {
    let mut bytes = Vec::new();
    bytes.try_reserve_exact(length).ok()?;
    bytes.resize(length, 0);
    Some(tcp::SocketBuffer::new(bytes))
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
            tcp::State::Closed => known.cause = Error::Reset,
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
            _ => Error::Reset,
        }
    }

    pub(super) fn half_open(&self) -> usize {
        self.half_open.len()
    }

    /// Whether there is a connection of this flow, or one that has not quite ended.
    pub(super) fn has(&self, flow: Flow) -> bool {
        self.by_flow.contains_key(&flow)
    }

    /// Counts the connections of a port, which is to have a limited number of them.
    pub(super) fn count_those_of(&mut self, port: u16) {
        self.counted.entry(port).or_default();
    }

    /// Whether a port may have one more connection, of at most `most`. What waits for nothing but
    /// its time makes room for what is new.
    pub(super) fn may_have_another(
        &mut self,
        shared: &Shared,
        sockets: &mut Sockets,
        port: u16,
        most: u16,
    ) -> bool {
        let full = |counted: &BTreeMap<u16, u16>| counted.get(&port).is_some_and(|n| *n >= most);
        if full(&self.counted) {
            self.reclaim(shared, sockets, |flow| flow.local.port() == port);
        }
        !full(&self.counted)
    }

    /// A socket that waits for the SYN of `flow`; `None` if memory is exhausted. `waiting`
    /// connections wait to be accepted.
    pub(super) fn open(
        &mut self,
        shared: &Shared,
        sockets: &mut Sockets,
        flow: Flow,
        limits: TcpLimits,
        waiting: usize,
        now: Instant,
    ) -> Option<SocketHandle> {
        let mut socket = self.socket(shared, sockets, limits, waiting)?;
        keep_alive(&mut socket);
        socket.listen(flow.local).ok()?;
        let socket = self.add(sockets, flow, socket);
        self.half_open.push_back(HalfOpen {
            socket,
            flow,
            deadline: now + HANDSHAKE,
        });
        Some(socket)
    }

    /// A socket that sends the SYN of `flow`; `None` if memory is exhausted. `waiting` connections
    /// wait to be accepted.
    pub(super) fn connect(
        &mut self,
        shared: &Shared,
        interface: &mut Interface,
        sockets: &mut Sockets,
        flow: Flow,
        waiting: usize,
    ) -> Option<SocketHandle> {
        let mut socket = self.socket(shared, sockets, TcpLimits::DEFAULT, waiting)?;
        socket.set_timeout(Some(CONNECT));
        socket
            .connect(interface.context(), flow.remote, flow.local)
            .ok()?;
        Some(self.add(sockets, flow, socket))
    }

    fn add(
        &mut self,
        sockets: &mut Sockets,
        flow: Flow,
        socket: tcp::Socket<'static>,
    ) -> SocketHandle {
        let socket = sockets.add(socket);
        let cause = Error::TimedOut;
        self.by_flow.insert(flow, Known { socket, cause });
        if let Some(count) = self.counted.get_mut(&flow.local.port()) {
            *count += 1;
        }
        socket
    }

    /// A socket with all the memory that it will ever need.
    fn socket(
        &mut self,
        shared: &Shared,
        sockets: &mut Sockets,
        limits: TcpLimits,
        waiting: usize,
    ) -> Option<tcp::Socket<'static>> {
        let (receive, transmit) = match self.reserve(sockets, limits, waiting) {
            Some(buffers) => buffers,
            None => {
                // What waits for nothing but its time makes room for what is new.
                self.reclaim(shared, sockets, |_| true)?;
                self.reserve(sockets, limits, waiting)?
            }
        };
        let mut socket = tcp::Socket::new(receive, transmit);
        socket.set_nagle_enabled(false);
        socket.set_congestion_control(tcp::CongestionControl::Reno);
        Some(socket)
    }

    /// All the memory that one more connection will ever need: its buffers, and its places in the
    /// tables here, so that none of what follows can fail for want of memory.
    fn reserve(
        &mut self,
        sockets: &Sockets,
        limits: TcpLimits,
        waiting: usize,
    ) -> Option<(Buffer, Buffer)> {
        let orphans = sockets.iter().count() + 1 - self.orphans.len();
        self.orphans.try_reserve(orphans).ok()?;
        let buffers = (buffer(limits.receive)?, buffer(limits.transmit)?);
        self.has_spare(sockets, waiting).then_some(buffers)
    }

    /// Whether there is memory for the tables to take one more socket, and then some for `main`.
    /// The tables grow at once, and partly in ways that cannot be tried. So it is tried whether as
    /// much is there.
    pub(super) fn has_spare(&mut self, sockets: &Sockets, waiting: usize) -> bool {
        let count = sockets.iter().count();
        let growth = if count < self.most_sockets {
            0
        } else {
            2 * (count + 4) * size_of::<SocketStorage<'static>>()
        };
        let spare = SPARE + SPARE_EACH * (waiting + self.half_open.len());
        let there = Vec::<u8>::new().try_reserve_exact(growth + spare).is_ok();
        if there {
            self.most_sockets = self.most_sockets.max(count + 1);
        }
        there
    }

    /// Takes back the newest socket if its SYN was not one after all (its checksum was wrong).
    pub(super) fn forget_if_not_opened(&mut self, sockets: &mut Sockets, socket: SocketHandle) {
        if tcp_of(sockets, socket).state() == tcp::State::Listen
            && let Some(newest) = self.half_open.pop_back_if(|newest| newest.socket == socket)
        {
            self.free(sockets, newest.flow, socket);
        }
    }

    /// Gives up the half-open connection at `index`, 0 the oldest, without a word to its peer.
    pub(super) fn evict_half_open(&mut self, shared: &Shared, sockets: &mut Sockets, index: usize) {
        if let Some(oldest) = self.half_open.remove(index) {
            shared.count(|counters| counters.half_open_evicted += 1);
            self.free(sockets, oldest.flow, oldest.socket);
        }
    }

    /// Frees the buffers of the oldest connection `of` these flows in TIME-WAIT, else of the oldest
    /// half-open one.
    fn reclaim(
        &mut self,
        shared: &Shared,
        sockets: &mut Sockets,
        of: impl Fn(Flow) -> bool,
    ) -> Option<()> {
        let waiting = self.orphans.iter().position(|orphan| {
            let socket: &tcp::Socket<'_> = sockets.get(orphan.socket);
            socket.state() == tcp::State::TimeWait && of(orphan.flow)
        });
        if let Some(index) = waiting {
            let orphan = self.orphans.remove(index);
            self.free(sockets, orphan.flow, orphan.socket);
        } else {
            // One that has just been opened is still among them.
            let oldest = self.half_open.iter().position(|oldest| {
                let socket: &tcp::Socket<'_> = sockets.get(oldest.socket);
                socket.state() == tcp::State::SynReceived && of(oldest.flow)
            })?;
            self.evict_half_open(shared, sockets, oldest);
        }
        Some(())
    }

    /// Ends a TIME-WAIT early; false if `main` still holds the connection.
    fn end_time_wait(&mut self, sockets: &mut Sockets, socket: SocketHandle) -> bool {
        let orphan = self
            .orphans
            .iter()
            .position(|orphan| orphan.socket == socket);
        let Some(index) = orphan else { return false };
        let orphan = self.orphans.remove(index);
        self.free(sockets, orphan.flow, socket);
        true
    }

    fn free(&mut self, sockets: &mut Sockets, flow: Flow, socket: SocketHandle) {
        forget(&mut self.by_flow, flow, socket);
        uncount(&mut self.counted, flow);
        sockets.remove(socket);
    }

    /// `main` has no more use for a connection: it ends by itself.
    pub(super) fn leave(&mut self, sockets: &mut Sockets, flow: Flow, socket: SocketHandle) {
        // Whatever the peer may still answer to a SYN is answered by a reset.
        if tcp_of(sockets, socket).state() == tcp::State::SynSent {
            return self.free(sockets, flow, socket);
        }
        tcp_of(sockets, socket).close();
        self.orphans.push(Orphan {
            socket,
            flow,
            deadline: None,
        });
    }

    /// Moves each connection on to where it is by now, and frees those that have ended.
    pub(super) fn tend(
        &mut self,
        sockets: &mut Sockets,
        listeners: &mut BTreeMap<u16, Backlog>,
        now: Instant,
    ) {
        self.tend_half_open(sockets, listeners, now);
        self.tend_orphans(sockets, now);
    }

    fn tend_half_open(
        &mut self,
        sockets: &mut Sockets,
        listeners: &mut BTreeMap<u16, Backlog>,
        now: Instant,
    ) {
        let mut index = 0;
        while let Some(HalfOpen {
            socket,
            flow,
            deadline,
        }) = self.half_open.get(index)
        {
            let (socket, flow, deadline) = (*socket, *flow, *deadline);
            match tcp_of(sockets, socket).state() {
                tcp::State::SynReceived if now < deadline => {
                    index += 1;
                    continue;
                }
                tcp::State::Established | tcp::State::CloseWait => {
                    match listeners.get_mut(&flow.local.port()) {
                        Some(backlog) => backlog.push(socket, flow),
                        None => self.leave(sockets, flow, socket),
                    }
                }
                // Too late, or reset by the peer, after which smoltcp would listen again.
                _ => {
                    self.free(sockets, flow, socket);
                }
            }
            self.half_open.remove(index);
        }
    }

    /// Ends the connections that `main` has dropped, as far as they are at their end.
    pub(super) fn tend_orphans(&mut self, sockets: &mut Sockets, now: Instant) {
        let (by_flow, counted) = (&mut self.by_flow, &mut self.counted);
        let mut waiting = 0;
        if self.orphans.len() > MOST_TIME_WAIT {
            let waits =
                |orphan: &&Orphan| tcp_of(sockets, orphan.socket).state() == tcp::State::TimeWait;
            waiting = self.orphans.iter().filter(waits).count();
        }
        self.orphans.retain_mut(|orphan| {
            let deadline = *orphan.deadline.get_or_insert(now + FAREWELL);
            let socket = tcp_of(sockets, orphan.socket);
            // Closed is reached before the reset that says so is sent; then it has no peer.
            let mut ended =
                socket.state() == tcp::State::Closed && socket.remote_endpoint().is_none();
            // What nobody will read is answered by a reset, as RFC 1122, section 4.2.2.13 asks.
            if socket.can_recv() {
                socket.abort();
            }
            if socket.state() == tcp::State::TimeWait && waiting > MOST_TIME_WAIT {
                waiting -= 1;
                ended = true;
            }
            if ended || now >= deadline {
                forget(by_flow, orphan.flow, orphan.socket);
                uncount(counted, orphan.flow);
                sockets.remove(orphan.socket);
                return false;
            }
            true
        });
    }

    /// When [`Connections::tend`] has something to do even if no frame comes.
    pub(super) fn next_deadline(&self) -> Option<Instant> {
        let half_open = self.half_open.front().map(|oldest| oldest.deadline);
        let orphans = self
            .orphans
            .iter()
            .filter_map(|orphan| orphan.deadline)
            .min();
        [half_open, orphans].into_iter().flatten().min()
    }

    /// Resets every connection: the address that they are of is given up. Those that `main` holds
    /// are freed when it lets go of them.
    pub(super) fn reset(&mut self, sockets: &mut Sockets, listeners: &mut BTreeMap<u16, Backlog>) {
        while let Some(HalfOpen { socket, flow, .. }) = self.half_open.pop_front() {
            self.free(sockets, flow, socket);
        }
        for (socket, flow) in listeners.values_mut().flat_map(Backlog::drain) {
            self.leave(sockets, flow, socket);
        }
        for known in self.by_flow.values_mut() {
            let socket = tcp_of(sockets, known.socket);
            if socket.state() != tcp::State::Closed {
                known.cause = Error::AddressLost;
                socket.abort();
            }
        }
    }

    /// Ends every connection without a word: the link is gone. Those that `main` holds are freed
    /// when it lets go of them.
    pub(super) fn lose(&mut self, sockets: &mut Sockets, listeners: &mut BTreeMap<u16, Backlog>) {
        let half_open = self.half_open.drain(..).map(|half_open| half_open.socket);
        let orphans = self.orphans.drain(..).map(|orphan| orphan.socket);
        let waiting = listeners.values_mut().flat_map(Backlog::drain);
        for socket in half_open
            .chain(orphans)
            .chain(waiting.map(|(socket, _)| socket))
        {
            sockets.remove(socket);
        }
        self.by_flow.clear();
        for (_, socket) in sockets.iter_mut() {
            if let Socket::Tcp(socket) = socket {
                socket.abort();
            }
        }
    }
}

/// Has a connection ask a silent peer whether it is there.
pub(super) fn keep_alive(socket: &mut tcp::Socket<'_>) {
    socket.set_keep_alive(Some(KEEP_ALIVE));
    socket.set_timeout(Some(GIVE_UP));
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
