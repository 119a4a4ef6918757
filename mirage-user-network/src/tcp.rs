//! TCP: each connection of the guest is relayed to a connection of the host.

use crate::{
    addresses::Addresses,
    error::Error,
    filter::FourTuple,
    link::Link,
    poller::{Poller, Ready, Token},
    published::PublishedPort,
};
use mirage_graph::port::Protocol;
use rustix::{
    io::Errno,
    net::{AddressFamily, SocketFlags, SocketType, connect, listen, socket_with, sockopt},
};
use smoltcp::{
    iface::{Interface, SocketHandle, SocketSet},
    socket::tcp::{Socket, SocketBuffer, State},
    wire::IpListenEndpoint,
};
use std::{
    collections::{HashMap, HashSet},
    io::{self, Read, Write},
    net::{Shutdown, SocketAddrV4, TcpListener, TcpStream},
    time::Duration,
};

/// The buffer of a connection in each direction, in bytes.
const BUFFER_SIZE: usize = 64 * 1024;
/// Clients of one port that may wait to be accepted.
const BACKLOG: i32 = 1024;
/// Connections that the guest may have left unanswered. More clients wait to be accepted, so that a
/// burst of clients does not become a burst of SYNs.
const MAX_SYN_SENT: usize = 128;
/// The source ports of connections to the guest.
const EPHEMERAL: std::ops::RangeInclusive<u16> = 49152..=65535;

/// All connections, and the published ports.
#[derive(Debug)]
pub struct Connections {
    addresses: Addresses,
    listeners: HashMap<Token, Listener>,
    connecting: HashMap<Token, Connecting>,
    relays: HashMap<Token, Relay>,
    next_port: u16,
    /// The source ports in use.
    ports: HashSet<u16>,
}

/// A published port.
#[derive(Debug)]
struct Listener {
    listener: TcpListener,
    guest_port: u16,
    ready: Ready,
}

/// A connection that the guest opens, while the host connects.
#[derive(Debug)]
struct Connecting {
    stream: TcpStream,
    tuple: FourTuple,
    /// The guest's SYN.
    frame: Vec<u8>,
    ready: Ready,
}

/// Who opened a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum OpenedBy {
    /// The guest.
    Guest(FourTuple),
    /// A client of a published port; the connection to the guest has this source port.
    Client(u16),
}

/// A connection of the host and one of the guest, with bytes copied between them.
#[derive(Debug)]
struct Relay {
    /// The host's connection.
    stream: TcpStream,
    /// The guest's connection.
    socket: SocketHandle,
    opened_by: OpenedBy,
    /// What `stream` is ready for.
    ready: Ready,
    /// The host's peer has closed its direction, and the guest has been sent a FIN.
    host_closed: bool,
    /// The guest has closed its direction, and the host's connection is shut down for writing.
    guest_closed: bool,
}

impl Connections {
    /// Listens on the published ports.
    pub fn new(
        addresses: &Addresses,
        ports: &[PublishedPort],
        poller: &mut Poller,
    ) -> Result<Self, Error> {
        let mut listeners = HashMap::new();
        for port in ports.iter().filter(|port| port.is(Protocol::Tcp)) {
            let listener = TcpListener::bind(port.host).and_then(|listener| {
                listen(&listener, BACKLOG)?;
                listener.set_nonblocking(true)?;
                Ok((poller.register(&listener)?, listener))
            });
            let (token, listener) = listener.map_err(|cause| port.not_bound(cause))?;
            listeners.insert(
                token,
                Listener {
                    listener,
                    guest_port: port.guest,
                    ready: Ready::default(),
                },
            );
        }
        Ok(Self {
            addresses: *addresses,
            listeners,
            connecting: HashMap::new(),
            relays: HashMap::new(),
            next_port: *EPHEMERAL.start(),
            ports: HashSet::new(),
        })
    }

    /// Records that `token` is ready, if it is of a connection or a port. Returns whether it is.
    pub fn set_ready(&mut self, token: Token, ready: Ready) -> bool {
        let recorded = None
            .or_else(|| self.relays.get_mut(&token).map(|each| &mut each.ready))
            .or_else(|| self.listeners.get_mut(&token).map(|each| &mut each.ready))
            .or_else(|| self.connecting.get_mut(&token).map(|each| &mut each.ready));
        recorded.map(|recorded| recorded.add(ready)).is_some()
    }

    /// Whether the guest has an open connection with these endpoints.
    pub fn has(&self, tuple: FourTuple) -> bool {
        let opened_by = OpenedBy::Guest(tuple);
        self.relays.values().any(|each| each.opened_by == opened_by)
    }

    /// Connects to the remote endpoint of the guest's SYN `frame`.
    pub fn open(&mut self, tuple: FourTuple, frame: Vec<u8>, poller: &mut Poller, link: &mut Link) {
        if self.connecting.values().any(|each| each.tuple == tuple) {
            // A retransmission while the host connects.
            return;
        }
        let Ok((token, stream)) = connect_to(self.addresses.to_host(tuple.remote), poller) else {
            link.accept(frame);
            return;
        };
        self.connecting.insert(
            token,
            Connecting {
                stream,
                tuple,
                frame,
                ready: Ready::default(),
            },
        );
    }

    /// Accepts clients, completes connections and copies bytes. Returns whether anything was done.
    pub fn advance(
        &mut self,
        poller: &mut Poller,
        link: &mut Link,
        interface: &mut Interface,
        sockets: &mut SocketSet<'static>,
    ) -> bool {
        let mut progressed = self.accept(poller, interface, sockets);
        progressed |= self.complete(link, sockets);
        self.relays.retain(|_, relay| {
            let socket = sockets.get_mut::<Socket>(relay.socket);
            progressed |= relay.copy(socket);
            let over = relay.is_over(socket);
            if over {
                progressed = true;
                sockets.remove(relay.socket);
                if let OpenedBy::Client(port) = relay.opened_by {
                    self.ports.remove(&port);
                }
            }
            !over
        });
        progressed
    }

    /// Accepts clients of published ports and connects to the guest for them.
    fn accept(
        &mut self,
        poller: &mut Poller,
        interface: &mut Interface,
        sockets: &mut SocketSet<'static>,
    ) -> bool {
        if !self.listeners.values().any(|each| each.ready.readable) {
            return false;
        }
        let Addresses { gateway, guest, .. } = self.addresses;
        let is_syn_sent = |relay: &&Relay| {
            let socket = sockets.get::<Socket>(relay.socket);
            socket.state() == State::SynSent
        };
        let mut syn_sent = self.relays.values().filter(is_syn_sent).count();
        let mut accepted = false;
        for listener in self.listeners.values_mut() {
            while listener.ready.readable && syn_sent < MAX_SYN_SENT {
                let Some(port) = free_port(&self.ports, self.next_port) else {
                    break;
                };
                let stream = match listener.listener.accept() {
                    Ok((stream, _)) => stream,
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                        listener.ready.readable = false;
                        break;
                    }
                    // Perhaps no descriptor is left: retried after the next event.
                    Err(_) => break,
                };
                self.next_port = next_port(port);
                let mut socket = socket();
                let remote = (guest, listener.guest_port);
                let connected = socket.connect(interface.context(), remote, (gateway, port));
                let registered = stream
                    .set_nonblocking(true)
                    .and_then(|()| stream.set_nodelay(true))
                    .and_then(|()| poller.register(&stream));
                // Otherwise dropping the stream closes it.
                if let (Ok(()), Ok(token)) = (connected, registered) {
                    let socket = sockets.add(socket);
                    self.ports.insert(port);
                    let relay = Relay::new(stream, socket, OpenedBy::Client(port));
                    self.relays.insert(token, relay);
                    syn_sent += 1;
                    accepted = true;
                }
            }
        }
        accepted
    }

    /// Answers the SYNs of connections whose result is known. smoltcp resets the ones that no socket
    /// listens for.
    fn complete(&mut self, link: &mut Link, sockets: &mut SocketSet<'static>) -> bool {
        let connected = self.connecting.extract_if(|_, each| each.ready.writable);
        let mut progressed = false;
        for (token, connecting) in connected {
            let Connecting {
                stream,
                tuple,
                frame,
                ..
            } = connecting;
            if let Ok(None) = stream.take_error() {
                let mut socket = socket();
                let remote = IpListenEndpoint {
                    addr: Some((*tuple.remote.ip()).into()),
                    port: tuple.remote.port(),
                };
                socket.listen(remote).expect("a new socket, and no port 0");
                let socket = sockets.add(socket);
                let relay = Relay::new(stream, socket, OpenedBy::Guest(tuple));
                self.relays.insert(token, relay);
            }
            link.accept(frame);
            progressed = true;
        }
        progressed
    }
}

impl Relay {
    fn new(stream: TcpStream, socket: SocketHandle, opened_by: OpenedBy) -> Self {
        Self {
            stream,
            socket,
            opened_by,
            ready: Ready::ALL,
            host_closed: false,
            guest_closed: false,
        }
    }

    /// Copies bytes and half-closes in both directions.
    fn copy(&mut self, socket: &mut Socket<'static>) -> bool {
        let copied = self.copy_to_host(socket).and_then(|to_host| {
            let to_guest = self.copy_to_guest(socket)?;
            Ok(to_host || to_guest)
        });
        copied.unwrap_or_else(|_| {
            // The host's connection is reset.
            socket.abort();
            self.host_closed = true;
            true
        })
    }

    fn copy_to_host(&mut self, socket: &mut Socket<'static>) -> io::Result<bool> {
        let mut copied = false;
        while self.ready.writable && socket.can_recv() {
            let written = socket.recv(|bytes| match self.stream.write(bytes) {
                Ok(length) => (length, Ok(length)),
                Err(error) => (0, Err(error)),
            });
            let written = written.expect("there is something to receive");
            copied |= unless_blocked(written, &mut self.ready.writable)?.is_some();
        }
        let closed = matches!(
            socket.state(),
            State::CloseWait | State::LastAck | State::Closing | State::TimeWait
        );
        if closed && !socket.can_recv() && !self.guest_closed {
            self.stream.shutdown(Shutdown::Write)?;
            self.guest_closed = true;
        }
        Ok(copied)
    }

    fn copy_to_guest(&mut self, socket: &mut Socket<'static>) -> io::Result<bool> {
        let mut copied = false;
        while self.ready.readable && !self.host_closed && socket.can_send() {
            let read = socket.send(|room| match self.stream.read(room) {
                Ok(length) => (length, Ok(length)),
                Err(error) => (0, Err(error)),
            });
            let read = read.expect("there is room to send");
            match unless_blocked(read, &mut self.ready.readable)? {
                Some(0) => {
                    socket.close();
                    self.host_closed = true;
                    copied = true;
                }
                Some(_) => copied = true,
                None => {}
            }
        }
        Ok(copied)
    }

    /// Whether the connection is closed at both ends. If the guest has reset it, the host resets it too.
    fn is_over(&mut self, socket: &Socket<'static>) -> bool {
        let over = match socket.state() {
            // A pending reset has been sent.
            State::Closed => socket.remote_endpoint().is_none(),
            // The link loses nothing, so no retransmission can arrive.
            State::TimeWait => self.guest_closed,
            _ => false,
        };
        if over && !(self.guest_closed && self.host_closed) {
            // Without linger, closing sends a reset. If it cannot be set, the connection just closes.
            let _ = sockopt::set_socket_linger(&self.stream, Some(Duration::ZERO));
        }
        over
    }
}

/// Returns the first port from `next` on that is not in `used`, or `None` if all are.
fn free_port(used: &HashSet<u16>, next: u16) -> Option<u16> {
    let ports = EPHEMERAL.skip(usize::from(next - EPHEMERAL.start()));
    ports
        .chain(*EPHEMERAL.start()..next)
        .find(|port| !used.contains(port))
}

/// The ephemeral port after `port`.
fn next_port(port: u16) -> u16 {
    if port == *EPHEMERAL.end() {
        *EPHEMERAL.start()
    } else {
        port + 1
    }
}

/// Returns `None`, and clears `ready`, if the operation would block.
fn unless_blocked(copied: io::Result<usize>, ready: &mut bool) -> io::Result<Option<usize>> {
    match copied {
        Ok(length) => Ok(Some(length)),
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
            *ready = false;
            Ok(None)
        }
        Err(error) if error.kind() == io::ErrorKind::Interrupted => Ok(None),
        Err(error) => Err(error),
    }
}

/// Creates a TCP socket towards the guest.
fn socket() -> Socket<'static> {
    let buffer = || SocketBuffer::new(vec![0; BUFFER_SIZE]);
    let mut socket = Socket::new(buffer(), buffer());
    // Both ends of the link are on this machine: delaying ACKs and small segments gains nothing.
    socket.set_ack_delay(None);
    socket.set_nagle_enabled(false);
    socket
}

/// Starts to connect. The stream becomes writable once the result is known.
fn connect_to(to: SocketAddrV4, poller: &mut Poller) -> io::Result<(Token, TcpStream)> {
    let flags = SocketFlags::NONBLOCK | SocketFlags::CLOEXEC;
    let socket = socket_with(AddressFamily::INET, SocketType::STREAM, flags, None)?;
    sockopt::set_tcp_nodelay(&socket, true)?;
    match connect(&socket, &to) {
        Ok(()) | Err(Errno::INPROGRESS) => Ok((poller.register(&socket)?, socket.into())),
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_in_use_is_skipped() {
        let used = HashSet::from([49152, 49153, 65535]);
        for (next, port) in [(49152, 49154), (50000, 50000), (65535, 49154)] {
            assert_eq!(free_port(&used, next), Some(port));
        }
        assert_eq!(free_port(&EPHEMERAL.collect(), 50000), None);
        assert_eq!([65534, 65535].map(next_port), [65535, 49152]);
    }
}
