//! How connections end.

use super::{Connections, HalfOpen, Orphan, Sockets, forget, tcp_of, uncount};
use crate::{
    net::{backlog::Backlog, error::Error, segment::Flow},
    time::Instant,
};
use alloc::collections::BTreeMap;
use core::time::Duration;
use smoltcp::{
    iface::SocketHandle,
    socket::{Socket, tcp},
};

/// Connections in TIME-WAIT that are kept; beyond that the oldest ends early.
const MAX_TIME_WAIT: usize = 64;

/// How long a connection that `main` has dropped may take to deliver the data that was written.
const LINGER: Duration = Duration::from_secs(60);

impl Connections {
    /// Closes a connection that `main` has dropped.
    pub(in crate::net) fn leave(
        &mut self,
        sockets: &mut Sockets,
        flow: Flow,
        socket: SocketHandle,
    ) {
        // A late answer to the SYN is answered by a reset.
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

    /// Updates the state of each connection, and frees those that have ended.
    pub(in crate::net) fn maintain(
        &mut self,
        sockets: &mut Sockets,
        listeners: &mut BTreeMap<u16, Backlog>,
        now: Instant,
    ) {
        self.maintain_half_open(sockets, listeners, now);
        self.maintain_orphans(sockets, now);
    }

    fn maintain_half_open(
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

    /// Frees those of the connections that `main` has dropped which have ended.
    pub(in crate::net) fn maintain_orphans(&mut self, sockets: &mut Sockets, now: Instant) {
        let (by_flow, counted) = (&mut self.by_flow, &mut self.counted);
        let mut waiting = 0;
        if self.orphans.len() > MAX_TIME_WAIT {
            let waits =
                |orphan: &&Orphan| tcp_of(sockets, orphan.socket).state() == tcp::State::TimeWait;
            waiting = self.orphans.iter().filter(waits).count();
        }
        self.orphans.retain_mut(|orphan| {
            let deadline = *orphan.deadline.get_or_insert(now + LINGER);
            let socket = tcp_of(sockets, orphan.socket);
            // The state is Closed before the reset is sent; once it is sent, the socket has no peer.
            let mut ended =
                socket.state() == tcp::State::Closed && socket.remote_endpoint().is_none();
            // Data that will not be read is answered by a reset, as RFC 1122, section 4.2.2.13, requires.
            if socket.can_recv() {
                socket.abort();
            }
            if socket.state() == tcp::State::TimeWait && waiting > MAX_TIME_WAIT {
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

    /// When [`Connections::maintain`] has something to do even if no frame comes.
    pub(in crate::net) fn next_deadline(&self) -> Option<Instant> {
        let half_open = self.half_open.front().map(|oldest| oldest.deadline);
        let orphans = self
            .orphans
            .iter()
            .filter_map(|orphan| orphan.deadline)
            .min();
        [half_open, orphans].into_iter().flatten().min()
    }

    /// Ends a TIME-WAIT early; false if `main` still holds the connection.
    pub(super) fn end_time_wait(&mut self, sockets: &mut Sockets, socket: SocketHandle) -> bool {
        let orphan = self
            .orphans
            .iter()
            .position(|orphan| orphan.socket == socket);
        let Some(index) = orphan else { return false };
        let orphan = self.orphans.remove(index);
        self.free(sockets, orphan.flow, socket);
        true
    }

    /// Resets every connection, because its local address is removed. Those that `main` holds are freed
    /// when it drops them.
    pub(in crate::net) fn reset(
        &mut self,
        sockets: &mut Sockets,
        listeners: &mut BTreeMap<u16, Backlog>,
    ) {
        while let Some(HalfOpen { socket, flow, .. }) = self.half_open.pop_front() {
            self.free(sockets, flow, socket);
        }
        for (socket, flow) in listeners.values_mut().flat_map(Backlog::drain) {
            self.leave(sockets, flow, socket);
        }
        for known in self.by_flow.values_mut() {
            let socket = tcp_of(sockets, known.socket);
            if socket.state() != tcp::State::Closed {
                known.cause = Error::AddrNotAvailable;
                socket.abort();
            }
        }
    }

    /// Ends every connection without a reset, because the link is lost. Those that `main` holds are freed
    /// when it drops them.
    pub(in crate::net) fn lose(
        &mut self,
        sockets: &mut Sockets,
        listeners: &mut BTreeMap<u16, Backlog>,
    ) {
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
            match socket {
                Socket::Tcp(socket) => socket.abort(),
                // Closing drops what was received, so only a port where a task may wait is closed.
                Socket::Udp(socket) if !socket.can_recv() => socket.close(),
                _ => {}
            }
        }
    }
}
