//! Which ports a program may bind.

use super::super::Errno;
use crate::{
    device::StartError,
    net::{Error, Network, TcpListener, TcpStream, UdpSocket, loopback},
    platform,
    process::{Declared, DeclaredPort, report_held, report_undeclared, with_declared},
    random::Rng,
};
use alloc::vec::Vec;
use core::net::{IpAddr, Ipv4Addr, SocketAddr};
use mirage_devices::net::{BindError, TcpLimits, UdpLimits};
use mirage_graph::port::Protocol;

/// The first port that is chosen for port 0 (RFC 6335, section 6).
const FIRST_DYNAMIC: u16 = 49_152;

/// How many ports are tried for port 0.
const TRIES: usize = 64;

/// The limits of a UDP port that is not declared. The queues take memory as they are filled, which the unikernel's needs
/// do not contain, and so are shorter than Linux's (`net.core.rmem_default`, 208 KiB).
const UDP_LIMITS: UdpLimits = UdpLimits {
    datagrams: 256,
    receive: 65_536,
    transmit: 65_536,
};

/// What a program binds: a listener or a UDP socket.
pub(super) trait Port: Sized {
    const PROTOCOL: Protocol;

    /// Returns those that the graph declares.
    fn declared(declared: &Declared) -> &[DeclaredPort<Self>];

    /// Opens one that is not declared.
    fn open(networks: &[Network], number: u16) -> Result<Self, StartError>;

    /// Opens one on the loopback interface.
    fn open_on_loopback(number: u16) -> Result<Self, BindError>;
}

impl Port for TcpListener {
    const PROTOCOL: Protocol = Protocol::Tcp;

    fn declared(declared: &Declared) -> &[DeclaredPort<Self>] {
        &declared.tcp
    }

    fn open(networks: &[Network], number: u16) -> Result<Self, StartError> {
        Network::listen(networks, number, TcpLimits::DEFAULT)
    }

    fn open_on_loopback(number: u16) -> Result<Self, BindError> {
        loopback::listen(number, TcpLimits::DEFAULT)
    }
}

impl Port for UdpSocket {
    const PROTOCOL: Protocol = Protocol::Udp;

    fn declared(declared: &Declared) -> &[DeclaredPort<Self>] {
        &declared.udp
    }

    fn open(networks: &[Network], number: u16) -> Result<Self, StartError> {
        Network::bind_udp(networks, number, UDP_LIMITS)
    }

    fn open_on_loopback(number: u16) -> Result<Self, BindError> {
        loopback::bind_udp(number, UDP_LIMITS)
    }
}

/// The interfaces on which a socket is bound.
#[derive(Clone, Copy)]
enum Interfaces {
    Loopback,
    All,
    /// The one with this address.
    With(IpAddr),
}

impl Interfaces {
    /// Returns those with an address.
    fn at(ip: IpAddr) -> Result<Self, Errno> {
        if ip.is_loopback() {
            Ok(Self::Loopback)
        } else if ip.is_unspecified() {
            Ok(Self::All)
        } else if Self::With(ip).among(&networks()).is_empty() {
            Err(Errno(::libc::EADDRNOTAVAIL))
        } else {
            Ok(Self::With(ip))
        }
    }

    /// Returns those of `networks` that are among them.
    fn among(self, networks: &[Network]) -> Vec<Network> {
        let networks = networks.iter().filter(|network| match self {
            Self::Loopback => false,
            Self::All => true,
            Self::With(ip) => network.has_address(ip),
        });
        networks.cloned().collect()
    }

    fn have_loopback(self) -> bool {
        matches!(self, Self::Loopback | Self::All)
    }
}

/// Returns the networks of the graph.
pub(in super::super) fn networks() -> Vec<Network> {
    with_declared(|declared| declared.networks.clone())
}

fn errno(error: &BindError) -> Errno {
    Errno(match error {
        BindError::OutOfMemory => ::libc::ENOMEM,
        _ => ::libc::EADDRINUSE,
    })
}

/// Binds an address.
///
/// # Errors
/// `EACCES` if the port is not declared, `EADDRNOTAVAIL` if it is not declared for the interface with this address, or
/// there is no such interface, and `EADDRINUSE`.
pub(super) fn bind<P: Port>(address: SocketAddr) -> Result<Vec<P>, Errno> {
    let number = address.port();
    let interfaces = Interfaces::at(address.ip())?;
    if number == 0 {
        return bind_dynamic(interfaces);
    }
    let mut ports = match interfaces {
        Interfaces::Loopback => Vec::new(),
        _ => bind_declared(number, interfaces)?,
    };
    if interfaces.have_loopback() {
        let port = P::open_on_loopback(number);
        ports.push(port.map_err(|error| errno(&error))?);
    }
    Ok(ports)
}

/// Binds a port that the graph declares.
fn bind_declared<P: Port>(number: u16, interfaces: Interfaces) -> Result<Vec<P>, Errno> {
    let opened = with_declared(|declared| {
        let ports = P::declared(declared).iter();
        let ports: Vec<_> = ports.filter(|port| port.number == number).collect();
        if ports.is_empty() {
            return Err(Errno(::libc::EACCES));
        }
        let mut opened = Vec::new();
        for port in ports {
            let networks = interfaces.among(&port.networks);
            if !networks.is_empty() {
                let port = (port.open)(&networks);
                opened.push(port.map_err(|_| Errno(::libc::EADDRINUSE))?);
            }
        }
        match opened.is_empty() {
            true => Err(Errno(::libc::EADDRNOTAVAIL)),
            false => Ok(opened),
        }
    });
    if let Err(Errno(::libc::EACCES)) = opened {
        match with_declared(|declared| declared.has_begun) {
            true => report_undeclared(P::PROTOCOL, number),
            false => report_held(P::PROTOCOL, number),
        }
    }
    opened
}

/// Binds a port that is free on all of the interfaces.
fn bind_dynamic<P: Port>(interfaces: Interfaces) -> Result<Vec<P>, Errno> {
    let mut random = platform::random().map_err(|_| Errno(::libc::ENOBUFS))?;
    let networks = interfaces.among(&networks());
    for _ in 0..TRIES {
        let number = FIRST_DYNAMIC | random.next_u32() as u16;
        let mut ports = Vec::new();
        if interfaces.have_loopback() {
            match P::open_on_loopback(number) {
                Ok(port) => ports.push(port),
                Err(BindError::AddrInUse) => continue,
                Err(error) => return Err(errno(&error)),
            }
        }
        if networks.is_empty() {
            return Ok(ports);
        }
        if let Ok(port) = P::open(&networks, number) {
            ports.push(port);
            return Ok(ports);
        }
    }
    Err(Errno(::libc::EADDRINUSE))
}

/// Begins to connect to a peer through the first network that has a route to it, from `port` if it is not `None`.
pub(super) fn begin_connect(peer: SocketAddr, port: Option<u16>) -> Result<TcpStream, Error> {
    if peer.ip().is_loopback() || peer.ip().is_unspecified() {
        let local = SocketAddr::from((Ipv4Addr::LOCALHOST, peer.port()));
        return loopback::begin_connect(local, port);
    }
    let mut outcome = Err(Error::HostUnreachable);
    for network in networks() {
        outcome = network.begin_connect(peer, port);
        if !matches!(outcome, Err(Error::HostUnreachable)) {
            break;
        }
    }
    outcome
}
