//! An open file as a description, to which descriptors refer.

use crate::{
    files::{
        file::File,
        status::{BUFFER, Status},
    },
    libc::{
        console::Console,
        description::Description,
        descriptors::{self, OpenFile},
        errno::Errno,
    },
};
use ::libc::stat64 as Stat;
use alloc::rc::Rc;
use core::{any::Any, ffi::c_int};
use mirage_devices::fs;

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

    fn set_append(&self, append: bool) {
        self.0.set_append(append);
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

/// Opens a descriptor for a file that was opened with `flags`.
pub(crate) fn add(file: fs::OpenFile, flags: c_int) -> Result<c_int, Errno> {
    descriptors::check_free()?;
    descriptors::add(Rc::new(File(file)), flags & ::libc::O_NONBLOCK != 0)
}

/// Fails if the descriptor is not that of a file.
pub(crate) fn check(descriptor: c_int) -> Result<(), Errno> {
    with_file(descriptor, ::libc::EINVAL, |_| Ok(()))
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
pub(crate) fn with_file<R>(
    descriptor: c_int,
    not_a_file: c_int,
    f: impl FnOnce(&fs::OpenFile) -> Result<R, Errno>,
) -> Result<R, Errno> {
    let open = descriptors::get(descriptor)?;
    f(file_of(&open).ok_or(Errno(not_a_file))?)
}

/// Returns what a descriptor says of itself.
pub(crate) fn status(descriptor: c_int) -> Result<Status, Errno> {
    let open = descriptors::get(descriptor)?;
    Ok(match file_of(&open) {
        Some(file) => Status::File(file.metadata()?),
        None if open.description.socket().is_ok() => other(::libc::S_IFSOCK),
        None if open.description.as_any().is::<Console>() => other(::libc::S_IFCHR),
        // Linux has no type for what `epoll_create` and `eventfd` return.
        None => other(0),
    })
}

/// The status of what is no file: the console or a socket.
fn other(kind: u32) -> Status {
    // SAFETY: all zeroes are a valid value.
    let mut stat: Stat = unsafe { core::mem::zeroed() };
    stat.st_mode = kind | 0o600;
    stat.st_nlink = 1;
    stat.st_blksize = BUFFER;
    Status::Other(stat)
}
