//! Which ports a program may bind.

use super::super::Errno;
use crate::{
    device::StartError,
    net::{Error, Network, TcpListener, TcpStream, UdpSocket, loopback},
    platform,
    process::{DeclaredPort, report_undeclared, with_declared},
    random::Rng,
};
use alloc::{vec, vec::Vec};
use core::net::{IpAddr, Ipv4Addr, SocketAddr};
use mirage_devices::net::{BindError, TcpLimits, UdpLimits};
use mirage_graph::port::Protocol;

/// The first port that is chosen for port 0 (RFC 6335, section 6).
const FIRST_DYNAMIC: u16 = 49_152;

/// How many ports are tried for port 0.
const TRIES: usize = 64;

/// Where a socket is bound.
#[derive(Clone, Copy, PartialEq, Eq)]
enum BoundTo {
    /// The loopback interface only.
    Loopback,
    /// All interfaces.
    Everywhere,
    /// The interface with an address.
    Interface(Ipv4Addr),
}

/// Returns where an address is.
fn bound_to(address: SocketAddr) -> Result<BoundTo, Errno> {
    let IpAddr::V4(ip) = address.ip() else {
        return Err(Errno(::libc::EAFNOSUPPORT));
    };
    if ip.is_loopback() {
        Ok(BoundTo::Loopback)
    } else if ip.is_unspecified() {
        Ok(BoundTo::Everywhere)
    } else if networks().iter().any(|network| has_address(network, ip)) {
        Ok(BoundTo::Interface(ip))
    } else {
        Err(Errno(::libc::EADDRNOTAVAIL))
    }
}

fn has_address(network: &Network, ip: Ipv4Addr) -> bool {
    network
        .address()
        .is_some_and(|address| address.address == ip)
}

/// Returns the networks of the graph.
pub(in super::super) fn networks() -> Vec<Network> {
    with_declared(|declared| declared.networks.clone())
}

fn errno(error: &BindError) -> Errno {
    Errno(match error {
        BindError::OutOfMemory => ::libc::ENOBUFS,
        _ => ::libc::EADDRINUSE,
    })
}

/// Opens a declared port.
fn open<S>(ports: &[DeclaredPort<S>], number: u16) -> Option<Result<S, StartError>> {
    let port = ports.iter().find(|port| port.number == number)?;
    Some((port.open)())
}

/// Reports that a port is not declared.
fn refuse(protocol: Protocol, number: u16) -> Errno {
    report_undeclared(protocol, number);
    Errno(::libc::EACCES)
}

/// Listens at an address.
pub(super) fn listen(address: SocketAddr) -> Result<Vec<TcpListener>, Errno> {
    let number = address.port();
    let bound_to = bound_to(address)?;
    if number == 0 {
        return listen_dynamically(bound_to);
    }
    let looped = || loopback::listen(number, TcpLimits::DEFAULT).map_err(|error| errno(&error));
    if bound_to == BoundTo::Loopback {
        return Ok(vec![looped()?]);
    }
    let opened = with_declared(|declared| open(&declared.tcp, number));
    let opened = opened.ok_or_else(|| refuse(Protocol::Tcp, number))?;
    let opened = opened.map_err(|_| Errno(::libc::EADDRINUSE))?;
    Ok(vec![opened, looped()?])
}

/// Listens on a port that is free at all interfaces.
fn listen_dynamically(bound_to: BoundTo) -> Result<Vec<TcpListener>, Errno> {
    let mut random = platform::random().map_err(|_| Errno(::libc::ENOBUFS))?;
    for _ in 0..TRIES {
        let number = FIRST_DYNAMIC | random.next_u32() as u16;
        let mut listeners = Vec::new();
        match loopback::listen(number, TcpLimits::DEFAULT) {
            Ok(listener) => listeners.push(listener),
            Err(BindError::AddrInUse) => continue,
            Err(error) => return Err(errno(&error)),
        }
        let networks = networks_at(bound_to);
        if networks.is_empty() {
            return Ok(listeners);
        }
        if let Ok(listener) = Network::listen(&networks, number, TcpLimits::DEFAULT) {
            listeners.push(listener);
            return Ok(listeners);
        }
    }
    Err(Errno(::libc::EADDRINUSE))
}

/// The limits of a UDP port that is not declared: the queues of Linux (`net.core.rmem_default`). They take memory as
/// they are filled.
const UDP_LIMITS: UdpLimits = UdpLimits {
    datagrams: 256,
    receive: 212_992,
    transmit: 212_992,
};

/// Binds an address.
pub(super) fn bind_udp(address: SocketAddr) -> Result<Vec<UdpSocket>, Errno> {
    let number = address.port();
    let bound_to = bound_to(address)?;
    if number == 0 {
        return bind_udp_dynamically(bound_to);
    }
    let looped = || loopback::bind_udp(number, UDP_LIMITS).map_err(|error| errno(&error));
    if bound_to == BoundTo::Loopback {
        return Ok(vec![looped()?]);
    }
    let opened = with_declared(|declared| open(&declared.udp, number));
    let opened = opened.ok_or_else(|| refuse(Protocol::Udp, number))?;
    let opened = opened.map_err(|_| Errno(::libc::EADDRINUSE))?;
    Ok(vec![opened, looped()?])
}

/// Binds a port that is free at all interfaces.
fn bind_udp_dynamically(bound_to: BoundTo) -> Result<Vec<UdpSocket>, Errno> {
    let mut random = platform::random().map_err(|_| Errno(::libc::ENOBUFS))?;
    for _ in 0..TRIES {
        let number = FIRST_DYNAMIC | random.next_u32() as u16;
        let mut sockets = Vec::new();
        match loopback::bind_udp(number, UDP_LIMITS) {
            Ok(socket) => sockets.push(socket),
            Err(BindError::AddrInUse) => continue,
            Err(error) => return Err(errno(&error)),
        }
        let networks = networks_at(bound_to);
        if networks.is_empty() {
            return Ok(sockets);
        }
        if let Ok(socket) = Network::bind_udp(&networks, number, UDP_LIMITS) {
            sockets.insert(0, socket);
            return Ok(sockets);
        }
    }
    Err(Errno(::libc::EADDRINUSE))
}

/// Returns the networks that a socket is bound to.
fn networks_at(bound_to: BoundTo) -> Vec<Network> {
    match bound_to {
        BoundTo::Loopback => Vec::new(),
        BoundTo::Everywhere => networks(),
        BoundTo::Interface(ip) => {
            let mut networks = networks();
            networks.retain(|network| has_address(network, ip));
            networks
        }
    }
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
