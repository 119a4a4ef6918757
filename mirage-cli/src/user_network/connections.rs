//! TCP: each connection of the unikernel, joined with one of the host.

use super::{
    Addresses,
    admission::Tuple,
    link::Link,
    poller::{Poller, Ready, Token},
};
use crate::{failure::Result, ports::Published};
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

/// What the network keeps of a connection in each direction, in bytes.
const BUFFER: usize = 64 * 1024;
/// Clients that are not accepted yet, of one port.
const BACKLOG: i32 = 1024;
/// Connections that the unikernel has not answered yet; more clients wait to be accepted, so that it
/// is not asked for all of a crowd at once.
const MAX_UNANSWERED: usize = 128;
/// The ports from which the host connects to the unikernel.
const EPHEMERAL: std::ops::RangeInclusive<u16> = 49152..=65535;

/// All connections, and the ports that make more.
#[derive(Debug)]
pub struct Connections {
    addresses: Addresses,
    listeners: HashMap<Token, Listener>,
    opening: HashMap<Token, Opening>,
    joined: HashMap<Token, Joined>,
    next_port: u16,
    /// The ports from which connections to the unikernel are.
    ports: HashSet<u16>,
}

/// A port of the host that leads to the unikernel.
#[derive(Debug)]
struct Listener {
    listener: TcpListener,
    guest_port: u16,
    ready: Ready,
}

/// A connection that the unikernel opens: first the host has to have it.
#[derive(Debug)]
struct Opening {
    stream: TcpStream,
    tuple: Tuple,
    /// The frame by which the unikernel asks for it.
    frame: Vec<u8>,
    ready: Ready,
}

/// Who has opened a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum OpenedBy {
    /// The unikernel.
    Guest(Tuple),
    /// A client, for whom the host connects from this port.
    Client(u16),
}

/// Two connections that are one.
#[derive(Debug)]
struct Joined {
    stream: TcpStream,
    socket: SocketHandle,
    opened_by: OpenedBy,
    ready: Ready,
    /// The host sends no more.
    host_has_ended: bool,
    /// The unikernel sends no more, and the host knows.
    guest_has_ended: bool,
}

impl Connections {
    /// None yet; those to published ports are taken.
    pub fn new(
        addresses: &Addresses,
        published: &[Published],
        poller: &mut Poller,
    ) -> Result<Self> {
        let mut listeners = HashMap::new();
        for port in published.iter().filter(|port| port.protocol == "tcp") {
            let Published { at, guest, .. } = port;
            let listener = TcpListener::bind(at).and_then(|listener| {
                listen(&listener, BACKLOG)?;
                listener.set_nonblocking(true)?;
                Ok((poller.register(&listener)?, listener))
            });
            let (token, listener) = listener.map_err(|cause| port.taken(&cause))?;
            listeners.insert(
                token,
                Listener {
                    listener,
                    guest_port: *guest,
                    ready: Ready::default(),
                },
            );
        }
        Ok(Self {
            addresses: *addresses,
            listeners,
            opening: HashMap::new(),
            joined: HashMap::new(),
            next_port: *EPHEMERAL.start(),
            ports: HashSet::new(),
        })
    }

    /// Takes note if this is about a connection.
    pub fn is_ready(&mut self, token: Token, ready: Ready) -> bool {
        let known = None
            .or_else(|| self.joined.get_mut(&token).map(|each| &mut each.ready))
            .or_else(|| self.listeners.get_mut(&token).map(|each| &mut each.ready))
            .or_else(|| self.opening.get_mut(&token).map(|each| &mut each.ready));
        known.map(|known| known.add(ready)).is_some()
    }

    /// Whether the network has a connection with these ends.
    pub fn knows(&self, tuple: Tuple) -> bool {
        let opened_by = OpenedBy::Guest(tuple);
        self.joined.values().any(|each| each.opened_by == opened_by)
    }

    /// Connects to where the unikernel wants to; `frame` is how it said so.
    pub fn open(&mut self, tuple: Tuple, frame: Vec<u8>, poller: &mut Poller, link: &mut Link) {
        if self.opening.values().any(|each| each.tuple == tuple) {
            // It is asked again while it is being done.
            return;
        }
        let Ok((token, stream)) = connecting(self.addresses.on_host(tuple.remote), poller) else {
            link.admit(frame);
            return;
        };
        self.opening.insert(
            token,
            Opening {
                stream,
                tuple,
                frame,
                ready: Ready::default(),
            },
        );
    }

    /// Carries what there is to carry between the two ends of each; says whether there was
    /// something.
    pub fn advance(
        &mut self,
        poller: &mut Poller,
        link: &mut Link,
        interface: &mut Interface,
        sockets: &mut SocketSet<'static>,
    ) -> bool {
        let mut carried = self.accept(poller, interface, sockets);
        carried |= self.join(link, sockets);
        self.joined.retain(|_, joined| {
            let socket = sockets.get_mut::<Socket>(joined.socket);
            carried |= joined.carry(socket);
            let over = joined.is_over(socket);
            if over {
                carried = true;
                sockets.remove(joined.socket);
                if let OpenedBy::Client(port) = joined.opened_by {
                    self.ports.remove(&port);
                }
            }
            !over
        });
        carried
    }

    /// Connects the unikernel with the clients of its ports.
    fn accept(
        &mut self,
        poller: &mut Poller,
        interface: &mut Interface,
        sockets: &mut SocketSet<'static>,
    ) -> bool {
        if !self.listeners.values().any(|each| each.ready.readable) {
            return false;
        }
        let Addresses { host, guest, .. } = self.addresses;
        let is_unanswered = |joined: &&Joined| {
            let socket = sockets.get::<Socket>(joined.socket);
            socket.state() == State::SynSent
        };
        let mut unanswered = self.joined.values().filter(is_unanswered).count();
        let mut accepted = false;
        for listener in self.listeners.values_mut() {
            while listener.ready.readable && unanswered < MAX_UNANSWERED {
                let Some(port) = free(&self.ports, self.next_port) else {
                    break;
                };
                let stream = match listener.listener.accept() {
                    Ok((stream, _)) => stream,
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                        listener.ready.readable = false;
                        break;
                    }
                    // No descriptor is left, perhaps: it is tried again once something has happened.
                    Err(_) => break,
                };
                self.next_port = after(port);
                let mut socket = socket();
                let remote = (guest, listener.guest_port);
                let connected = socket.connect(interface.context(), remote, (host, port));
                let registered = stream
                    .set_nonblocking(true)
                    .and_then(|()| stream.set_nodelay(true))
                    .and_then(|()| poller.register(&stream));
                // Who is not joined is hung up on.
                if let (Ok(()), Ok(token)) = (connected, registered) {
                    let socket = sockets.add(socket);
                    self.ports.insert(port);
                    let joined = Joined::new(stream, socket, OpenedBy::Client(port));
                    self.joined.insert(token, joined);
                    unanswered += 1;
                    accepted = true;
                }
            }
        }
        accepted
    }

    /// Tells the unikernel what has become of the connections that it opens: a frame that no socket
    /// waits for is answered by a reset.
    fn join(&mut self, link: &mut Link, sockets: &mut SocketSet<'static>) -> bool {
        let decided = self.opening.extract_if(|_, opening| opening.ready.writable);
        let mut joined = false;
        for (token, opening) in decided {
            let Opening {
                stream,
                tuple,
                frame,
                ..
            } = opening;
            if let Ok(None) = stream.take_error() {
                let mut socket = socket();
                let remote = IpListenEndpoint {
                    addr: Some((*tuple.remote.ip()).into()),
                    port: tuple.remote.port(),
                };
                socket.listen(remote).expect("a new socket, and no port 0");
                let socket = sockets.add(socket);
                let connection = Joined::new(stream, socket, OpenedBy::Guest(tuple));
                self.joined.insert(token, connection);
            }
            link.admit(frame);
            joined = true;
        }
        joined
    }
}

impl Joined {
    fn new(stream: TcpStream, socket: SocketHandle, opened_by: OpenedBy) -> Self {
        Self {
            stream,
            socket,
            opened_by,
            ready: Ready::ALL,
            host_has_ended: false,
            guest_has_ended: false,
        }
    }

    /// Carries bytes and ends in both directions.
    fn carry(&mut self, socket: &mut Socket<'static>) -> bool {
        let carried = self.outward(socket).and_then(|outward| {
            let inward = self.inward(socket)?;
            Ok(outward || inward)
        });
        carried.unwrap_or_else(|_| {
            // The host's connection is broken.
            socket.abort();
            self.host_has_ended = true;
            true
        })
    }

    fn outward(&mut self, socket: &mut Socket<'static>) -> io::Result<bool> {
        let mut carried = false;
        while self.ready.writable && socket.can_recv() {
            let written = socket.recv(|bytes| match self.stream.write(bytes) {
                Ok(length) => (length, Ok(length)),
                Err(error) => (0, Err(error)),
            });
            let written = written.expect("there is something to receive");
            carried |= unless_blocked(written, &mut self.ready.writable)?.is_some();
        }
        let ended = matches!(
            socket.state(),
            State::CloseWait | State::LastAck | State::Closing | State::TimeWait
        );
        if ended && !socket.can_recv() && !self.guest_has_ended {
            self.stream.shutdown(Shutdown::Write)?;
            self.guest_has_ended = true;
        }
        Ok(carried)
    }

    fn inward(&mut self, socket: &mut Socket<'static>) -> io::Result<bool> {
        let mut carried = false;
        while self.ready.readable && !self.host_has_ended && socket.can_send() {
            let read = socket.send(|room| match self.stream.read(room) {
                Ok(length) => (length, Ok(length)),
                Err(error) => (0, Err(error)),
            });
            let read = read.expect("there is room to send");
            match unless_blocked(read, &mut self.ready.readable)? {
                Some(0) => {
                    socket.close();
                    self.host_has_ended = true;
                    carried = true;
                }
                Some(_) => carried = true,
                None => {}
            }
        }
        Ok(carried)
    }

    /// Whether both ends have ended. If the unikernel ended it without a word, so is the host's.
    fn is_over(&mut self, socket: &Socket<'static>) -> bool {
        let over = match socket.state() {
            // What is to be sent of a reset has been sent.
            State::Closed => socket.remote_endpoint().is_none(),
            // The network's end would wait for what was lost on the way; nothing is.
            State::TimeWait => self.guest_has_ended,
            _ => false,
        };
        if over && !(self.guest_has_ended && self.host_has_ended) {
            // It closes with a reset. If that cannot be, it just closes.
            let _ = sockopt::set_socket_linger(&self.stream, Some(Duration::ZERO));
        }
        over
    }
}

/// The first port from `next` on that is not in `used`; `None` if all are.
fn free(used: &HashSet<u16>, next: u16) -> Option<u16> {
    let ports = EPHEMERAL.skip(usize::from(next - EPHEMERAL.start()));
    ports
        .chain(*EPHEMERAL.start()..next)
        .find(|port| !used.contains(port))
}

/// The port after `port`.
fn after(port: u16) -> u16 {
    if port == *EPHEMERAL.end() {
        *EPHEMERAL.start()
    } else {
        port + 1
    }
}

/// How much was carried; nothing if it would have to be waited for.
fn unless_blocked(carried: io::Result<usize>, ready: &mut bool) -> io::Result<Option<usize>> {
    match carried {
        Ok(length) => Ok(Some(length)),
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
            *ready = false;
            Ok(None)
        }
        Err(error) if error.kind() == io::ErrorKind::Interrupted => Ok(None),
        Err(error) => Err(error),
    }
}

/// A TCP socket of the network.
fn socket() -> Socket<'static> {
    let buffer = || SocketBuffer::new(vec![0; BUFFER]);
    let mut socket = Socket::new(buffer(), buffer());
    // The other end of the cable is in this machine: nothing is gained by waiting for more.
    socket.set_ack_delay(None);
    socket.set_nagle_enabled(false);
    socket
}

/// A connection that is being made: whether it could be is known when it can be written to.
fn connecting(to: SocketAddrV4, poller: &mut Poller) -> io::Result<(Token, TcpStream)> {
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
    fn a_port_in_use_is_passed_over() {
        let used = HashSet::from([49152, 49153, 65535]);
        for (next, port) in [(49152, 49154), (50000, 50000), (65535, 49154)] {
            assert_eq!(free(&used, next), Some(port));
        }
        assert_eq!(free(&EPHEMERAL.collect(), 50000), None);
        assert_eq!([65534, 65535].map(after), [65535, 49152]);
    }
}
