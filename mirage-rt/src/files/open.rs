//! Opening files.

use super::{
    base::with_base,
    path,
    target::{self, Errno, OneAtATime, returned},
};
use core::{
    cell::Cell,
    ffi::{c_char, c_int},
};
use mirage_devices::fs::OpenOptions;

/// The permission bits that created files do not get.
static MASK: OneAtATime<Cell<u32>> = OneAtATime(Cell::new(0o022));

/// The permission bits of a file that is created with `mode`.
pub(super) fn permissions(mode: u32) -> u16 {
    (mode & 0o7777 & !MASK.0.get()) as u16
}

#[cfg_attr(mirage_target, unsafe(no_mangle))]
pub(crate) extern "C" fn umask(mask: u32) -> u32 {
    MASK.0.replace(mask & 0o777)
}

/// The options of flags of `open`. Flags on caching, links, terminals and `exec` have no effect.
fn options(flags: c_int, mode: u32) -> Result<OpenOptions, Errno> {
    if flags & ::libc::O_TMPFILE == ::libc::O_TMPFILE {
        return Err(Errno(::libc::EOPNOTSUPP));
    }
    let has = |flag| flags & flag != 0;
    let access = flags & ::libc::O_ACCMODE;
    Ok(OpenOptions {
        read: access != ::libc::O_WRONLY,
        write: access != ::libc::O_RDONLY,
        create: has(::libc::O_CREAT),
        exclusive: has(::libc::O_EXCL),
        truncate: has(::libc::O_TRUNC),
        append: has(::libc::O_APPEND),
        directory: has(::libc::O_DIRECTORY),
        permissions: permissions(mode),
    })
}

/// # Safety
/// As POSIX's.
#[cfg_attr(mirage_target, unsafe(no_mangle))]
pub(crate) unsafe extern "C" fn openat64(
    directory: c_int,
    name: *const c_char,
    flags: c_int,
    mode: u32,
) -> c_int {
    let open = || {
        // SAFETY: as the caller states.
        let path = unsafe { path(name) }?;
        let options = options(flags, mode)?;
        let file = with_base(directory, path, |mounts, base| {
            Ok(mounts.open(base, path, &options)?)
        })?;
        target::add(file, flags)
    };
    returned(open())
}
