//! Groups of a UDP socket of the host.

use super::udp::{UdpSocket, to_error};
use crate::net::Error;
use core::net::{Ipv4Addr, Ipv6Addr};
use rustix::io::Errno;
use std::io;

impl UdpSocket {
    pub(crate) fn join_multicast_v4(
        &self,
        group: Ipv4Addr,
        interface: Ipv4Addr,
    ) -> Result<(), Error> {
        let joined = self.io().join_multicast_v4(&group, &interface);
        joined.map_err(|error| to_membership_error(&error))
    }

    pub(crate) fn leave_multicast_v4(
        &self,
        group: Ipv4Addr,
        interface: Ipv4Addr,
    ) -> Result<(), Error> {
        let left = self.io().leave_multicast_v4(&group, &interface);
        left.map_err(|error| to_membership_error(&error))
    }

    pub(crate) fn set_multicast_loop_v4(&self, is_looped: bool) -> Result<(), Error> {
        let set = self.io().set_multicast_loop_v4(is_looped);
        set.map_err(|error| to_error(&error))
    }

    pub(crate) fn multicast_loop_v4(&self) -> Result<bool, Error> {
        let is_looped = self.io().multicast_loop_v4();
        is_looped.map_err(|error| to_error(&error))
    }

    pub(crate) fn set_multicast_ttl_v4(&self, ttl: u32) -> Result<(), Error> {
        let set = self.io().set_multicast_ttl_v4(ttl);
        set.map_err(|error| to_membership_error(&error))
    }

    pub(crate) fn multicast_ttl_v4(&self) -> Result<u32, Error> {
        self.io()
            .multicast_ttl_v4()
            .map_err(|error| to_error(&error))
    }
}

/// The sockets are those of IPv4.
impl UdpSocket {
    pub(crate) fn join_multicast_v6(&self, _: &Ipv6Addr) -> Result<(), Error> {
        Err(Error::Unsupported)
    }

    pub(crate) fn leave_multicast_v6(&self, _: &Ipv6Addr) -> Result<(), Error> {
        Err(Error::Unsupported)
    }

    pub(crate) fn set_multicast_loop_v6(&self, _: bool) -> Result<(), Error> {
        Err(Error::Unsupported)
    }

    pub(crate) fn multicast_loop_v6(&self) -> Result<bool, Error> {
        Err(Error::Unsupported)
    }

    pub(crate) fn set_multicast_hops_v6(&self, _: u32) -> Result<(), Error> {
        Err(Error::Unsupported)
    }

    pub(crate) fn multicast_hops_v6(&self) -> Result<u32, Error> {
        Err(Error::Unsupported)
    }
}

/// Returns the error as our own sockets return it.
fn to_membership_error(error: &io::Error) -> Error {
    match error.raw_os_error() {
        Some(code) if code == Errno::ADDRINUSE.raw_os_error() => Error::AddrInUse,
        Some(code) if code == Errno::NOBUFS.raw_os_error() => Error::OutOfMemory,
        Some(code)
            if [Errno::INVAL, Errno::NODEV, Errno::ADDRNOTAVAIL]
                .iter()
                .any(|errno| errno.raw_os_error() == code) =>
        {
            Error::AddrNotAvailable
        }
        _ => to_error(error),
    }
}
