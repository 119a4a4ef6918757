//! A listener for clients of IPv6 alone, which the standard library cannot open.

use libc::{AF_INET6, IPPROTO_IPV6, IPV6_V6ONLY, SOCK_STREAM, c_int, sockaddr_in6, socklen_t};
use std::{
    io,
    mem::zeroed,
    net::TcpListener,
    os::fd::{FromRawFd, OwnedFd},
};

pub fn listen(port: u16) -> io::Result<TcpListener> {
    // SAFETY: the pointers are valid for their lengths, and the descriptor is owned by nobody else.
    unsafe {
        let descriptor = check(libc::socket(AF_INET6, SOCK_STREAM, 0))?;
        let owned = OwnedFd::from_raw_fd(descriptor);
        let (yes, length): (c_int, _) = (1, size_of::<c_int>() as socklen_t);
        let value = (&raw const yes).cast();
        check(libc::setsockopt(
            descriptor,
            IPPROTO_IPV6,
            IPV6_V6ONLY,
            value,
            length,
        ))?;
        let mut address: sockaddr_in6 = zeroed();
        address.sin6_family = AF_INET6 as u16;
        address.sin6_port = port.to_be();
        let length = size_of_val(&address) as socklen_t;
        check(libc::bind(descriptor, (&raw const address).cast(), length))?;
        check(libc::listen(descriptor, 8))?;
        Ok(owned.into())
    }
}

fn check(result: c_int) -> io::Result<c_int> {
    match result {
        -1 => Err(io::Error::last_os_error()),
        result => Ok(result),
    }
}
