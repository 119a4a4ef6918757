//! Socket addresses in memory (`struct sockaddr`).

use super::{super::Errno, Family};
use ::libc::{sa_family_t, sockaddr, sockaddr_in, sockaddr_in6, socklen_t};
use core::{
    ffi::c_int,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
};

/// Reads an address for a socket of a family, as the stack has it. `None` if its own is `AF_UNSPEC`.
///
/// # Safety
/// `address` has `length` bytes.
pub(super) unsafe fn read(
    address: *const sockaddr,
    length: socklen_t,
    socket: Family,
) -> Result<Option<SocketAddr>, Errno> {
    if address.is_null() {
        return Err(Errno(::libc::EFAULT));
    }
    let length = length as usize;
    if length < size_of::<sa_family_t>() {
        return Err(Errno(::libc::EINVAL));
    }
    // SAFETY: the address has this many bytes, as was just checked. It need not be aligned.
    let family = unsafe { address.cast::<sa_family_t>().read_unaligned() };
    match (c_int::from(family), socket) {
        (::libc::AF_UNSPEC, _) => Ok(None),
        (_, Family::Ipv6) if length < size_of::<sockaddr_in6>() => Err(Errno(::libc::EINVAL)),
        (::libc::AF_INET, Family::Ipv4 | Family::Unix) if length >= size_of::<sockaddr_in>() => {
            // SAFETY: as above.
            let v4 = unsafe { address.cast::<sockaddr_in>().read_unaligned() };
            let ip = Ipv4Addr::from(u32::from_be(v4.sin_addr.s_addr));
            Ok(Some((ip, u16::from_be(v4.sin_port)).into()))
        }
        (::libc::AF_INET6, Family::Ipv6) => {
            // SAFETY: as above.
            let v6 = unsafe { address.cast::<sockaddr_in6>().read_unaligned() };
            let ip = Ipv6Addr::from(v6.sin6_addr.s6_addr);
            let address = SocketAddr::from((ip, u16::from_be(v6.sin6_port)));
            Ok(Some(Family::to_stack(address)))
        }
        (::libc::AF_INET, Family::Ipv4 | Family::Unix) => Err(Errno(::libc::EINVAL)),
        _ => Err(Errno(::libc::EAFNOSUPPORT)),
    }
}

/// As [`write`] for a socket of a family. One of `AF_UNIX` has no name, and `from` is `None`.
///
/// # Safety
/// As that of [`write`].
pub(super) unsafe fn write_name(
    from: Option<SocketAddr>,
    socket: Family,
    address: *mut sockaddr,
    length: *mut socklen_t,
) -> Result<(), Errno> {
    if address.is_null() || length.is_null() {
        return Err(Errno(::libc::EFAULT));
    }
    match from {
        // SAFETY: as the caller states.
        Some(from) => unsafe { write(socket.to_program(from), address, length) },
        None => {
            let family = ::libc::AF_UNIX as sa_family_t;
            // SAFETY: as the caller states.
            unsafe { copy(&family, address, length) };
        }
    }
    Ok(())
}

/// Writes an address, truncated to `*length` bytes, and stores its whole length there. Does nothing if `address` is
/// null.
///
/// # Safety
/// `length` is valid if `address` is not null, and `address` has `*length` bytes.
pub(in super::super) unsafe fn write(
    from: SocketAddr,
    address: *mut sockaddr,
    length: *mut socklen_t,
) {
    if address.is_null() || length.is_null() {
        return;
    }
    let port = from.port().to_be();
    match from.ip() {
        IpAddr::V4(ip) => {
            let v4 = sockaddr_in {
                sin_family: ::libc::AF_INET as sa_family_t,
                sin_port: port,
                sin_addr: ::libc::in_addr {
                    s_addr: u32::from(ip).to_be(),
                },
                sin_zero: [0; 8],
            };
            // SAFETY: as the caller states.
            unsafe { copy(&v4, address, length) };
        }
        IpAddr::V6(ip) => {
            let v6 = sockaddr_in6 {
                sin6_family: ::libc::AF_INET6 as sa_family_t,
                sin6_port: port,
                sin6_flowinfo: 0,
                sin6_addr: ::libc::in6_addr {
                    s6_addr: ip.octets(),
                },
                sin6_scope_id: 0,
            };
            // SAFETY: as the caller states.
            unsafe { copy(&v6, address, length) };
        }
    }
}

/// # Safety
/// As that of [`write`].
unsafe fn copy<A>(from: &A, address: *mut sockaddr, length: *mut socklen_t) {
    let whole = size_of::<A>();
    // SAFETY: as the caller states.
    unsafe {
        let room = (*length as usize).min(whole);
        address
            .cast::<u8>()
            .copy_from_nonoverlapping((&raw const *from).cast(), room);
        *length = whole as socklen_t;
    }
}
