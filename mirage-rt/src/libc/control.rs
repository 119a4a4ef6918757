//! `fcntl` and `ioctl`.

use super::{
    Errno,
    descriptors::{get, insert, limit},
    errno::returned,
    fail,
};
use core::ffi::{c_int, c_ulong};

/// Sets and returns flags, and duplicates descriptors. All are closed by `execve`, which there is not.
#[unsafe(no_mangle)]
extern "C" fn fcntl(descriptor: c_int, command: c_int, argument: c_int) -> c_int {
    let run = || {
        let file = get(descriptor)?;
        match command {
            ::libc::F_DUPFD | ::libc::F_DUPFD_CLOEXEC => {
                let lowest = usize::try_from(argument).ok();
                let lowest = lowest.filter(|lowest| *lowest < limit());
                insert(file, lowest.ok_or(Errno(::libc::EINVAL))?)
            }
            ::libc::F_GETFD => Ok(::libc::FD_CLOEXEC),
            ::libc::F_SETFD => Ok(0),
            ::libc::F_GETFL => Ok(file.description.open_flags()
                | match file.is_nonblocking.get() {
                    true => ::libc::O_NONBLOCK,
                    false => 0,
                }),
            ::libc::F_SETFL => {
                file.is_nonblocking.set(argument & ::libc::O_NONBLOCK != 0);
                file.description
                    .set_append(argument & ::libc::O_APPEND != 0);
                Ok(0)
            }
            _ => Err(Errno(::libc::EINVAL)),
        }
    };
    returned(run())
}

/// FIONBIO and FIONREAD.
///
/// # Safety
/// As Linux's.
#[unsafe(no_mangle)]
unsafe extern "C" fn ioctl(descriptor: c_int, request: c_ulong, argument: *mut c_int) -> c_int {
    let run = || {
        let file = get(descriptor)?;
        match request {
            ::libc::FIONBIO => {
                // SAFETY: valid, as the caller states.
                file.is_nonblocking.set(unsafe { *argument } != 0);
                Ok(0)
            }
            ::libc::FIONREAD => {
                let unread = file.description.unread()?;
                // SAFETY: valid, as the caller states.
                unsafe { *argument = c_int::try_from(unread).unwrap_or(c_int::MAX) };
                Ok(0)
            }
            ::libc::FIOCLEX | ::libc::FIONCLEX => Ok(0),
            _ => Err(Errno(::libc::ENOTTY)),
        }
    };
    returned(run())
}

/// No descriptor is a terminal.
#[unsafe(no_mangle)]
extern "C" fn isatty(descriptor: c_int) -> c_int {
    let errno = get(descriptor).err().unwrap_or(Errno(::libc::ENOTTY));
    fail(errno);
    0
}
