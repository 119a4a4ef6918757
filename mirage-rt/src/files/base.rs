//! Where a path starts.

use super::{
    mounts,
    target::{Errno, with_file},
};
use core::ffi::c_int;
use mirage_devices::fs::{Base, MountTable};

/// Calls `f` with the mounted file systems and the directory where a relative path starts.
pub(super) fn with_base<R>(
    descriptor: c_int,
    path: &[u8],
    f: impl FnOnce(&MountTable, Base<'_>) -> Result<R, Errno>,
) -> Result<R, Errno> {
    let mounts = mounts()?;
    if descriptor == ::libc::AT_FDCWD || path.starts_with(b"/") {
        return f(&mounts, Base::WorkingDirectory);
    }
    with_file(descriptor, ::libc::ENOTDIR, |directory| {
        f(&mounts, Base::Directory(directory))
    })
}
