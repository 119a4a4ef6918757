//! `sendmsg` and `recvmsg`, without control messages.

use super::{
    super::{
        descriptors,
        errno::{Errno, returned_size},
        vectored::{gather, room_for, scatter},
    },
    address,
    calls::{receive, send},
};
use crate::{files::vectored::MAX_PARTS, thread};
use ::libc::{iovec, msghdr};
use core::{ffi::c_int, slice};

/// Fails if a message has more parts than `writev` takes (`UIO_MAXIOV`).
fn check_parts(message: &msghdr) -> Result<(), Errno> {
    match message.msg_iovlen <= MAX_PARTS {
        true => Ok(()),
        false => Err(Errno(::libc::EMSGSIZE)),
    }
}

/// The parts of a message.
///
/// # Safety
/// As POSIX's of a `msghdr`.
unsafe fn parts(message: &msghdr) -> &[iovec] {
    match message.msg_iovlen {
        0 => &[],
        // SAFETY: as the caller states.
        count => unsafe { slice::from_raw_parts(message.msg_iov, count) },
    }
}

/// # Safety
/// As POSIX's.
#[unsafe(no_mangle)]
unsafe extern "C" fn sendmsg(descriptor: c_int, message: *const msghdr, flags: c_int) -> isize {
    thread::yield_if_due();
    let run = || {
        let file = descriptors::get(descriptor)?;
        // SAFETY: valid, as the caller states.
        let message = unsafe { &*message };
        check_parts(message)?;
        let to = match message.msg_name.is_null() {
            true => None,
            // SAFETY: as the caller states.
            false => unsafe {
                let family = file.description.socket()?.family();
                address::read(message.msg_name.cast(), message.msg_namelen, family)
            }?,
        };
        // SAFETY: as the caller states.
        let parts = unsafe { parts(message) };
        // SAFETY: each is data of its length, as the caller states.
        let whole = unsafe { gather(parts) }?;
        send(&file, &whole, flags, to)
    };
    returned_size(run())
}

/// # Safety
/// As POSIX's.
#[unsafe(no_mangle)]
unsafe extern "C" fn recvmsg(descriptor: c_int, message: *mut msghdr, flags: c_int) -> isize {
    thread::yield_if_due();
    let run = || {
        let file = descriptors::get(descriptor)?;
        // SAFETY: valid, as the caller states.
        let message = unsafe { &mut *message };
        check_parts(message)?;
        // SAFETY: as the caller states.
        let parts = unsafe { parts(message) };
        let mut whole = room_for(parts)?;
        let (count, from) = receive(&file, &mut whole, flags)?;
        let kept = count.min(whole.len());
        // SAFETY: each is a buffer of its length, as the caller states.
        unsafe { scatter(&whole[..kept], parts) }?;
        message.msg_flags = if count > kept { ::libc::MSG_TRUNC } else { 0 };
        message.msg_controllen = 0;
        match from {
            Some(from) => {
                // SAFETY: the name has room for `msg_namelen` bytes, as the caller states.
                unsafe {
                    address::write(from, message.msg_name.cast(), &raw mut message.msg_namelen);
                }
            }
            None => message.msg_namelen = 0,
        }
        Ok(kept)
    };
    returned_size(run())
}
