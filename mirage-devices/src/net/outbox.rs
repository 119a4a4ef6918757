//! Datagrams on their way out.
//!
//! A transmit queue of smoltcp blocks at a datagram whose next hop does not answer ARP, for ever if that
//! hop is gone: one peer would block a port for all others. Datagrams therefore wait here and are passed
//! to smoltcp one by one, and those whose next hop is unknown do not hold up the others.

use super::{
    device::Device,
    instant::wire,
    limits::UdpLimits,
    link::{Receive, Transmit},
};
use crate::time::Instant;
use alloc::{
    collections::{TryReserveError, VecDeque},
    vec::Vec,
};
use core::{
    net::{Ipv4Addr, SocketAddrV4},
    task::{Context, Poll, Waker},
    time::Duration,
};
use smoltcp::{
    iface::{Interface, SocketHandle, SocketSet},
    socket::{
        Socket,
        udp::{self, PacketBuffer, PacketMetadata, UdpMetadata},
    },
    wire::{IpAddress, IpEndpoint},
};

/// What a datagram that waits to be sent takes beside its bytes.
pub(super) const PLACE: usize = size_of::<Header>();
/// Datagrams of all ports that wait for the address of their next hop; beyond that the oldest is
/// lost.
pub(super) const MAX_UNRESOLVED: usize = 16;
/// How long they wait: for three questions, one in each second.
const PATIENCE: Duration = Duration::from_secs(3);
const RETRY: Duration = Duration::from_secs(1);

/// What waits to be sent from one port.
#[derive(Default)]
pub(super) struct Outbox {
    headers: VecDeque<Header>,
    bytes: VecDeque<u8>,
    waiting: Vec<Waker>,
    max_datagrams: usize,
    max_bytes: usize,
}

#[derive(Clone, Copy)]
struct Header {
    peer: SocketAddrV4,
    length: usize,
}

impl Outbox {
    /// An empty one, with the memory that it will ever need.
    pub(super) fn new(limits: UdpLimits) -> Result<Self, TryReserveError> {
        let mut outbox = Self {
            max_datagrams: limits.datagrams.into(),
            max_bytes: limits.transmit,
            ..Self::default()
        };
        outbox.headers.try_reserve_exact(outbox.max_datagrams)?;
        outbox.bytes.try_reserve_exact(outbox.max_bytes)?;
        Ok(outbox)
    }

    /// Whether there is room for a datagram of `length` bytes.
    fn has_room(&self, length: usize) -> bool {
        self.headers.len() < self.max_datagrams && self.bytes.len() + length <= self.max_bytes
    }

    /// Ready when there is room for a datagram of `length` bytes; otherwise the task is woken when
    /// there may be.
    pub(super) fn poll_room(&mut self, length: usize, context: &mut Context<'_>) -> Poll<()> {
        if self.has_room(length) {
            return Poll::Ready(());
        }
        let waker = context.waker();
        if !self.waiting.iter().any(|other| other.will_wake(waker)) {
            self.waiting.push(waker.clone());
        }
        Poll::Pending
    }

    /// Queues a datagram; false if there is no room for it.
    pub(super) fn push(&mut self, peer: SocketAddrV4, data: &[u8]) -> bool {
        if !self.has_room(data.len()) {
            return false;
        }
        self.headers.push_back(Header {
            peer,
            length: data.len(),
        });
        self.bytes.extend(data);
        true
    }

    /// The oldest datagram, its bytes in two parts.
    fn front(&self) -> Option<(Header, &[u8], &[u8])> {
        let header = *self.headers.front()?;
        let (head, tail) = self.bytes.as_slices();
        let split = head.len().min(header.length);
        Some((header, &head[..split], &tail[..header.length - split]))
    }

    fn pop(&mut self) {
        if let Some(header) = self.headers.pop_front() {
            self.bytes.drain(..header.length);
        }
        self.wake();
    }

    /// Wakes those who wait for room.
    pub(super) fn wake(&mut self) {
        for waker in self.waiting.drain(..) {
            waker.wake();
        }
    }
}

/// Hands datagrams to smoltcp.
pub(super) struct DatagramSender {
    /// A set of its own, so that a datagram costs the same however many connections there are.
    sockets: SocketSet<'static>,
    socket: SocketHandle,
    unresolved: VecDeque<Unresolved>,
    retry: Option<Instant>,
}

struct Unresolved {
    port: u16,
    peer: SocketAddrV4,
    data: Vec<u8>,
    deadline: Instant,
}

/// What became of a datagram.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Sent,
    /// Its next hop has been asked for its MAC address.
    Unresolved,
    /// The link has no room.
    NoRoom,
}

impl DatagramSender {
    /// One that carries datagrams of up to `longest` bytes.
    pub(super) fn new(longest: usize) -> Result<Self, TryReserveError> {
        let mut unresolved = VecDeque::new();
        unresolved.try_reserve_exact(MAX_UNRESOLVED)?;
        let mut bytes = Vec::new();
        bytes.try_reserve_exact(longest)?;
        bytes.resize(longest, 0);
        let nothing = PacketBuffer::new(Vec::new(), Vec::new());
        let one = PacketBuffer::new(alloc::vec![PacketMetadata::EMPTY], bytes);
        let mut sockets = SocketSet::new(Vec::new());
        let socket = sockets.add(udp::Socket::new(nothing, one));
        Ok(Self {
            sockets,
            socket,
            unresolved,
            retry: None,
        })
    }

    /// Sends what there is in the outbox of `port`, as far as the link has room.
    pub(super) fn empty<R: Receive, T: Transmit>(
        &mut self,
        interface: &mut Interface,
        device: &mut Device<'_, R, T>,
        port: u16,
        outbox: &mut Outbox,
        now: Instant,
    ) {
        while let Some((Header { peer, .. }, head, tail)) = outbox.front() {
            match self.post(interface, device, (port, peer), (head, tail), now) {
                Outcome::Sent => {}
                Outcome::NoRoom => return,
                Outcome::Unresolved => self.put_aside(port, peer, (head, tail), now),
            }
            outbox.pop();
        }
    }

    /// Retries datagrams whose next hop was unknown. `arp_received` is whether an ARP packet has been
    /// received.
    pub(super) fn retry<R: Receive, T: Transmit>(
        &mut self,
        interface: &mut Interface,
        device: &mut Device<'_, R, T>,
        arp_received: bool,
        now: Instant,
    ) {
        if !arp_received && self.retry.is_none_or(|retry| now < retry) {
            return;
        }
        for _ in 0..self.unresolved.len() {
            let Some(datagram) = self.unresolved.pop_front() else {
                break;
            };
            let ends = (datagram.port, datagram.peer);
            let outcome = self.post(interface, device, ends, (&datagram.data, &[]), now);
            if outcome != Outcome::Sent && now < datagram.deadline {
                self.unresolved.push_back(datagram);
            }
        }
        self.retry = (!self.unresolved.is_empty()).then_some(now + RETRY);
    }

    /// When [`DatagramSender::retry`] has something to do even if no ARP packet is received.
    pub(super) fn next_deadline(&self) -> Option<Instant> {
        self.retry
    }

    fn put_aside(
        &mut self,
        port: u16,
        peer: SocketAddrV4,
        (head, tail): (&[u8], &[u8]),
        now: Instant,
    ) {
        let mut data = Vec::new();
        if data.try_reserve_exact(head.len() + tail.len()).is_err() {
            return;
        }
        data.extend_from_slice(head);
        data.extend_from_slice(tail);
        if self.unresolved.len() == MAX_UNRESOLVED {
            self.unresolved.pop_front();
        }
        self.unresolved.push_back(Unresolved {
            port,
            peer,
            data,
            deadline: now + PATIENCE,
        });
        self.retry.get_or_insert(now + RETRY);
    }

    fn post<R: Receive, T: Transmit>(
        &mut self,
        interface: &mut Interface,
        device: &mut Device<'_, R, T>,
        (port, peer): (u16, SocketAddrV4),
        (head, tail): (&[u8], &[u8]),
        now: Instant,
    ) -> Outcome {
        let socket: &mut udp::Socket<'_> = self.sockets.get_mut(self.socket);
        socket.close();
        let length = head.len() + tail.len();
        let mut ends = UdpMetadata::from(IpEndpoint::from(peer));
        // Without an address a host is 0.0.0.0, which is how it asks for one.
        let own = interface.ipv4_addr().unwrap_or(Ipv4Addr::UNSPECIFIED);
        ends.local_address = Some(IpAddress::Ipv4(own));
        let Ok(place) = socket
            .bind(port)
            .map_err(drop)
            .and_then(|()| socket.send(length, ends).map_err(drop))
        else {
            // Whoever queued it has seen to it that it can be sent.
            return Outcome::Sent;
        };
        place[..head.len()].copy_from_slice(head);
        place[head.len()..].copy_from_slice(tail);
        interface.poll_egress(wire(now), device, &mut self.sockets);
        let socket: &udp::Socket<'_> = self.sockets.get(self.socket);
        if socket.can_send() {
            return Outcome::Sent;
        }
        if device.starved {
            return Outcome::NoRoom;
        }
        // smoltcp lets a socket rest whose next hop did not answer; a new one does not need to.
        if let Socket::Udp(socket) = self.sockets.remove(self.socket) {
            self.socket = self.sockets.add(socket);
        }
        Outcome::Unresolved
    }
}
