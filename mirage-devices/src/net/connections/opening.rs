//! How connections begin, and the memory for them.

use super::{
    Connections, HalfOpen, KEEP_ALIVE, Known, SPARE, SPARE_EACH, Sockets, keep_alive, tcp_of,
};
use crate::{
    net::{counters::Tally, error::Error, limits::TcpLimits, segment::Flow},
    time::Instant,
};
use alloc::{collections::BTreeMap, vec::Vec};
use core::time::Duration;
use smoltcp::{
    iface::{Interface, SocketHandle, SocketStorage},
    socket::tcp,
};

/// A handshake that the peer has begun has this long.
const HANDSHAKE: Duration = Duration::from_secs(15);
/// One that this side has begun is given up after three minutes of silence, which is the least that
/// RFC 9293, section 3.8.3 (MUST-23) allows.
const CONNECT: smoltcp::time::Duration = smoltcp::time::Duration::from_secs(180);

type Buffer = tcp::SocketBuffer<'static>;

fn buffer(length: usize) -> Option<Buffer> {
    let mut bytes = Vec::new();
    bytes.try_reserve_exact(length).ok()?;
    bytes.resize(length, 0);
    Some(tcp::SocketBuffer::new(bytes))
}

impl Connections {
    /// Counts the connections of a port, which is to have a limited number of them.
    pub(in crate::net) fn count_those_of(&mut self, port: u16) {
        self.counted.entry(port).or_default();
    }

    /// Whether a port may have one more connection, of at most `most`. What waits for nothing but
    /// its time makes room for what is new.
    pub(in crate::net) fn may_have_another(
        &mut self,
        tally: &Tally,
        sockets: &mut Sockets,
        port: u16,
        most: u16,
    ) -> bool {
        let full = |counted: &BTreeMap<u16, u16>| counted.get(&port).is_some_and(|n| *n >= most);
        if full(&self.counted) {
            self.reclaim(tally, sockets, |flow| flow.local.port() == port);
        }
        !full(&self.counted)
    }

    /// A socket that waits for the SYN of `flow`; `None` if memory is exhausted. `waiting`
    /// connections wait to be accepted.
    pub(in crate::net) fn open(
        &mut self,
        tally: &Tally,
        sockets: &mut Sockets,
        flow: Flow,
        limits: TcpLimits,
        waiting: usize,
        now: Instant,
    ) -> Option<SocketHandle> {
        let mut socket = self.socket(tally, sockets, limits, waiting)?;
        keep_alive(&mut socket, Some(KEEP_ALIVE));
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
    pub(in crate::net) fn connect(
        &mut self,
        tally: &Tally,
        interface: &mut Interface,
        sockets: &mut Sockets,
        flow: Flow,
        waiting: usize,
    ) -> Option<SocketHandle> {
        let mut socket = self.socket(tally, sockets, TcpLimits::DEFAULT, waiting)?;
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
        tally: &Tally,
        sockets: &mut Sockets,
        limits: TcpLimits,
        waiting: usize,
    ) -> Option<tcp::Socket<'static>> {
        let (receive, transmit) = match self.reserve(sockets, limits, waiting) {
            Some(buffers) => buffers,
            None => {
                // What waits for nothing but its time makes room for what is new.
                self.reclaim(tally, sockets, |_| true)?;
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
    pub(in crate::net) fn has_spare(&mut self, sockets: &Sockets, waiting: usize) -> bool {
        let count = sockets.iter().count();
        let growth = if count < self.peak_sockets {
            0
        } else {
            2 * (count + 4) * size_of::<SocketStorage<'static>>()
        };
        let spare = SPARE + SPARE_EACH * (waiting + self.half_open.len());
        let there = Vec::<u8>::new().try_reserve_exact(growth + spare).is_ok();
        if there {
            self.peak_sockets = self.peak_sockets.max(count + 1);
        }
        there
    }

    /// Takes back the newest socket if its SYN was not one after all (its checksum was wrong).
    pub(in crate::net) fn forget_if_not_opened(
        &mut self,
        sockets: &mut Sockets,
        socket: SocketHandle,
    ) {
        if tcp_of(sockets, socket).state() == tcp::State::Listen
            && let Some(newest) = self.half_open.pop_back_if(|newest| newest.socket == socket)
        {
            self.free(sockets, newest.flow, socket);
        }
    }

    /// Gives up the half-open connection at `index`, 0 the oldest, without a reset to its peer.
    pub(in crate::net) fn evict_half_open(
        &mut self,
        tally: &Tally,
        sockets: &mut Sockets,
        index: usize,
    ) {
        if let Some(oldest) = self.half_open.remove(index) {
            tally.count(|counters| counters.half_open_evicted += 1);
            self.free(sockets, oldest.flow, oldest.socket);
        }
    }

    /// Frees the buffers of the oldest connection `of` these flows in TIME-WAIT, else of the oldest
    /// half-open one.
    fn reclaim(
        &mut self,
        tally: &Tally,
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
            self.evict_half_open(tally, sockets, oldest);
        }
        Some(())
    }
}
