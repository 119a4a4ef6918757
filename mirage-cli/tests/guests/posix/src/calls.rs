//! The functions under test, with slices and results.

use libc::{c_int, c_void, epoll_event, iovec, pollfd, sockaddr_in, socklen_t, timeval};
use std::{
    io::Error,
    mem::{size_of, zeroed},
    net::{Ipv4Addr, SocketAddrV4},
    ptr::{null, null_mut},
};

/// The value of a function, or the error number.
pub type Outcome = Result<i64, i32>;

fn outcome(value: i64) -> Outcome {
    match value {
        -1 => Err(Error::last_os_error().raw_os_error().unwrap_or(0)),
        value => Ok(value),
    }
}

fn address(of: SocketAddrV4) -> sockaddr_in {
    // SAFETY: all zeroes are a valid value.
    let mut address: sockaddr_in = unsafe { zeroed() };
    address.sin_family = libc::AF_INET as u16;
    address.sin_port = of.port().to_be();
    address.sin_addr.s_addr = u32::from(*of.ip()).to_be();
    address
}

const LENGTH: socklen_t = size_of::<sockaddr_in>() as socklen_t;

/// The loopback address with this port.
pub fn at(port: u16) -> SocketAddrV4 {
    SocketAddrV4::new(Ipv4Addr::LOCALHOST, port)
}

pub fn socket(family: c_int, kind: c_int, protocol: c_int) -> Outcome {
    // SAFETY: it has no pointers.
    outcome(unsafe { libc::socket(family, kind, protocol) }.into())
}

pub fn bind(descriptor: c_int, to: SocketAddrV4) -> Outcome {
    let to = address(to);
    // SAFETY: the address is valid for its length.
    outcome(unsafe { libc::bind(descriptor, (&raw const to).cast(), LENGTH) }.into())
}

pub fn bind_bytes(descriptor: c_int, family: c_int, length: usize) -> Outcome {
    let mut to = address(at(0));
    to.sin_family = family as u16;
    // SAFETY: the address is valid for the length, which is at most its own.
    outcome(unsafe { libc::bind(descriptor, (&raw const to).cast(), length as socklen_t) }.into())
}

pub fn listen(descriptor: c_int, backlog: c_int) -> Outcome {
    // SAFETY: it has no pointers.
    outcome(unsafe { libc::listen(descriptor, backlog) }.into())
}

pub fn connect(descriptor: c_int, to: SocketAddrV4) -> Outcome {
    let to = address(to);
    // SAFETY: the address is valid for its length.
    outcome(unsafe { libc::connect(descriptor, (&raw const to).cast(), LENGTH) }.into())
}

pub fn connect_family(descriptor: c_int, family: c_int) -> Outcome {
    let mut to = address(at(9));
    to.sin_family = family as u16;
    // SAFETY: the address is valid for its length.
    outcome(unsafe { libc::connect(descriptor, (&raw const to).cast(), LENGTH) }.into())
}

pub fn accept(descriptor: c_int, flags: c_int) -> Outcome {
    // SAFETY: null pointers are allowed.
    outcome(unsafe { libc::accept4(descriptor, null_mut(), null_mut(), flags) }.into())
}

fn named(
    descriptor: c_int,
    function: unsafe extern "C" fn(c_int, *mut libc::sockaddr, *mut socklen_t) -> c_int,
) -> Result<SocketAddrV4, i32> {
    let mut address = address(at(0));
    let mut length = LENGTH;
    // SAFETY: the address is valid for its length.
    outcome(unsafe { function(descriptor, (&raw mut address).cast(), &raw mut length) }.into())?;
    let ip = Ipv4Addr::from(u32::from_be(address.sin_addr.s_addr));
    Ok(SocketAddrV4::new(ip, u16::from_be(address.sin_port)))
}

pub fn local(descriptor: c_int) -> Result<SocketAddrV4, i32> {
    named(descriptor, libc::getsockname)
}

pub fn peer(descriptor: c_int) -> Result<SocketAddrV4, i32> {
    named(descriptor, libc::getpeername)
}

pub fn shutdown(descriptor: c_int, how: c_int) -> Outcome {
    // SAFETY: it has no pointers.
    outcome(unsafe { libc::shutdown(descriptor, how) }.into())
}

pub fn close(descriptor: c_int) -> Outcome {
    // SAFETY: the program has no objects that own descriptors.
    outcome(unsafe { libc::close(descriptor) }.into())
}

pub fn read(descriptor: c_int, buffer: &mut [u8]) -> Outcome {
    // SAFETY: the buffer is valid for its length.
    outcome(unsafe { libc::read(descriptor, buffer.as_mut_ptr().cast(), buffer.len()) } as i64)
}

pub fn write(descriptor: c_int, data: &[u8]) -> Outcome {
    // SAFETY: the data is valid for its length.
    outcome(unsafe { libc::write(descriptor, data.as_ptr().cast(), data.len()) } as i64)
}

fn parts(slices: &[&[u8]]) -> Vec<iovec> {
    let part = |slice: &&[u8]| iovec {
        iov_base: slice.as_ptr().cast_mut().cast(),
        iov_len: slice.len(),
    };
    slices.iter().map(part).collect()
}

pub fn writev(descriptor: c_int, slices: &[&[u8]]) -> Outcome {
    let parts = parts(slices);
    // SAFETY: each part is valid for its length.
    outcome(unsafe { libc::writev(descriptor, parts.as_ptr(), parts.len() as c_int) } as i64)
}

pub fn readv(descriptor: c_int, buffers: &mut [&mut [u8]]) -> Outcome {
    let part = |buffer: &mut &mut [u8]| iovec {
        iov_base: buffer.as_mut_ptr().cast(),
        iov_len: buffer.len(),
    };
    let parts: Vec<_> = buffers.iter_mut().map(part).collect();
    // SAFETY: each part is valid for its length.
    outcome(unsafe { libc::readv(descriptor, parts.as_ptr(), parts.len() as c_int) } as i64)
}

pub fn send(descriptor: c_int, data: &[u8], flags: c_int) -> Outcome {
    let flags = flags | libc::MSG_NOSIGNAL;
    // SAFETY: the data is valid for its length.
    outcome(unsafe { libc::send(descriptor, data.as_ptr().cast(), data.len(), flags) } as i64)
}

pub fn send_to(descriptor: c_int, data: &[u8], to: SocketAddrV4) -> Outcome {
    let to = address(to);
    // SAFETY: data and address are valid for their lengths.
    outcome(unsafe {
        let data = (data.as_ptr().cast(), data.len());
        libc::sendto(
            descriptor,
            data.0,
            data.1,
            libc::MSG_NOSIGNAL,
            (&raw const to).cast(),
            LENGTH,
        )
    } as i64)
}

pub fn receive(descriptor: c_int, buffer: &mut [u8], flags: c_int) -> Outcome {
    // SAFETY: the buffer is valid for its length.
    outcome(
        unsafe { libc::recv(descriptor, buffer.as_mut_ptr().cast(), buffer.len(), flags) } as i64,
    )
}

/// Receives into two buffers. Returns the flags too.
pub fn receive_message(descriptor: c_int, buffers: &mut [&mut [u8]]) -> (Outcome, c_int) {
    let part = |buffer: &mut &mut [u8]| iovec {
        iov_base: buffer.as_mut_ptr().cast(),
        iov_len: buffer.len(),
    };
    let mut parts: Vec<_> = buffers.iter_mut().map(part).collect();
    // SAFETY: all zeroes are a valid value.
    let mut message: libc::msghdr = unsafe { zeroed() };
    message.msg_iov = parts.as_mut_ptr();
    message.msg_iovlen = parts.len();
    // SAFETY: the message and its parts are valid.
    let received = outcome(unsafe { libc::recvmsg(descriptor, &raw mut message, 0) } as i64);
    (received, message.msg_flags)
}

pub fn set_option<T>(descriptor: c_int, level: c_int, name: c_int, value: &T) -> Outcome {
    let length = size_of::<T>() as socklen_t;
    // SAFETY: the value is valid for its length.
    outcome(
        unsafe { libc::setsockopt(descriptor, level, name, (&raw const *value).cast(), length) }
            .into(),
    )
}

/// Returns an option that is an integer.
pub fn option(descriptor: c_int, level: c_int, name: c_int) -> Outcome {
    let mut value: c_int = 0;
    let mut length = size_of::<c_int>() as socklen_t;
    let place = (&raw mut value).cast::<c_void>();
    // SAFETY: the value is valid for its length.
    outcome(unsafe { libc::getsockopt(descriptor, level, name, place, &raw mut length) }.into())?;
    Ok(value.into())
}

/// Sets SO_RCVTIMEO or SO_SNDTIMEO.
pub fn set_timeout(descriptor: c_int, name: c_int, milliseconds: i64) -> Outcome {
    let time = timeval {
        tv_sec: milliseconds / 1000,
        tv_usec: milliseconds % 1000 * 1000,
    };
    set_option(descriptor, libc::SOL_SOCKET, name, &time)
}

pub fn fcntl(descriptor: c_int, command: c_int, argument: c_int) -> Outcome {
    // SAFETY: the commands of this program have an integer.
    outcome(unsafe { libc::fcntl(descriptor, command, argument) }.into())
}

pub fn ioctl(descriptor: c_int, request: libc::c_ulong, argument: &mut c_int) -> Outcome {
    // SAFETY: the requests of this program have a pointer to an integer.
    outcome(unsafe { libc::ioctl(descriptor, request, &raw mut *argument) }.into())
}

pub fn dup(descriptor: c_int) -> Outcome {
    // SAFETY: it has no pointers.
    outcome(unsafe { libc::dup(descriptor) }.into())
}

pub fn dup2(descriptor: c_int, other: c_int) -> Outcome {
    // SAFETY: it has no pointers.
    outcome(unsafe { libc::dup2(descriptor, other) }.into())
}

fn both(open: impl FnOnce(*mut c_int) -> c_int) -> Result<[c_int; 2], i32> {
    let mut ends = [0; 2];
    outcome(open(ends.as_mut_ptr()).into())?;
    Ok(ends)
}

pub fn pipe(flags: c_int) -> Result<[c_int; 2], i32> {
    // SAFETY: there is room for two descriptors.
    both(|ends| unsafe { libc::pipe2(ends, flags) })
}

pub fn socket_pair(family: c_int, kind: c_int) -> Result<[c_int; 2], i32> {
    // SAFETY: there is room for two descriptors.
    both(|ends| unsafe { libc::socketpair(family, kind, 0, ends) })
}

pub fn event_counter(initial: u32, flags: c_int) -> Outcome {
    // SAFETY: it has no pointers.
    outcome(unsafe { libc::eventfd(initial, flags) }.into())
}

pub fn fsync(descriptor: c_int) -> Outcome {
    // SAFETY: it has no pointers.
    outcome(unsafe { libc::fsync(descriptor) }.into())
}

pub fn epoll_with(flags: c_int) -> Outcome {
    // SAFETY: it has no pointers.
    outcome(unsafe { libc::epoll_create1(flags) }.into())
}

pub fn epoll() -> Outcome {
    // SAFETY: it has no pointers.
    outcome(unsafe { libc::epoll_create1(libc::EPOLL_CLOEXEC) }.into())
}

pub fn epoll_control(
    epoll: c_int,
    operation: c_int,
    descriptor: c_int,
    events: c_int,
    data: u64,
) -> Outcome {
    let mut event = epoll_event {
        events: events as u32,
        u64: data,
    };
    // SAFETY: the event is valid.
    outcome(unsafe { libc::epoll_ctl(epoll, operation, descriptor, &raw mut event) }.into())
}

/// Waits for at most `max` events.
pub fn epoll_wait(epoll: c_int, max: usize, timeout: c_int) -> Result<Vec<(u64, u32)>, i32> {
    let mut events = vec![epoll_event { events: 0, u64: 0 }; max];
    // SAFETY: there is room for so many events.
    let count = outcome(
        unsafe { libc::epoll_wait(epoll, events.as_mut_ptr(), max as c_int, timeout) }.into(),
    )?;
    let events = events.iter().take(count as usize);
    Ok(events.map(|event| (event.u64, event.events)).collect())
}

pub fn poll(entries: &mut [pollfd], timeout: c_int) -> Outcome {
    // SAFETY: the entries are valid.
    outcome(
        unsafe { libc::poll(entries.as_mut_ptr(), entries.len() as libc::nfds_t, timeout) }.into(),
    )
}

/// Connects with a null address.
pub fn connect_null(descriptor: c_int) -> Outcome {
    // SAFETY: the function refuses a null pointer.
    outcome(unsafe { libc::connect(descriptor, null(), LENGTH) }.into())
}
