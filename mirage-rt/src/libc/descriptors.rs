//! The table of file descriptors, and the functions on all kinds of them.

use super::{
    Errno,
    console::Console,
    errno::{returned, returned_size},
};
use crate::{freestanding::one_core::OneCore, thread};
use ::libc::iovec;
use alloc::{rc::Rc, vec::Vec};
use core::{
    cell::{Cell, RefCell},
    ffi::{c_int, c_void},
    slice,
};

/// The maximum number of descriptors.
pub(super) const LIMIT: usize = 65_536;

/// An open file description (POSIX.1-2024, 3.225), which several descriptors can refer to.
///
/// No function of it waits.
pub(super) trait Description {
    /// Reads into a buffer.
    ///
    /// # Errors
    /// `EAGAIN` if nothing can be read now.
    fn read(&self, _buffer: &mut [u8]) -> Result<usize, Errno> {
        Err(Errno(::libc::EINVAL))
    }

    /// Writes from a buffer.
    ///
    /// # Errors
    /// `EAGAIN` if nothing can be written now.
    fn write(&self, _data: &[u8]) -> Result<usize, Errno> {
        Err(Errno(::libc::EINVAL))
    }
}

/// A description and its status flags.
pub(super) struct OpenFile {
    pub(super) description: Rc<dyn Description>,
    pub(super) is_nonblocking: Cell<bool>,
}

/// The open files by number, and a bit for each whether it closes on `exec`, which has no effect.
static TABLE: OneCore<RefCell<Vec<Option<Rc<OpenFile>>>>> = OneCore(RefCell::new(Vec::new()));

/// Opens standard input, output and error.
pub(super) fn initialise() {
    for _ in 0..3 {
        // The table is empty and memory is free: it cannot fail.
        let _ = add(Rc::new(Console), false);
    }
}

/// Opens the lowest free descriptor.
pub(super) fn add(description: Rc<dyn Description>, is_nonblocking: bool) -> Result<c_int, Errno> {
    let file = OpenFile {
        description,
        is_nonblocking: Cell::new(is_nonblocking),
    };
    insert(Rc::new(file), 0)
}

/// Opens the lowest free descriptor from `lowest` on.
fn insert(file: Rc<OpenFile>, lowest: usize) -> Result<c_int, Errno> {
    let mut table = TABLE.0.borrow_mut();
    let free = (lowest..table.len()).find(|index| table[*index].is_none());
    let index = free.unwrap_or(table.len().max(lowest));
    if index >= LIMIT {
        return Err(Errno(::libc::EMFILE));
    }
    if index >= table.len() {
        let missing = index + 1 - table.len();
        table
            .try_reserve(missing)
            .map_err(|_| Errno(::libc::ENOMEM))?;
        table.resize_with(index + 1, || None);
    }
    table[index] = Some(file);
    Ok(index as c_int)
}

/// Returns an open file.
pub(super) fn get(descriptor: c_int) -> Result<Rc<OpenFile>, Errno> {
    let table = TABLE.0.borrow();
    let index = usize::try_from(descriptor).ok();
    let file = index.and_then(|index| table.get(index)?.clone());
    file.ok_or(Errno(::libc::EBADF))
}

#[unsafe(no_mangle)]
extern "C" fn close(descriptor: c_int) -> c_int {
    let remove = || {
        let index = usize::try_from(descriptor).ok()?;
        TABLE.0.borrow_mut().get_mut(index)?.take()
    };
    // Dropped while the table is not borrowed.
    let closed = remove();
    returned(closed.map(|_| 0).ok_or(Errno(::libc::EBADF)))
}

/// # Safety
/// As POSIX's.
#[unsafe(no_mangle)]
unsafe extern "C" fn read(descriptor: c_int, buffer: *mut c_void, length: usize) -> isize {
    thread::yield_if_due();
    // SAFETY: a buffer of this length, as the caller states.
    let buffer = unsafe { slice::from_raw_parts_mut(buffer.cast(), length) };
    returned_size(get(descriptor).and_then(|file| file.description.read(buffer)))
}

/// # Safety
/// As POSIX's.
#[unsafe(no_mangle)]
unsafe extern "C" fn write(descriptor: c_int, data: *const c_void, length: usize) -> isize {
    thread::yield_if_due();
    // SAFETY: data of this length, as the caller states.
    let data = unsafe { slice::from_raw_parts(data.cast(), length) };
    returned_size(get(descriptor).and_then(|file| file.description.write(data)))
}

/// # Safety
/// As POSIX's.
#[unsafe(no_mangle)]
unsafe extern "C" fn writev(descriptor: c_int, parts: *const iovec, count: c_int) -> isize {
    // SAFETY: an array of this length, as the caller states.
    let parts = unsafe { slice::from_raw_parts(parts, count.max(0) as usize) };
    let mut total = 0;
    for part in parts {
        // SAFETY: each is data of its length, as the caller states.
        let written = unsafe { write(descriptor, part.iov_base, part.iov_len) };
        match written {
            ..0 if total == 0 => return written,
            ..0 => break,
            _ => total += written,
        }
        if (written as usize) < part.iov_len {
            break;
        }
    }
    total
}

#[unsafe(no_mangle)]
extern "C" fn dup(descriptor: c_int) -> c_int {
    returned(get(descriptor).and_then(|file| insert(file, 0)))
}

/// Sets and returns flags, and duplicates descriptors.
#[unsafe(no_mangle)]
extern "C" fn fcntl(descriptor: c_int, command: c_int, argument: c_int) -> c_int {
    let run = || {
        let file = get(descriptor)?;
        match command {
            ::libc::F_DUPFD | ::libc::F_DUPFD_CLOEXEC => {
                let lowest = usize::try_from(argument).map_err(|_| Errno(::libc::EINVAL))?;
                insert(file, lowest)
            }
            ::libc::F_GETFD => Ok(::libc::FD_CLOEXEC),
            ::libc::F_SETFD => Ok(0),
            ::libc::F_GETFL => Ok(::libc::O_RDWR
                | match file.is_nonblocking.get() {
                    true => ::libc::O_NONBLOCK,
                    false => 0,
                }),
            ::libc::F_SETFL => {
                file.is_nonblocking.set(argument & ::libc::O_NONBLOCK != 0);
                Ok(0)
            }
            _ => Err(Errno(::libc::EINVAL)),
        }
    };
    returned(run())
}
