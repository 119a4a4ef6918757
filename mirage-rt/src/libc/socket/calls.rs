//! The functions on sockets.

use super::{
    super::{
        Errno,
        descriptors::{self, OpenFile},
        errno::{returned, returned_size},
    },
    address,
    option::OptionValue,
    tcp::TcpSocket,
    udp::UdpSocket,
};
use crate::thread;
use ::libc::{sockaddr, socklen_t, timeval};
use alloc::rc::Rc;
use core::{
    ffi::{c_int, c_void},
    slice,
    time::Duration,
};

/// Flags beside the type of a socket.
const FLAGS: c_int = ::libc::SOCK_NONBLOCK | ::libc::SOCK_CLOEXEC;

#[unsafe(no_mangle)]
extern "C" fn socket(family: c_int, kind: c_int, protocol: c_int) -> c_int {
    let open = || {
        if family != ::libc::AF_INET {
            return Err(Errno(::libc::EAFNOSUPPORT));
        }
        let is_nonblocking = kind & ::libc::SOCK_NONBLOCK != 0;
        match (kind & !FLAGS, protocol) {
            (::libc::SOCK_STREAM, 0 | ::libc::IPPROTO_TCP) => {
                descriptors::add(Rc::new(TcpSocket::new()), is_nonblocking)
            }
            (::libc::SOCK_DGRAM, 0 | ::libc::IPPROTO_UDP) => {
                descriptors::add(Rc::new(UdpSocket::new()), is_nonblocking)
            }
            (::libc::SOCK_STREAM | ::libc::SOCK_DGRAM, _) => Err(Errno(::libc::EPROTONOSUPPORT)),
            (::libc::SOCK_RAW, _) => Err(Errno(::libc::EPERM)),
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
        // SAFETY: as the caller states.
        let to = unsafe { address::read(to, length) }?;
        let to = to.ok_or(Errno(::libc::EAFNOSUPPORT))?;
        file.description.socket()?.bind(to)
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
        let (limit, _) = file.description.timeouts();
        let (accepted, peer) = file.wait(limit, false, || socket.accept())?;
        let accepted = descriptors::add(accepted, flags & ::libc::SOCK_NONBLOCK != 0)?;
        // SAFETY: as the caller states.
        unsafe { address::write(peer, from, length) };
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
        let Some(peer) = unsafe { address::read(to, length) }? else {
            return socket.disconnect();
        };
        let (_, limit) = file.description.timeouts();
        let mut is_first = true;
        let connected = file.wait(limit, false, || {
            // A connection that is being opened already is not opened again.
            let result = socket.connect(peer);
            match result {
                Err(Errno(::libc::EISCONN)) if !is_first => Ok(()),
                _ => {
                    is_first = false;
                    result
                }
            }
        });
        match connected {
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
        // SAFETY: as the caller states.
        unsafe { address::write(file.description.socket()?.local(), result, length) };
        Ok(0)
    };
    returned(run())
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
        // SAFETY: as the caller states.
        unsafe { address::write(file.description.socket()?.peer()?, result, length) };
        Ok(0)
    };
    returned(run())
}

/// Shuts down directions of a connection, or of a pair of sockets.
#[unsafe(no_mangle)]
extern "C" fn shutdown(descriptor: c_int, how: c_int) -> c_int {
    let run = || {
        if !matches!(how, ::libc::SHUT_RD | ::libc::SHUT_WR | ::libc::SHUT_RDWR) {
            return Err(Errno(::libc::EINVAL));
        }
        let file = descriptors::get(descriptor)?;
        if let Some(end) = file
            .description
            .as_any()
            .downcast_ref::<super::super::pair::End>()
        {
            if how != ::libc::SHUT_WR {
                end.shut_down(false);
            }
            if how != ::libc::SHUT_RD {
                end.shut_down(true);
            }
            return Ok(());
        }
        file.description.socket()?.shut_down(how)
    };
    returned(run().map(|()| 0))
}

/// Receives. MSG_PEEK, MSG_DONTWAIT, MSG_WAITALL and MSG_TRUNC have an effect.
pub(super) fn receive(
    file: &OpenFile,
    buffer: &mut [u8],
    flags: c_int,
) -> Result<(usize, Option<core::net::SocketAddr>), Errno> {
    let is_nonblocking = flags & ::libc::MSG_DONTWAIT != 0;
    let (limit, _) = file.description.timeouts();
    let Ok(socket) = file.description.socket() else {
        let count = file.wait(limit, is_nonblocking, || file.description.read(buffer))?;
        return Ok((count, None));
    };
    let is_peeking = flags & ::libc::MSG_PEEK != 0;
    let (mut count, from) =
        file.wait(limit, is_nonblocking, || socket.receive(buffer, is_peeking))?;
    let waits_for_all = flags & ::libc::MSG_WAITALL != 0 && !is_peeking && from.is_none();
    while waits_for_all && count > 0 && count < buffer.len() {
        match file.wait(limit, is_nonblocking, || {
            socket.receive(&mut buffer[count..], false)
        }) {
            Ok((0, _)) | Err(_) => break,
            Ok((more, _)) => count += more,
        }
    }
    Ok((count, from))
}

/// Sends. MSG_DONTWAIT has an effect. No signal is sent, so that MSG_NOSIGNAL has none.
pub(super) fn send(
    file: &OpenFile,
    data: &[u8],
    flags: c_int,
    to: Option<core::net::SocketAddr>,
) -> Result<usize, Errno> {
    let is_nonblocking = flags & ::libc::MSG_DONTWAIT != 0;
    let (_, limit) = file.description.timeouts();
    let waits = !is_nonblocking && !file.is_nonblocking.get();
    let Ok(socket) = file.description.socket() else {
        return file.wait(limit, is_nonblocking, || file.description.write(data));
    };
    let mut sent = file.wait(limit, is_nonblocking, || socket.send(data, to))?;
    // A blocking socket sends everything, unless that fails.
    while waits && sent > 0 && sent < data.len() {
        match file.wait(limit, false, || socket.send(&data[sent..], to)) {
            Ok(more) => sent += more,
            Err(_) => break,
        }
    }
    Ok(sent)
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
        let buffer = unsafe { slice::from_raw_parts_mut(buffer.cast(), length) };
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
    let none = core::ptr::null_mut();
    // SAFETY: as the caller states.
    unsafe {
        recvfrom(
            descriptor,
            buffer,
            length,
            flags,
            none,
            core::ptr::null_mut(),
        )
    }
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
        let data = unsafe { slice::from_raw_parts(data.cast(), length) };
        let to = match to.is_null() {
            true => None,
            // SAFETY: as the caller states.
            false => unsafe { address::read(to, to_length) }?,
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
    unsafe { sendto(descriptor, data, length, flags, core::ptr::null(), 0) }
}

/// Reads the value of an option.
///
/// # Safety
/// `value` has `length` bytes.
unsafe fn read_option(
    name: c_int,
    value: *const c_void,
    length: socklen_t,
) -> Result<OptionValue, Errno> {
    let is_long = |size: usize| length as usize >= size && !value.is_null();
    // SAFETY: as the caller states; each length is checked.
    unsafe {
        match name {
            ::libc::SO_RCVTIMEO | ::libc::SO_SNDTIMEO if is_long(size_of::<timeval>()) => {
                let time = value.cast::<timeval>().read_unaligned();
                let seconds = u64::try_from(time.tv_sec).map_err(|_| Errno(::libc::EDOM))?;
                let micros = u32::try_from(time.tv_usec)
                    .ok()
                    .filter(|micros| *micros < 1_000_000);
                let micros = micros.ok_or(Errno(::libc::EDOM))?;
                let time = Duration::new(seconds, micros * 1000);
                Ok(OptionValue::Time(Some(time).filter(|time| !time.is_zero())))
            }
            ::libc::SO_LINGER if is_long(size_of::<::libc::linger>()) => {
                let linger = value.cast::<::libc::linger>().read_unaligned();
                let seconds = Duration::from_secs(linger.l_linger.max(0) as u64);
                Ok(OptionValue::Linger(
                    (linger.l_onoff != 0).then_some(seconds),
                ))
            }
            _ if is_long(size_of::<c_int>()) => {
                Ok(OptionValue::Number(value.cast::<c_int>().read_unaligned()))
            }
            // IP_TTL and others can be a byte.
            _ if is_long(1) => Ok(OptionValue::Number(value.cast::<u8>().read().into())),
            _ => Err(Errno(::libc::EINVAL)),
        }
    }
}

/// # Safety
/// As POSIX's.
#[unsafe(no_mangle)]
unsafe extern "C" fn setsockopt(
    descriptor: c_int,
    level: c_int,
    name: c_int,
    value: *const c_void,
    length: socklen_t,
) -> c_int {
    let run = || {
        let file = descriptors::get(descriptor)?;
        let is_socket_level = level == ::libc::SOL_SOCKET;
        // SAFETY: as the caller states.
        let value = unsafe { read_option(if is_socket_level { name } else { -1 }, value, length) }?;
        file.description.socket()?.set_option(level, name, value)
    };
    returned(run().map(|()| 0))
}

/// # Safety
/// As POSIX's.
#[unsafe(no_mangle)]
unsafe extern "C" fn getsockopt(
    descriptor: c_int,
    level: c_int,
    name: c_int,
    value: *mut c_void,
    length: *mut socklen_t,
) -> c_int {
    /// Writes the bytes of `from`, truncated.
    ///
    /// # Safety
    /// `value` has `*length` bytes.
    unsafe fn write<T>(from: &T, value: *mut c_void, length: *mut socklen_t) {
        // SAFETY: as the caller states.
        unsafe {
            let count = (*length as usize).min(size_of::<T>());
            let bytes = (&raw const *from).cast::<u8>();
            value.cast::<u8>().copy_from_nonoverlapping(bytes, count);
            *length = count as socklen_t;
        }
    }
    let run = || {
        let file = descriptors::get(descriptor)?;
        let option = file.description.socket()?.option(level, name)?;
        // SAFETY: as the caller states.
        unsafe {
            match option {
                OptionValue::Number(number) => write(&number, value, length),
                OptionValue::Time(time) => {
                    let time = time.unwrap_or_default();
                    let time = timeval {
                        tv_sec: time.as_secs() as i64,
                        tv_usec: time.subsec_micros().into(),
                    };
                    write(&time, value, length);
                }
                OptionValue::Linger(linger) => {
                    let linger = ::libc::linger {
                        l_onoff: linger.is_some().into(),
                        l_linger: linger.unwrap_or_default().as_secs() as c_int,
                    };
                    write(&linger, value, length);
                }
            }
        }
        Ok(0)
    };
    returned(run())
}
