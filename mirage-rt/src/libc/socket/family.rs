//! The address families of sockets.

use super::super::Errno;
use crate::net::Network;
use core::{
    ffi::c_int,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
};

/// The address family of a socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Family {
    /// `AF_UNIX`: connected pairs, which have no addresses.
    Unix,
    /// `AF_INET`.
    Ipv4,
    /// `AF_INET6`. Its peers may have IPv4, as IPv4-mapped addresses (RFC 4291, section 2.5.5.2).
    Ipv6,
}

impl Family {
    /// Returns a family of sockets for IP.
    ///
    /// # Errors
    /// `EAFNOSUPPORT` if it is another one, or if no interface has it.
    pub(super) fn of_ip(family: c_int) -> Result<Self, Errno> {
        match family {
            ::libc::AF_INET => Ok(Self::Ipv4),
            ::libc::AF_INET6 if super::networks().iter().any(Network::has_ipv6) => Ok(Self::Ipv6),
            _ => Err(Errno(::libc::EAFNOSUPPORT)),
        }
    }

    /// The value of `SO_DOMAIN`.
    pub(in super::super) const fn number(self) -> c_int {
        match self {
            Self::Unix => ::libc::AF_UNIX,
            Self::Ipv4 => ::libc::AF_INET,
            Self::Ipv6 => ::libc::AF_INET6,
        }
    }

    /// Returns an address of the program as the stack has it. There is one loopback interface for both families, and
    /// an address that is not specified is one of either.
    pub(super) fn to_stack(address: SocketAddr) -> SocketAddr {
        let ip = match address.ip().to_canonical() {
            IpAddr::V6(Ipv6Addr::LOCALHOST) => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(Ipv6Addr::UNSPECIFIED) => Ipv4Addr::UNSPECIFIED.into(),
            ip => ip,
        };
        SocketAddr::new(ip, address.port())
    }

    /// Returns an address of the stack as a program sees it at a socket of this family.
    pub(super) fn to_program(self, address: SocketAddr) -> SocketAddr {
        let ip = match (self, address.ip()) {
            (Self::Ipv6, IpAddr::V4(Ipv4Addr::LOCALHOST)) => Ipv6Addr::LOCALHOST.into(),
            (Self::Ipv6, IpAddr::V4(Ipv4Addr::UNSPECIFIED)) => Ipv6Addr::UNSPECIFIED.into(),
            (Self::Ipv6, IpAddr::V4(ip)) => ip.to_ipv6_mapped().into(),
            (_, ip) => ip,
        };
        SocketAddr::new(ip, address.port())
    }
}
