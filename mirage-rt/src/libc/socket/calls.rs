//! The functions on sockets.

use super::{
    super::{
        Errno,
        description::Direction,
        descriptors::{self, OpenFile, bytes, bytes_mut},
        errno::{returned, returned_size},
    },
    Family, address,
    tcp::TcpSocket,
    udp::UdpSocket,
};
use crate::thread;
use ::libc::{sockaddr, socklen_t};
use alloc::rc::Rc;
use core::{
    ffi::{c_int, c_void},
    net::SocketAddr,
    ptr::{null, null_mut},
};

/// Flags beside the type of a socket.
const FLAGS: c_int = ::libc::SOCK_NONBLOCK | ::libc::SOCK_CLOEXEC;

#[unsafe(no_mangle)]
extern "C" fn socket(family: c_int, kind: c_int, protocol: c_int) -> c_int {
    let open = || {
        let family = Family::of_ip(family)?;
        descriptors::check_free()?;
        let is_nonblocking = kind & ::libc::SOCK_NONBLOCK != 0;
        match (kind & !FLAGS, protocol) {
            (::libc::SOCK_STREAM, 0 | ::libc::IPPROTO_TCP) => {
                descriptors::add(Rc::new(TcpSocket::new(family)), is_nonblocking)
            }
            (::libc::SOCK_DGRAM, 0 | ::libc::IPPROTO_UDP) => {
                descriptors::add(Rc::new(UdpSocket::new(family)), is_nonblocking)
            }
            (::libc::SOCK_STREAM | ::libc::SOCK_DGRAM, _) => Err(Errno(::libc::EPROTONOSUPPORT)),
            (::libc::SOCK_RAW, _) => Err(Errno(::libc::EPERM)),
            (::libc::SOCK_RDM | ::libc::SOCK_SEQPACKET, _) => Err(Errno(::libc::ESOCKTNOSUPPORT)),
            _ => Err(Errno(::libc::EINVAL)),
        }
    };
    returned(open())
}

/// # Safety
/// As POSIX's.
#[unsafe(no_mangle)]
unsafe extern "C" fn bind(descriptor: c_int, to: *const sockaddr, length: socklen_t) -> c_int {
    let run = || {
        let file = descriptors::get(descriptor)?;
        let socket = file.description.socket()?;
        // SAFETY: as the caller states.
        let to = unsafe { address::read(to, length, socket.family()) }?;
        let to = to.ok_or(Errno(::libc::EAFNOSUPPORT))?;
        socket.bind(to)
    };
    returned(run().map(|()| 0))
}

/// Begins to accept connections. The stack has a backlog of its own size.
#[unsafe(no_mangle)]
extern "C" fn listen(descriptor: c_int, _backlog: c_int) -> c_int {
    let run = || descriptors::get(descriptor)?.description.socket()?.listen();
    returned(run().map(|()| 0))
}

/// # Safety
/// As Linux's.
#[unsafe(no_mangle)]
unsafe extern "C" fn accept4(
    descriptor: c_int,
    from: *mut sockaddr,
    length: *mut socklen_t,
    flags: c_int,
) -> c_int {
    thread::yield_if_due();
    let run = || {
        let file = descriptors::get(descriptor)?;
        let socket = file.description.socket()?;
        if flags & !FLAGS != 0 {
            return Err(Errno(::libc::EINVAL));
        }
        let (accepted, peer) = file.wait(Direction::Reading, false, || {
            // A connection is taken only if there are a descriptor and memory for it.
            descriptors::check_free()?;
            socket.accept()
        })?;
        let accepted = descriptors::add(accepted, flags & ::libc::SOCK_NONBLOCK != 0)?;
        // SAFETY: as the caller states.
        unsafe { address::write(socket.family().to_program(peer), from, length) };
        Ok(accepted)
    };
    returned(run())
}

/// # Safety
/// As POSIX's.
#[unsafe(no_mangle)]
unsafe extern "C" fn accept(
    descriptor: c_int,
    from: *mut sockaddr,
    length: *mut socklen_t,
) -> c_int {
    // SAFETY: as the caller states.
    unsafe { accept4(descriptor, from, length, 0) }
}

/// # Safety
/// As POSIX's.
#[unsafe(no_mangle)]
unsafe extern "C" fn connect(descriptor: c_int, to: *const sockaddr, length: socklen_t) -> c_int {
    let run = || {
        let file = descriptors::get(descriptor)?;
        let socket = file.description.socket()?;
        // SAFETY: as the caller states.
        let Some(peer) = unsafe { address::read(to, length, socket.family()) }? else {
            return socket.disconnect();
        };
        let begun = socket.connect(peer);
        match begun {
            Err(Errno(::libc::EINPROGRESS | ::libc::EALREADY)) if !file.is_nonblocking.get() => {}
            begun => return begun,
        }
        match file.wait(Direction::Writing, false, || socket.connected()) {
            Err(Errno(::libc::EAGAIN)) => Err(Errno(::libc::EINPROGRESS)),
            result => result,
        }
    };
    returned(run().map(|()| 0))
}

/// # Safety
/// As POSIX's.
#[unsafe(no_mangle)]
unsafe extern "C" fn getsockname(
    descriptor: c_int,
    result: *mut sockaddr,
    length: *mut socklen_t,
) -> c_int {
    let run = || {
        let file = descriptors::get(descriptor)?;
        let socket = file.description.socket()?;
        // SAFETY: as the caller states.
        unsafe { address::write_name(socket.local(), socket.family(), result, length) }
    };
    returned(run().map(|()| 0))
}

/// # Safety
/// As POSIX's.
#[unsafe(no_mangle)]
unsafe extern "C" fn getpeername(
    descriptor: c_int,
    result: *mut sockaddr,
    length: *mut socklen_t,
) -> c_int {
    let run = || {
        let file = descriptors::get(descriptor)?;
        let socket = file.description.socket()?;
        // SAFETY: as the caller states.
        unsafe { address::write_name(socket.peer()?, socket.family(), result, length) }
    };
    returned(run().map(|()| 0))
}

/// Shuts down directions of a connection, or of a pair of sockets.
#[unsafe(no_mangle)]
extern "C" fn shutdown(descriptor: c_int, how: c_int) -> c_int {
    let run = || {
        let file = descriptors::get(descriptor)?;
        let socket = file.description.socket()?;
        if !matches!(how, ::libc::SHUT_RD | ::libc::SHUT_WR | ::libc::SHUT_RDWR) {
            return Err(Errno(::libc::EINVAL));
        }
        socket.shut_down(how)
    };
    returned(run().map(|()| 0))
}

/// The events of a connection from which nothing more comes.
const ENDED: c_int = ::libc::EPOLLERR | ::libc::EPOLLHUP | ::libc::EPOLLRDHUP;

/// Receives. MSG_PEEK, MSG_DONTWAIT, MSG_WAITALL and MSG_TRUNC have an effect. There is no urgent data, and the error queue
/// is empty.
pub(super) fn receive(
    file: &OpenFile,
    buffer: &mut [u8],
    flags: c_int,
) -> Result<(usize, Option<SocketAddr>), Errno> {
    let is_nonblocking = flags & ::libc::MSG_DONTWAIT != 0;
    let socket = file.description.socket()?;
    if flags & ::libc::MSG_ERRQUEUE != 0 {
        return Err(Errno(::libc::EAGAIN));
    }
    if flags & ::libc::MSG_OOB != 0 {
        return Err(Errno(::libc::EINVAL));
    }
    let is_peeking = flags & ::libc::MSG_PEEK != 0;
    let (mut count, from) = file.wait(Direction::Reading, is_nonblocking, || {
        socket.receive(buffer, is_peeking)
    })?;
    let waits_for_all = flags & ::libc::MSG_WAITALL != 0 && !is_peeking && from.is_none();
    while waits_for_all && count > 0 && count < buffer.len() {
        match file.wait(Direction::Reading, is_nonblocking, || {
            // An error is for the next call, since this one has received something.
            let has_ended = file.description.poll() & ENDED as u32 != 0;
            match has_ended && file.description.unread()? == 0 {
                true => Ok((0, None)),
                false => socket.receive(&mut buffer[count..], false),
            }
        }) {
            Ok((0, _)) | Err(_) => break,
            Ok((more, _)) => count += more,
        }
    }
    Ok((count, from.map(|from| socket.family().to_program(from))))
}

/// Sends. MSG_DONTWAIT has an effect. No signal is sent, so that MSG_NOSIGNAL has none.
pub(super) fn send(
    file: &OpenFile,
    data: &[u8],
    flags: c_int,
    to: Option<SocketAddr>,
) -> Result<usize, Errno> {
    let is_nonblocking = flags & ::libc::MSG_DONTWAIT != 0;
    let socket = file.description.socket()?;
    file.write_all(data, is_nonblocking, |data| socket.send(data, to))
}

/// # Safety
/// As POSIX's.
#[unsafe(no_mangle)]
unsafe extern "C" fn recvfrom(
    descriptor: c_int,
    buffer: *mut c_void,
    length: usize,
    flags: c_int,
    from: *mut sockaddr,
    from_length: *mut socklen_t,
) -> isize {
    thread::yield_if_due();
    let run = || {
        let file = descriptors::get(descriptor)?;
        // SAFETY: a buffer of this length, as the caller states.
        let buffer = unsafe { bytes_mut(buffer, length) }?;
        let (count, sender) = receive(&file, buffer, flags)?;
        if let Some(sender) = sender {
            // SAFETY: as the caller states.
            unsafe { address::write(sender, from, from_length) };
        }
        Ok(match flags & ::libc::MSG_TRUNC {
            0 => count.min(length),
            _ => count,
        })
    };
    returned_size(run())
}

/// # Safety
/// As POSIX's.
#[unsafe(no_mangle)]
unsafe extern "C" fn recv(
    descriptor: c_int,
    buffer: *mut c_void,
    length: usize,
    flags: c_int,
) -> isize {
    // SAFETY: as the caller states.
    unsafe { recvfrom(descriptor, buffer, length, flags, null_mut(), null_mut()) }
}

/// # Safety
/// As POSIX's.
#[unsafe(no_mangle)]
unsafe extern "C" fn sendto(
    descriptor: c_int,
    data: *const c_void,
    length: usize,
    flags: c_int,
    to: *const sockaddr,
    to_length: socklen_t,
) -> isize {
    thread::yield_if_due();
    let run = || {
        let file = descriptors::get(descriptor)?;
        // SAFETY: data of this length, as the caller states.
        let data = unsafe { bytes(data, length) }?;
        let to = match to.is_null() {
            true => None,
            // SAFETY: as the caller states.
            false => unsafe { address::read(to, to_length, file.description.socket()?.family()) }?,
        };
        send(&file, data, flags, to)
    };
    returned_size(run())
}

/// # Safety
/// As POSIX's.
#[unsafe(export_name = "send")]
unsafe extern "C" fn send_to_peer(
    descriptor: c_int,
    data: *const c_void,
    length: usize,
    flags: c_int,
) -> isize {
    // SAFETY: as the caller states.
    unsafe { sendto(descriptor, data, length, flags, null(), 0) }
}
