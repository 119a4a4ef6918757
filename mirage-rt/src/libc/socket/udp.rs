//! UDP sockets.

use super::{
    super::{Errno, descriptors::Description, wait_queue::WaitQueue},
    Socket, declared,
    option::{OptionValue, Options},
};
use crate::net::{Error, UdpSocket as Port};
use alloc::{vec, vec::Vec};
use core::{
    any::Any,
    cell::{Cell, RefCell},
    ffi::c_int,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    time::Duration,
};

/// The longest datagram.
const MAX_LENGTH: usize = 65_535;

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
    is_read_closed: Cell<bool>,
}

impl UdpSocket {
    pub(super) fn new() -> Self {
        Self {
            ports: RefCell::new(Vec::new()),
            peer: Cell::new(None),
            bound: Cell::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED)),
            peeked: RefCell::new(None),
            queue: WaitQueue::new(),
            options: Options::default(),
            is_read_closed: Cell::new(false),
        }
    }

    /// Binds a random port, unless the socket is bound.
    fn bind_any(&self) -> Result<(), Errno> {
        if self.ports.borrow().is_empty() {
            let any = SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0));
            *self.ports.borrow_mut() = declared::bind_udp(any)?;
            self.apply();
        }
        Ok(())
    }

    fn apply(&self) {
        for port in self.ports.borrow().iter() {
            // Our own stack returns no error.
            let _ = port.set_broadcast(self.options.broadcast.get());
        }
    }

    /// Receives the next datagram of any port.
    fn take(&self, buffer: &mut [u8]) -> Result<(usize, SocketAddr), Errno> {
        if let Some((data, peer)) = self.peeked.take() {
            let count = data.len().min(buffer.len());
            buffer[..count].copy_from_slice(&data[..count]);
            return Ok((data.len(), peer));
        }
        let is_connected = self.peer.get().is_some();
        for port in self.ports.borrow().iter() {
            if is_connected && port.peer_addr().is_err() {
                continue;
            }
            match port.try_recv_from(buffer) {
                Err(Error::WouldBlock) => {}
                Err(error) => return Err(error.into()),
                Ok(received) => return Ok(received),
            }
        }
        match self.is_read_closed.get() {
            true => Ok((0, SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0)))),
            false => Err(Errno(::libc::EAGAIN)),
        }
    }

    /// Sends through the port that reaches the peer.
    fn send_to(&self, data: &[u8], peer: SocketAddr) -> Result<usize, Errno> {
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
}

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

    fn poll(&self) -> u32 {
        let waker = self.queue.waker();
        let mut readable = self.peeked.borrow().is_some() || self.is_read_closed.get();
        let mut writable = true;
        for port in self.ports.borrow().iter() {
            let ready = port.watch(&waker);
            readable |= ready.readable;
            writable &= ready.writable;
        }
        let events = [(readable, ::libc::EPOLLIN), (writable, ::libc::EPOLLOUT)];
        let events = events.iter().filter(|(is_ready, _)| *is_ready);
        events.map(|(_, event)| *event as u32).sum()
    }

    fn queue(&self) -> Option<&WaitQueue> {
        Some(&self.queue)
    }

    fn timeouts(&self) -> (Option<Duration>, Option<Duration>) {
        self.options.timeouts()
    }

    fn socket(&self) -> Result<&dyn Socket, Errno> {
        Ok(self)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

impl Socket for UdpSocket {
    fn bind(&self, address: SocketAddr) -> Result<(), Errno> {
        if !self.ports.borrow().is_empty() {
            return Err(Errno(::libc::EINVAL));
        }
        let ports = declared::bind_udp(address)?;
        *self.ports.borrow_mut() = ports;
        self.bound.set(address.ip());
        self.apply();
        Ok(())
    }

    fn connect(&self, peer: SocketAddr) -> Result<(), Errno> {
        self.bind_any()?;
        let mut outcome = Err(Error::HostUnreachable);
        for port in self.ports.borrow().iter() {
            if is_local(peer.ip()) == port.is_loopback() {
                outcome = port.connect(peer);
                if outcome.is_ok() {
                    break;
                }
            }
        }
        outcome.map_err(|error| match error {
            Error::HostUnreachable => Errno(::libc::ENETUNREACH),
            error => error.into(),
        })?;
        self.peer.set(Some(peer));
        Ok(())
    }

    fn local(&self) -> SocketAddr {
        let ports = self.ports.borrow();
        let connected = ports.iter().find(|port| port.peer_addr().is_ok());
        let bound = self.bound.get();
        match (connected, ports.first()) {
            (Some(port), _) if bound.is_unspecified() && port.is_loopback() => {
                (Ipv4Addr::LOCALHOST, port.port()).into()
            }
            (Some(port), _) if bound.is_unspecified() => port.local_addr(),
            (Some(port), _) | (None, Some(port)) => SocketAddr::new(bound, port.port()),
            (None, None) => SocketAddr::new(bound, 0),
        }
    }

    fn peer(&self) -> Result<SocketAddr, Errno> {
        self.peer.get().ok_or(Errno(::libc::ENOTCONN))
    }

    fn shut_down(&self, how: c_int) -> Result<(), Errno> {
        self.peer()?;
        if how != ::libc::SHUT_WR {
            self.is_read_closed.set(true);
        }
        self.queue.wake();
        Ok(())
    }

    fn receive(
        &self,
        buffer: &mut [u8],
        is_peeking: bool,
    ) -> Result<(usize, Option<SocketAddr>), Errno> {
        if !is_peeking {
            return self.take(buffer).map(|(count, peer)| (count, Some(peer)));
        }
        if self.peeked.borrow().is_none() {
            let mut data = vec![0; MAX_LENGTH];
            let (count, peer) = self.take(&mut data)?;
            data.truncate(count);
            *self.peeked.borrow_mut() = Some((data, peer));
        }
        match &*self.peeked.borrow() {
            Some((data, peer)) => {
                let count = data.len().min(buffer.len());
                buffer[..count].copy_from_slice(&data[..count]);
                Ok((data.len(), Some(*peer)))
            }
            None => Err(Errno(::libc::EAGAIN)),
        }
    }

    fn send(&self, data: &[u8], peer: Option<SocketAddr>) -> Result<usize, Errno> {
        let peer = peer.or(self.peer.get());
        let peer = peer.ok_or(Errno(::libc::EDESTADDRREQ))?;
        if peer.is_ipv6() {
            return Err(Errno(::libc::EAFNOSUPPORT));
        }
        self.bind_any()?;
        let sent = self.send_to(data, peer);
        if sent == Err(Errno(::libc::EAGAIN)) {
            self.poll();
        }
        sent
    }

    fn set_option(&self, level: c_int, name: c_int, value: OptionValue) -> Result<(), Errno> {
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
            (::libc::SOL_SOCKET, ::libc::SO_TYPE) => number(::libc::SOCK_DGRAM),
            (::libc::SOL_SOCKET, ::libc::SO_PROTOCOL) => number(::libc::IPPROTO_UDP),
            _ => self.options.get(level, name),
        }
    }
}
