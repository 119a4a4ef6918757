//! An open file as a description, to which descriptors refer.

use super::{Errno, lock, mounts};
use crate::libc::{
    description::Description,
    descriptors::{self, OpenFile},
};
use alloc::rc::Rc;
use core::{any::Any, ffi::c_int};
use mirage_devices::fs::{self, Base};

/// An open file or directory.
pub(super) struct File(pub(super) fs::OpenFile);

impl Description for File {
    fn read(&self, buffer: &mut [u8]) -> Result<usize, Errno> {
        Ok(self.0.read(buffer)?)
    }

    fn write(&self, data: &[u8]) -> Result<usize, Errno> {
        Ok(self.0.write(data)?)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn open_flags(&self) -> c_int {
        let options = self.0.options();
        let access = match (options.read, options.write) {
            (true, true) => ::libc::O_RDWR,
            (false, true) => ::libc::O_WRONLY,
            _ => ::libc::O_RDONLY,
        };
        access
            | match options.append {
                true => ::libc::O_APPEND,
                false => 0,
            }
    }
}

impl Drop for File {
    fn drop(&mut self) {
        lock::release(&self.0);
    }
}

/// Returns what a description is of a file system, if it is.
pub(super) fn file_of(open: &OpenFile) -> Option<&fs::OpenFile> {
    let file = open.description.as_any().downcast_ref::<File>();
    file.map(|file| &file.0)
}

/// Calls `f` with an open file.
///
/// # Errors
/// `EBADF` if the descriptor is not open, `not_a_file` if it is not one of a file system.
pub(super) fn with_file<R>(
    descriptor: c_int,
    not_a_file: c_int,
    f: impl FnOnce(&fs::OpenFile) -> Result<R, Errno>,
) -> Result<R, Errno> {
    let open = descriptors::get(descriptor)?;
    f(file_of(&open).ok_or(Errno(not_a_file))?)
}

/// Calls `f` with the mounted file systems and the directory where a relative path starts.
pub(super) fn with_base<R>(
    descriptor: c_int,
    path: &[u8],
    f: impl FnOnce(&fs::MountTable, Base<'_>) -> Result<R, Errno>,
) -> Result<R, Errno> {
    let mounts = mounts()?;
    if descriptor == ::libc::AT_FDCWD || path.starts_with(b"/") {
        return f(&mounts, Base::WorkingDirectory);
    }
    let open: Rc<OpenFile> = descriptors::get(descriptor)?;
    let file = file_of(&open);
    f(
        &mounts,
        Base::Directory(file.ok_or(Errno(::libc::ENOTDIR))?),
    )
}
