//! The functions of the C library by which a program opens ports, in place of the host's.
//!
//! The standard library calls the symbols of the executable, which come before those of the C library. They are
//! symbols of every program with the runtime's feature `std`: until a program with std begins, they only call Linux.

use super::{
    errno::{self, Errno, fail},
    ports::{self, Binding},
};
use crate::{console::Console, process, readiness};
use core::{
    ffi::{c_int, c_long},
    fmt::Write,
    mem::{MaybeUninit, size_of},
    net::{Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6},
    sync::atomic::{AtomicBool, Ordering::Relaxed},
};
use libc::{sockaddr, sockaddr_in, sockaddr_in6, socklen_t};
use mirage_graph::port::Protocol;
use rustix::net::addr::SocketAddrArg;

/// Whether the ports of a program with std are checked.
static IS_CHECKED: AtomicBool = AtomicBool::new(false);

/// From now on, permits what the graph declares.
pub(super) fn permit_declared() {
    IS_CHECKED.store(true, Relaxed);
}

/// Opens a socket. One of the family `AF_UNIX` would have a file of the host as its address.
///
/// # Errors
/// As Linux's, and `EAFNOSUPPORT` for this family.
#[unsafe(no_mangle)]
extern "C" fn socket(family: c_int, kind: c_int, protocol: c_int) -> c_int {
    if family == libc::AF_UNIX && IS_CHECKED.load(Relaxed) {
        return fail(Errno(libc::EAFNOSUPPORT));
    }
    // SAFETY: the call has no conditions.
    unsafe { libc::syscall(libc::SYS_socket, family, kind, protocol) as c_int }
}

/// Binds a socket to an address that the graph permits, or to the place of a declared port on the host.
///
/// # Errors
/// As Linux's, and `EACCES` for a port that is not declared.
///
/// # Safety
/// As POSIX's.
#[unsafe(no_mangle)]
unsafe extern "C" fn bind(socket: c_int, address: *const sockaddr, length: socklen_t) -> c_int {
    let asked = match IS_CHECKED.load(Relaxed) {
        // SAFETY: as the caller states.
        true => unsafe { read(address, length) },
        false => None,
    };
    let (Some(asked), Some(protocol)) = (asked, protocol(socket)) else {
        // SAFETY: as the caller states.
        return unsafe { bind_on_host(socket, address, length) };
    };
    let binding = ports::declared().resolve(protocol, asked);
    let bound = match binding {
        // SAFETY: as the caller states.
        Binding::AsIs => unsafe { bind_on_host(socket, address, length) },
        Binding::Mapped(host) => bind_to(socket, to_family(host, asked, socket)),
        Binding::NotAvailable => fail(Errno(libc::EADDRNOTAVAIL)),
        Binding::NotDeclared => {
            process::report_undeclared(protocol, asked.port());
            fail(Errno(libc::EACCES))
        }
    };
    match (bound, binding) {
        (0, _) if protocol == Protocol::Udp => report(socket, protocol),
        (0, _) => {}
        (_, Binding::Mapped(host)) if errno::last() == Errno(libc::EADDRINUSE) => {
            let number = asked.port();
            let _ = writeln!(
                Console,
                "error: port {number} at {host} is in use (`--publish HOST:{number}` chooses another)"
            );
            return fail(Errno(libc::EADDRINUSE));
        }
        _ => {}
    }
    bound
}

/// Listens on a socket, and reports that its port is open.
///
/// # Errors
/// As Linux's.
#[unsafe(no_mangle)]
extern "C" fn listen(socket: c_int, backlog: c_int) -> c_int {
    // SAFETY: the call has no conditions.
    let result = unsafe { libc::syscall(libc::SYS_listen, socket, backlog) } as c_int;
    if result == 0 && IS_CHECKED.load(Relaxed) {
        report(socket, Protocol::Tcp);
    }
    result
}

/// Reports that the port of a socket is open, if it is a declared one.
fn report(socket: c_int, protocol: Protocol) {
    let Some(SocketAddr::V4(host)) = local_address(socket) else {
        return;
    };
    let number = ports::declared().reached_at(protocol, host);
    if let Some(number) = number {
        readiness::port_is_open(protocol, number, (host.ip(), host.port()));
    }
}

/// Returns the address of the host for a socket of the family that the program has chosen.
fn to_family(host: SocketAddrV4, asked: SocketAddr, socket: c_int) -> SocketAddr {
    if asked.is_ipv4() {
        return host.into();
    }
    let ip = match option(socket, libc::IPPROTO_IPV6, libc::IPV6_V6ONLY) {
        Some(0) => host.ip().to_ipv6_mapped(),
        _ => Ipv6Addr::LOCALHOST,
    };
    (ip, host.port()).into()
}

fn bind_to(socket: c_int, address: SocketAddr) -> c_int {
    // SAFETY: the closure is called with an address and its length.
    unsafe { address.with_sockaddr(|address, length| bind_on_host(socket, address.cast(), length)) }
}

fn length_of<T>(_: &T) -> socklen_t {
    size_of::<T>() as socklen_t
}

/// Calls Linux, without the C library.
///
/// # Safety
/// As POSIX's `bind`.
unsafe fn bind_on_host(socket: c_int, address: *const sockaddr, length: socklen_t) -> c_int {
    // SAFETY: as the caller states. `syscall` sets `errno`.
    let result = unsafe { libc::syscall(libc::SYS_bind, socket, address, length as c_long) };
    result as c_int
}

/// Returns the protocol of a socket by its type; `None` if it has no ports.
fn protocol(socket: c_int) -> Option<Protocol> {
    match option(socket, libc::SOL_SOCKET, libc::SO_TYPE)? {
        libc::SOCK_STREAM => Some(Protocol::Tcp),
        libc::SOCK_DGRAM => Some(Protocol::Udp),
        _ => None,
    }
}

/// Returns the value of a socket's option.
fn option(socket: c_int, level: c_int, name: c_int) -> Option<c_int> {
    let mut value: c_int = 0;
    let mut length = length_of(&value);
    // SAFETY: a place for a value of this length.
    let result =
        unsafe { libc::getsockopt(socket, level, name, (&raw mut value).cast(), &mut length) };
    (result == 0).then_some(value)
}

/// Returns the address that a socket is bound to, as IPv4 if it is mapped.
fn local_address(socket: c_int) -> Option<SocketAddr> {
    let mut address = MaybeUninit::<sockaddr_in6>::zeroed();
    let mut length = size_of::<sockaddr_in6>() as socklen_t;
    // SAFETY: a place for an address of this length, which is the largest of both families.
    let address = unsafe {
        if libc::getsockname(socket, address.as_mut_ptr().cast(), &mut length) != 0 {
            return None;
        }
        // Those of other families may be longer.
        let length = length.min(size_of::<sockaddr_in6>() as socklen_t);
        read(address.as_ptr().cast(), length)?
    };
    Some(SocketAddr::new(address.ip().to_canonical(), address.port()))
}

/// Returns an address of IPv4 or IPv6; `None` for another or an incomplete one.
///
/// # Safety
/// `address` is null or has `length` bytes.
unsafe fn read(address: *const sockaddr, length: socklen_t) -> Option<SocketAddr> {
    /// The length without the scope, which Linux accepts.
    const MIN_LENGTH_OF_IPV6: usize = size_of::<sockaddr_in6>() - size_of::<u32>();
    let length = length as usize;
    if address.is_null() || length < size_of::<sockaddr_in>() {
        return None;
    }
    // SAFETY: the address has these bytes, as just checked, in any alignment.
    let family = c_int::from(unsafe { (&raw const (*address).sa_family).read_unaligned() });
    if family == libc::AF_INET {
        // SAFETY: as above.
        let address = unsafe { address.cast::<sockaddr_in>().read_unaligned() };
        let ip = address.sin_addr.s_addr.to_ne_bytes();
        return Some((ip, u16::from_be(address.sin_port)).into());
    }
    if family != libc::AF_INET6 || length < MIN_LENGTH_OF_IPV6 {
        return None;
    }
    let mut copy = MaybeUninit::<sockaddr_in6>::zeroed();
    let length = length.min(size_of::<sockaddr_in6>());
    // SAFETY: the address has these bytes; what it lacks is zero.
    let address = unsafe {
        copy.as_mut_ptr()
            .cast::<u8>()
            .copy_from_nonoverlapping(address.cast(), length);
        copy.assume_init()
    };
    let ip = address.sin6_addr.s6_addr.into();
    Some(SocketAddrV6::new(ip, u16::from_be(address.sin6_port), 0, 0).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> SocketAddr {
        text.parse().expect("an address and a port")
    }

    #[test]
    fn addresses_are_read_in_both_families() {
        let ipv4 = sockaddr_in {
            sin_family: libc::AF_INET as libc::sa_family_t,
            sin_port: 80_u16.to_be(),
            sin_addr: libc::in_addr {
                s_addr: u32::from_ne_bytes([10, 0, 0, 2]),
            },
            sin_zero: [0; 8],
        };
        let ipv6 = sockaddr_in6 {
            sin6_family: libc::AF_INET6 as libc::sa_family_t,
            sin6_port: 80_u16.to_be(),
            sin6_flowinfo: 0,
            sin6_addr: libc::in6_addr {
                s6_addr: Ipv6Addr::LOCALHOST.octets(),
            },
            sin6_scope_id: 0,
        };
        // SAFETY: the addresses have at least these lengths.
        let (ipv4, ipv6) = unsafe {
            let ipv4 = [15, 16].map(|length| read((&raw const ipv4).cast(), length));
            let ipv6 = [23, 24, 28].map(|length| read((&raw const ipv6).cast(), length));
            (ipv4, ipv6)
        };
        assert_eq!(ipv4, [None, Some(parse("10.0.0.2:80"))]);
        assert_eq!(
            ipv6,
            [None, Some(parse("[::1]:80")), Some(parse("[::1]:80"))]
        );
        // SAFETY: null is permitted.
        assert_eq!(unsafe { read(core::ptr::null(), 16) }, None);
    }

    #[test]
    fn until_a_program_begins_every_port_is_free() {
        let socket = std::net::TcpListener::bind("0.0.0.0:0").expect("a free port");
        let port = socket.local_addr().expect("an address").port();
        let error = std::net::TcpListener::bind(("0.0.0.0", port)).expect_err("it is in use");
        assert_eq!(error.kind(), std::io::ErrorKind::AddrInUse);
    }
}
