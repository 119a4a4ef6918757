//! Names of hosts: `getaddrinfo`, by the resolver of the runtime, and `gethostname`.
//!
//! Hosts of the file `/etc/hosts` are known without a server.
//! Services are numbers, or one of a few names. Flags other than AI_PASSIVE and AI_NUMERICHOST have no effect.

use super::{Errno, errno::returned, fail, socket, strings};
use crate::{
    files,
    freestanding::one_core::OneCore,
    name,
    net::{LookupError, Resolver},
    thread,
};
use ::libc::{addrinfo, sockaddr, sockaddr_in6, socklen_t};
use alloc::{boxed::Box, rc::Rc, string::String, vec, vec::Vec};
use core::{
    cell::RefCell,
    ffi::{c_char, c_int},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    ptr::null_mut,
};

/// The names of services that programs ask for (RFC 6335).
const SERVICES: [(&[u8], u16); 4] = [
    (b"domain", 53),
    (b"http", 80),
    (b"https", 443),
    (b"ntp", 123),
];

/// The resolver, with its cache.
static RESOLVER: OneCore<RefCell<Option<Rc<Resolver>>>> = OneCore(RefCell::new(None));

fn resolver() -> Rc<Resolver> {
    if let Some(resolver) = &*RESOLVER.0.borrow() {
        return resolver.clone();
    }
    // While the file is read, another thread may have its turn: nothing is borrowed.
    let mut resolver = Resolver::new(socket::networks());
    if let Some(hosts) = files::read(b"/etc/hosts") {
        resolver.set_hosts(&String::from_utf8_lossy(&hosts));
    }
    let resolver = Rc::new(resolver);
    RESOLVER.0.borrow_mut().get_or_insert(resolver).clone()
}

/// An entry of the result, and the address that it points to.
#[repr(C)]
struct Entry {
    information: addrinfo,
    /// Room for an address of either family.
    address: sockaddr_in6,
}

/// What is asked for.
struct Hints {
    flags: c_int,
    family: c_int,
    kind: c_int,
    protocol: c_int,
}

/// # Safety
/// As POSIX's.
#[unsafe(no_mangle)]
unsafe extern "C" fn getaddrinfo(
    node: *const c_char,
    service: *const c_char,
    hints: *const addrinfo,
    result: *mut *mut addrinfo,
) -> c_int {
    // SAFETY: valid if they are not null, as the caller states.
    let (node, service, hints) = unsafe {
        (
            (!node.is_null()).then(|| strings::bytes(node)),
            (!service.is_null()).then(|| strings::bytes(service)),
            hints.as_ref(),
        )
    };
    let hints = Hints {
        flags: hints.map_or(0, |hints| hints.ai_flags),
        family: hints.map_or(::libc::AF_UNSPEC, |hints| hints.ai_family),
        kind: hints.map_or(0, |hints| hints.ai_socktype),
        protocol: hints.map_or(0, |hints| hints.ai_protocol),
    };
    match look_up(node, service, &hints) {
        Ok(addresses) => {
            let list = list(&addresses, &hints);
            if list.is_null() {
                return ::libc::EAI_SOCKTYPE;
            }
            // SAFETY: valid, as the caller states.
            unsafe { *result = list };
            0
        }
        Err(error) => error,
    }
}

fn look_up(
    node: Option<&[u8]>,
    service: Option<&[u8]>,
    hints: &Hints,
) -> Result<Vec<SocketAddr>, c_int> {
    if !matches!(
        hints.family,
        ::libc::AF_UNSPEC | ::libc::AF_INET | ::libc::AF_INET6
    ) {
        return Err(::libc::EAI_FAMILY);
    }
    let port = service.map_or(Ok(0), port)?;
    let addresses = match node {
        None if service.is_none() => return Err(::libc::EAI_NONAME),
        None => vec![match (hints.flags & ::libc::AI_PASSIVE, hints.family) {
            (0, ::libc::AF_INET6) => (Ipv6Addr::LOCALHOST, port).into(),
            (0, _) => (Ipv4Addr::LOCALHOST, port).into(),
            (_, ::libc::AF_INET6) => (Ipv6Addr::UNSPECIFIED, port).into(),
            (_, _) => (Ipv4Addr::UNSPECIFIED, port).into(),
        }],
        Some(node) => {
            let node = core::str::from_utf8(node).map_err(|_| ::libc::EAI_NONAME)?;
            let is_numeric = hints.flags & ::libc::AI_NUMERICHOST != 0;
            if is_numeric && node.parse::<IpAddr>().is_err() {
                return Err(::libc::EAI_NONAME);
            }
            let resolver = resolver();
            let found = thread::block_on(resolver.lookup_host(node, port));
            found.map_err(|error| to_code(&error))?
        }
    };
    let is_asked = |address: &SocketAddr| match hints.family {
        ::libc::AF_INET => address.is_ipv4(),
        ::libc::AF_INET6 => address.is_ipv6(),
        _ => true,
    };
    let addresses: Vec<_> = addresses.into_iter().filter(is_asked).collect();
    match addresses.is_empty() {
        true => Err(::libc::EAI_NODATA),
        false => Ok(addresses),
    }
}

fn port(service: &[u8]) -> Result<u16, c_int> {
    let is_number = service.iter().all(u8::is_ascii_digit);
    let text = core::str::from_utf8(service).ok().filter(|_| is_number);
    let number = text.and_then(|text| text.parse().ok());
    let named = || SERVICES.iter().find(|(name, _)| *name == service);
    number
        .or_else(|| named().map(|(_, port)| *port))
        .ok_or(::libc::EAI_SERVICE)
}

fn to_code(error: &LookupError) -> c_int {
    match error {
        LookupError::NoSuchName | LookupError::InvalidName => ::libc::EAI_NONAME,
        LookupError::NoAddress => ::libc::EAI_NODATA,
        LookupError::NoServer | LookupError::TimedOut => ::libc::EAI_AGAIN,
        LookupError::Unreachable(error) => {
            fail(Errno::from(*error));
            ::libc::EAI_SYSTEM
        }
        _ => ::libc::EAI_FAIL,
    }
}

/// Returns the list of entries: one for each address and type of socket that was asked for.
fn list(addresses: &[SocketAddr], hints: &Hints) -> *mut addrinfo {
    let kinds = [
        (::libc::SOCK_STREAM, ::libc::IPPROTO_TCP),
        (::libc::SOCK_DGRAM, ::libc::IPPROTO_UDP),
    ];
    let is_asked = |(kind, protocol): &(c_int, c_int)| {
        let is_kind = matches!(hints.kind, 0 | -1) || hints.kind == *kind;
        is_kind && (hints.protocol == 0 || hints.protocol == *protocol)
    };
    let mut next = null_mut();
    for address in addresses.iter().rev() {
        for (kind, protocol) in kinds.into_iter().rev().filter(is_asked) {
            next = entry(*address, kind, protocol, next);
        }
    }
    next
}

fn entry(address: SocketAddr, kind: c_int, protocol: c_int, next: *mut addrinfo) -> *mut addrinfo {
    let entry = Box::leak(Box::new(Entry {
        information: addrinfo {
            ai_flags: 0,
            ai_family: match address {
                SocketAddr::V4(_) => ::libc::AF_INET,
                SocketAddr::V6(_) => ::libc::AF_INET6,
            },
            ai_socktype: kind,
            ai_protocol: protocol,
            ai_addrlen: 0,
            ai_addr: null_mut(),
            ai_canonname: null_mut(),
            ai_next: next,
        },
        // SAFETY: all zeroes are an address.
        address: unsafe { core::mem::zeroed() },
    }));
    let place: *mut sockaddr = (&raw mut entry.address).cast();
    let mut length = size_of::<sockaddr_in6>() as socklen_t;
    // SAFETY: the place has room for an address of either family.
    unsafe { socket::write_address(address, place, &raw mut length) };
    entry.information.ai_addr = place;
    entry.information.ai_addrlen = length;
    (&raw mut *entry).cast()
}

/// # Safety
/// The list was returned by [`getaddrinfo`], or is null, and is not used any more.
#[unsafe(no_mangle)]
unsafe extern "C" fn freeaddrinfo(mut list: *mut addrinfo) {
    while !list.is_null() {
        // SAFETY: each entry was leaked by `entry`, as the caller states.
        let entry = unsafe { Box::from_raw(list.cast::<Entry>()) };
        list = entry.information.ai_next;
    }
}

/// Returns the text of an error.
#[unsafe(no_mangle)]
extern "C" fn gai_strerror(error: c_int) -> *const c_char {
    match error {
        ::libc::EAI_NONAME => c"Name or service not known",
        ::libc::EAI_NODATA => c"No address associated with hostname",
        ::libc::EAI_AGAIN => c"Temporary failure in name resolution",
        ::libc::EAI_FAIL => c"Non-recoverable failure in name resolution",
        ::libc::EAI_MEMORY => c"Memory allocation failure",
        ::libc::EAI_FAMILY => c"ai_family not supported",
        ::libc::EAI_SERVICE => c"Servname not supported for ai_socktype",
        ::libc::EAI_SOCKTYPE => c"ai_socktype not supported",
        ::libc::EAI_SYSTEM => c"System error",
        _ => c"Unknown error",
    }
    .as_ptr()
}

/// Has no effect: the name servers are asked for at each lookup.
#[unsafe(no_mangle)]
extern "C" fn __res_init() -> c_int {
    0
}

/// Returns the unikernel's name.
///
/// # Safety
/// As POSIX's.
#[unsafe(no_mangle)]
unsafe extern "C" fn gethostname(buffer: *mut c_char, length: usize) -> c_int {
    let name = name();
    if name.len() >= length {
        return returned(Err(Errno(::libc::ENAMETOOLONG)));
    }
    // SAFETY: the buffer has this length, as the caller states.
    unsafe {
        let place = buffer.cast::<u8>();
        place.copy_from_nonoverlapping(name.as_ptr(), name.len());
        place.add(name.len()).write(0);
    }
    0
}
