//! UDP sockets.

mod multicast;

use super::{
    super::{
        Errno,
        description::{Description, Direction, Membership, OptionValue, Socket},
        wait_queue::WaitQueue,
    },
    Family, declared,
    option::Options,
};
use crate::net::{Error, UdpSocket as Port};
use alloc::vec::Vec;
use core::{
    any::Any,
    cell::{Cell, RefCell},
    ffi::c_int,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    time::Duration,
};

/// A UDP socket.
pub(super) struct UdpSocket {
    /// Its ports, on the interfaces of the graph and on the loopback interface; none before it is bound.
    ports: RefCell<Vec<Port>>,
    /// The peer that it is connected to.
    peer: Cell<Option<SocketAddr>>,
    /// The address that it is bound to.
    bound: Cell<IpAddr>,
    /// A datagram that was peeked at.
    peeked: RefCell<Option<(Vec<u8>, SocketAddr)>>,
    queue: WaitQueue,
    options: Options,
    /// The groups that were joined before it was bound.
    memberships: RefCell<Vec<Membership>>,
    /// Whether receiving and sending are shut down.
    shut_down: Cell<(bool, bool)>,
}

impl UdpSocket {
    pub(super) fn new(family: Family) -> Self {
        Self {
            ports: RefCell::new(Vec::new()),
            peer: Cell::new(None),
            bound: Cell::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED)),
            peeked: RefCell::new(None),
            queue: WaitQueue::new(),
            options: Options::new(family),
            memberships: RefCell::default(),
            shut_down: Cell::new((false, false)),
        }
    }

    /// Binds a random port, unless the socket is bound.
    fn bind_any(&self) -> Result<(), Errno> {
        if self.ports.borrow().is_empty() {
            *self.ports.borrow_mut() = declared::bind(UNSPECIFIED)?;
            self.apply();
            self.join_all()?;
        }
        Ok(())
    }

    fn apply(&self) {
        for port in self.ports.borrow().iter() {
            // Our own stack returns no error.
            let _ = port.set_broadcast(self.options.broadcast.get());
            let _ = port.set_mtu_discover(self.options.mtu_discover());
            let (ttl, is_looped) = self.options.multicast_v4();
            let _ = port.set_multicast_ttl_v4(ttl);
            let _ = port.set_multicast_loop_v4(is_looped);
            let (hops, is_looped) = self.options.multicast_v6();
            let _ = port.set_multicast_hops_v6(hops);
            let _ = port.set_multicast_loop_v6(is_looped);
        }
    }

    /// Passes the next datagram of any port to `read`.
    fn take<R>(&self, mut read: impl FnMut(&[u8], SocketAddr) -> R) -> Result<R, Errno> {
        let peeked = self.peeked.take();
        if let Some((data, peer)) = peeked {
            return Ok(read(&data, peer));
        }
        let is_connected = self.peer.get().is_some();
        for port in self.ports.borrow().iter() {
            if is_connected && port.peer_addr().is_err() {
                continue;
            }
            loop {
                let received = port.try_recv_with(|data, peer| {
                    // Others are dropped.
                    (!self.options.excludes(peer)).then(|| read(data, peer))
                });
                match received {
                    Err(Error::WouldBlock) => break,
                    Err(error) => return Err(error.into()),
                    Ok(Some(received)) => return Ok(received),
                    Ok(None) => {}
                }
            }
        }
        match self.shut_down.get().0 {
            true => Ok(read(&[], UNSPECIFIED)),
            false => Err(Errno(::libc::EAGAIN)),
        }
    }

    /// Sends through the port that reaches the peer.
    fn send_to(&self, data: &[u8], peer: SocketAddr) -> Result<usize, Errno> {
        self.check_broadcast(peer)?;
        let ports = self.ports.borrow();
        let is_usable = |port: &&Port| port.is_loopback() == is_local(peer.ip());
        let peer = match peer.ip().is_unspecified() {
            true => SocketAddr::from((Ipv4Addr::LOCALHOST, peer.port())),
            false => peer,
        };
        let mut outcome = Err(Error::HostUnreachable);
        for port in ports.iter().filter(is_usable) {
            outcome = port.try_send_to(data, peer);
            if !matches!(outcome, Err(Error::HostUnreachable)) {
                break;
            }
        }
        outcome.map_err(|error| match error {
            Error::HostUnreachable => Errno(::libc::ENETUNREACH),
            error => error.into(),
        })
    }

    /// Sending broadcasts has to be allowed.
    fn check_broadcast(&self, peer: SocketAddr) -> Result<(), Errno> {
        let is_broadcast = peer.ip() == IpAddr::V4(Ipv4Addr::BROADCAST);
        match is_broadcast && !self.options.broadcast.get() {
            true => Err(Errno(::libc::EACCES)),
            false => Ok(()),
        }
    }
}

const UNSPECIFIED: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), 0);

fn is_local(ip: IpAddr) -> bool {
    ip.is_loopback() || ip.is_unspecified()
}

impl Description for UdpSocket {
    fn read(&self, buffer: &mut [u8]) -> Result<usize, Errno> {
        let (count, _) = self.receive(buffer, false)?;
        Ok(count.min(buffer.len()))
    }

    fn write(&self, data: &[u8]) -> Result<usize, Errno> {
        self.send(data, None)
    }

    fn has_messages(&self) -> bool {
        true
    }

    /// The length of the next datagram.
    fn unread(&self) -> Result<usize, Errno> {
        match self.receive(&mut [], true) {
            Ok((count, _)) => Ok(count),
            Err(_) => Ok(0),
        }
    }

    fn poll(&self) -> u32 {
        let waker = self.queue.waker();
        let (receiving, sending) = self.shut_down.get();
        let mut readable = self.peeked.borrow().is_some() || receiving;
        let mut writable = true;
        let mut is_failing = false;
        for port in self.ports.borrow().iter() {
            let ready = port.watch(&waker);
            readable |= ready.readable;
            writable &= ready.writable;
            is_failing |= ready.error.is_some();
        }
        let events = [
            (readable, ::libc::EPOLLIN),
            (writable, ::libc::EPOLLOUT),
            (receiving, ::libc::EPOLLRDHUP),
            (receiving && sending, ::libc::EPOLLHUP),
            (is_failing, ::libc::EPOLLERR),
        ];
        let events = events.iter().filter(|(is_ready, _)| *is_ready);
        events.map(|(_, event)| *event as u32).sum()
    }

    fn queue(&self) -> Option<&WaitQueue> {
        Some(&self.queue)
    }

    fn timeout(&self, direction: Direction) -> Option<Duration> {
        self.options.timeout(direction)
    }

    fn socket(&self) -> Result<&dyn Socket, Errno> {
        Ok(self)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

impl Socket for UdpSocket {
    fn family(&self) -> Family {
        self.options.family()
    }

    fn bind(&self, address: SocketAddr) -> Result<(), Errno> {
        if !self.ports.borrow().is_empty() {
            return Err(Errno(::libc::EINVAL));
        }
        let ports = declared::bind(address)?;
        *self.ports.borrow_mut() = ports;
        self.bound.set(address.ip());
        self.apply();
        self.join_all()
    }

    fn connect(&self, peer: SocketAddr) -> Result<(), Errno> {
        if self.options.excludes(peer) {
            return Err(Errno(::libc::ENETUNREACH));
        }
        self.check_broadcast(peer)?;
        self.bind_any()?;
        let ports = self.ports.borrow();
        let mut outcome = Err(Error::HostUnreachable);
        let connected = ports.iter().position(|port| {
            if is_local(peer.ip()) == port.is_loopback() {
                outcome = port.connect(peer);
            }
            outcome.is_ok()
        });
        let Some(connected) = connected else {
            return outcome.map_err(|error| match error {
                Error::HostUnreachable => Errno(::libc::ENETUNREACH),
                error => error.into(),
            });
        };
        // Another port may still be connected to the previous peer.
        for (index, port) in ports.iter().enumerate() {
            if index != connected {
                port.disconnect();
            }
        }
        self.peer.set(Some(peer));
        Ok(())
    }

    fn disconnect(&self) -> Result<(), Errno> {
        self.peer.set(None);
        self.ports.borrow().iter().for_each(Port::disconnect);
        Ok(())
    }

    fn local(&self) -> Option<SocketAddr> {
        let ports = self.ports.borrow();
        let connected = ports.iter().find(|port| port.peer_addr().is_ok());
        let bound = self.bound.get();
        Some(match (connected, ports.first()) {
            (Some(port), _) if bound.is_unspecified() && port.is_loopback() => {
                (Ipv4Addr::LOCALHOST, port.port()).into()
            }
            (Some(port), _) if bound.is_unspecified() => port.local_addr(),
            (Some(port), _) | (None, Some(port)) => SocketAddr::new(bound, port.port()),
            (None, None) => SocketAddr::new(bound, 0),
        })
    }

    fn peer(&self) -> Result<Option<SocketAddr>, Errno> {
        let peer = self.peer.get().ok_or(Errno(::libc::ENOTCONN))?;
        Ok(Some(peer))
    }

    fn shut_down(&self, how: c_int) -> Result<(), Errno> {
        self.peer()?;
        let (receiving, sending) = self.shut_down.get();
        self.shut_down.set((
            receiving || how != ::libc::SHUT_WR,
            sending || how != ::libc::SHUT_RD,
        ));
        self.queue.wake();
        Ok(())
    }

    fn receive(
        &self,
        buffer: &mut [u8],
        is_peeking: bool,
    ) -> Result<(usize, Option<SocketAddr>), Errno> {
        let mut copy = |data: &[u8], peer| {
            let count = data.len().min(buffer.len());
            buffer[..count].copy_from_slice(&data[..count]);
            (data.len(), Some(peer))
        };
        if !is_peeking {
            return self.take(copy);
        }
        let (data, peer) = self.take(|data, peer| (data.to_vec(), peer))?;
        let received = copy(&data, peer);
        *self.peeked.borrow_mut() = Some((data, peer));
        Ok(received)
    }

    fn send(&self, data: &[u8], peer: Option<SocketAddr>) -> Result<usize, Errno> {
        let peer = peer.or(self.peer.get());
        let peer = peer.ok_or(Errno(::libc::EDESTADDRREQ))?;
        if self.options.excludes(peer) {
            return Err(Errno(::libc::ENETUNREACH));
        }
        if peer.port() == 0 {
            return Err(Errno(::libc::EINVAL));
        }
        if self.shut_down.get().1 {
            return Err(Errno(::libc::EPIPE));
        }
        self.bind_any()?;
        let sent = self.send_to(data, peer);
        if sent == Err(Errno(::libc::EAGAIN)) {
            self.poll();
        }
        sent
    }

    fn set_option(&self, level: c_int, name: c_int, value: OptionValue) -> Result<(), Errno> {
        if level == ::libc::IPPROTO_TCP {
            return Err(Errno(::libc::ENOPROTOOPT));
        }
        if let OptionValue::Membership(membership) = value {
            return match (level, name) {
                (::libc::IPPROTO_IPV6, _) if self.options.family() != Family::Ipv6 => {
                    Err(Errno(::libc::ENOPROTOOPT))
                }
                (::libc::IPPROTO_IP, ::libc::IP_ADD_MEMBERSHIP)
                | (::libc::IPPROTO_IPV6, ::libc::IPV6_ADD_MEMBERSHIP) => self.join(membership),
                _ => self.leave(membership),
            };
        }
        self.options.set(level, name, value)?;
        self.apply();
        Ok(())
    }

    fn option(&self, level: c_int, name: c_int) -> Result<OptionValue, Errno> {
        let number = |value: c_int| Ok(OptionValue::Number(value));
        match (level, name) {
            (::libc::SOL_SOCKET, ::libc::SO_ERROR) => {
                let ports = self.ports.borrow();
                let error = ports.iter().find_map(Port::take_error);
                number(error.map_or(0, |(error, _)| Errno::from(error).0))
            }
            (::libc::IPPROTO_TCP, _) => Err(Errno(::libc::EOPNOTSUPP)),
            (::libc::SOL_SOCKET, ::libc::SO_TYPE) => number(::libc::SOCK_DGRAM),
            (::libc::SOL_SOCKET, ::libc::SO_PROTOCOL) => number(::libc::IPPROTO_UDP),
            _ => self.options.get(level, name),
        }
    }
}
