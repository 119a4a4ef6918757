//! TCP: each connection of the guest is relayed to a connection of the host.

mod ephemeral;
mod relay;

use self::{
    ephemeral::{EPHEMERAL, free_port, next_port},
    relay::{OpenedBy, Relay},
};
use crate::{
    error::Error,
    family::Family,
    filter::FourTuple,
    hosts::Hosts,
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
    iface::{Interface, SocketSet},
    socket::tcp::{Socket, SocketBuffer, State},
    wire::IpListenEndpoint,
};
use std::{
    collections::{HashMap, HashSet},
    io,
    net::{SocketAddr, TcpListener, TcpStream},
};

/// The buffer of a connection in each direction, in bytes.
const BUFFER_SIZE: usize = 64 * 1024;
/// Clients of one port that may wait to be accepted.
const BACKLOG: i32 = 1024;
/// Connections that the guest may have left unanswered. More clients wait to be accepted, so that a
/// burst of clients does not become a burst of SYNs.
const MAX_SYN_SENT: usize = 128;

/// All connections, and the published ports.
#[derive(Debug)]
pub struct Connections {
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
    /// The family of the guest's address.
    family: Family,
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

impl Default for Connections {
    fn default() -> Self {
        Self {
            listeners: HashMap::new(),
            connecting: HashMap::new(),
            relays: HashMap::new(),
            next_port: *EPHEMERAL.start(),
            ports: HashSet::new(),
        }
    }
}

impl Connections {
    /// Listens on published ports, which lead to the guest's address of `family`.
    pub fn publish(
        &mut self,
        family: Family,
        ports: &[PublishedPort],
        poller: &mut Poller,
    ) -> Result<(), Error> {
        for port in ports.iter().filter(|port| port.is(Protocol::Tcp)) {
            let listener = TcpListener::bind(port.host).and_then(|listener| {
                listen(&listener, BACKLOG)?;
                listener.set_nonblocking(true)?;
                Ok((poller.register(&listener)?, listener))
            });
            let (token, listener) = listener.map_err(|cause| port.not_bound(cause))?;
            self.listeners.insert(
                token,
                Listener {
                    listener,
                    family,
                    guest_port: port.guest,
                    ready: Ready::default(),
                },
            );
        }
        Ok(())
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

    /// Connects to `remote`, which is what the remote endpoint of the guest's SYN `frame` is for the host.
    pub fn open(
        &mut self,
        tuple: FourTuple,
        remote: SocketAddr,
        frame: Vec<u8>,
        poller: &mut Poller,
        link: &mut Link,
    ) {
        let is_retransmission = self.connecting.values().any(|each| each.tuple == tuple);
        if is_retransmission || self.connecting.len() >= MAX_SYN_SENT {
            // While the host connects, or too many do: the guest sends it again.
            return;
        }
        let Ok((token, stream)) = connect_to(remote, poller) else {
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
        hosts: &Hosts,
        poller: &mut Poller,
        link: &mut Link,
        interface: &mut Interface,
        sockets: &mut SocketSet<'static>,
    ) -> bool {
        let mut progressed = self.accept(hosts, poller, interface, sockets);
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
        hosts: &Hosts,
        poller: &mut Poller,
        interface: &mut Interface,
        sockets: &mut SocketSet<'static>,
    ) -> bool {
        if !self.listeners.values().any(|each| each.ready.readable) {
            return false;
        }
        let is_syn_sent = |relay: &&Relay| {
            let socket = sockets.get::<Socket>(relay.socket);
            socket.state() == State::SynSent
        };
        let mut syn_sent = self.relays.values().filter(is_syn_sent).count();
        let mut accepted = false;
        for listener in self.listeners.values_mut() {
            // Until the guest has an address, its clients wait.
            let Some((gateway, guest)) = hosts.gateway_and_guest(listener.family) else {
                continue;
            };
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
                    addr: Some(tuple.remote.ip().into()),
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
fn connect_to(to: SocketAddr, poller: &mut Poller) -> io::Result<(Token, TcpStream)> {
    let flags = SocketFlags::NONBLOCK | SocketFlags::CLOEXEC;
    let family = match to {
        SocketAddr::V4(_) => AddressFamily::INET,
        SocketAddr::V6(_) => AddressFamily::INET6,
    };
    let socket = socket_with(family, SocketType::STREAM, flags, None)?;
    sockopt::set_tcp_nodelay(&socket, true)?;
    match connect(&socket, &to) {
        Ok(()) | Err(Errno::INPROGRESS) => Ok((poller.register(&socket)?, socket.into())),
        Err(error) => Err(error.into()),
    }
}
