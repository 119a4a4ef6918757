//! `sendmsg` and `recvmsg`, without control messages.

use super::{
    super::{Errno, descriptors, errno::returned_size, vectored::gather},
    address,
    calls::{receive, send},
};
use crate::thread;
use ::libc::{iovec, msghdr};
use alloc::vec::Vec;
use core::{ffi::c_int, slice};

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
        let to = match message.msg_name.is_null() {
            true => None,
            // SAFETY: as the caller states.
            false => unsafe { address::read(message.msg_name.cast(), message.msg_namelen) }?,
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
        // SAFETY: as the caller states.
        let parts = unsafe { parts(message) };
        let mut lengths = parts.iter().map(|part| part.iov_len);
        let room = lengths.try_fold(0_usize, usize::checked_add);
        let room = room.ok_or(Errno(::libc::EINVAL))?;
        let mut whole = Vec::new();
        whole
            .try_reserve_exact(room)
            .map_err(|_| Errno(::libc::ENOBUFS))?;
        whole.resize(room, 0);
        let (count, from) = receive(&file, &mut whole, flags)?;
        let mut rest = &whole[..count.min(room)];
        for part in parts.iter().filter(|part| part.iov_len > 0) {
            let (here, behind) = rest.split_at(rest.len().min(part.iov_len));
            // SAFETY: each is a buffer of its length, as the caller states.
            unsafe {
                let place = part.iov_base.cast::<u8>();
                place.copy_from_nonoverlapping(here.as_ptr(), here.len());
            }
            rest = behind;
        }
        message.msg_flags = if count > room { ::libc::MSG_TRUNC } else { 0 };
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
        Ok(count.min(room))
    };
    returned_size(run())
}
