//! The table of file descriptors, and the functions on all kinds of them.

use super::{
    Errno,
    console::Console,
    description::{Description, Direction},
    errno::{returned, returned_size},
    heap,
};
use crate::{freestanding::one_core::OneCore, platform, thread, time::sleep_until};
use alloc::{rc::Rc, vec::Vec};
use core::{
    cell::{Cell, RefCell},
    ffi::{c_int, c_void},
    future::poll_fn,
    mem,
    pin::pin,
    slice,
    task::Poll,
};

/// The largest limit of the number of descriptors, which is the limit at first.
pub(super) const MAX_LIMIT: usize = 65_536;

/// A description and its status flags.
pub(super) struct OpenFile {
    pub(super) description: Rc<dyn Description>,
    pub(super) is_nonblocking: Cell<bool>,
}

impl OpenFile {
    /// Calls `operation` until it does not fail with `EAGAIN` or the timeout of its direction has passed, unless the
    /// description does not wait.
    pub(super) fn wait<T>(
        &self,
        direction: Direction,
        is_nonblocking: bool,
        mut operation: impl FnMut() -> Result<T, Errno>,
    ) -> Result<T, Errno> {
        let result = operation();
        let waits = !is_nonblocking && !self.is_nonblocking.get();
        if !waits || !matches!(result, Err(Errno(::libc::EAGAIN))) {
            return result;
        }
        let Some(queue) = self.description.queue() else {
            return result;
        };
        let limit = self.description.timeout(direction);
        let mut limit = pin!(limit.map(|limit| sleep_until(platform::now() + limit)));
        thread::block_on(poll_fn(|context| {
            self.description.poll();
            match operation() {
                Err(Errno(::libc::EAGAIN)) => {}
                result => return Poll::Ready(result),
            }
            queue.add_thread(context.waker());
            match limit.as_mut().as_pin_mut() {
                Some(limit) => limit.poll(context).map(|()| Err(Errno(::libc::EAGAIN))),
                None => Poll::Pending,
            }
        }))
    }

    pub(super) fn read(&self, buffer: &mut [u8]) -> Result<usize, Errno> {
        self.wait(Direction::Reading, false, || self.description.read(buffer))
    }

    /// Writes; everything if it waits, unless that fails.
    pub(super) fn write(&self, data: &[u8]) -> Result<usize, Errno> {
        self.write_all(data, false, |data| self.description.write(data))
    }

    /// Writes several buffers, one after another; everything if it waits, unless that fails.
    pub(super) fn write_vectored(&self, buffers: &[&[u8]]) -> Result<usize, Errno> {
        let write = || self.description.write_vectored(buffers);
        let mut written = self.wait(Direction::Writing, false, write)?;
        let mut end = 0;
        for data in buffers {
            end += data.len();
            if written < end && !self.is_nonblocking.get() {
                let rest = &data[data.len() - (end - written)..];
                match self.write(rest) {
                    Ok(count) => written += count,
                    Err(_) => self.description.keep_error(),
                }
                if written < end {
                    break;
                }
            }
        }
        Ok(written)
    }

    /// Calls `write` for the rest of the data, until everything is written if it waits.
    pub(super) fn write_all(
        &self,
        data: &[u8],
        is_nonblocking: bool,
        mut write: impl FnMut(&[u8]) -> Result<usize, Errno>,
    ) -> Result<usize, Errno> {
        let waits = !is_nonblocking && !self.is_nonblocking.get();
        let waits = waits && !self.description.has_messages();
        let mut written = self.wait(Direction::Writing, is_nonblocking, || write(data))?;
        while waits && written > 0 && written < data.len() {
            match self.wait(Direction::Writing, false, || write(&data[written..])) {
                Ok(more) => written += more,
                Err(_) => {
                    self.description.keep_error();
                    break;
                }
            }
        }
        Ok(written)
    }
}

/// The open files.
struct Table {
    /// By number.
    files: Vec<Option<Rc<OpenFile>>>,
    /// No number below is free.
    lowest: usize,
}

static TABLE: OneCore<RefCell<Table>> = OneCore(RefCell::new(Table {
    files: Vec::new(),
    lowest: 0,
}));

impl Table {
    /// Returns the lowest free number from `lowest` on.
    fn free(&self, lowest: usize) -> Result<usize, Errno> {
        let from = lowest.max(self.lowest);
        let free = (from..self.files.len()).find(|index| self.files[*index].is_none());
        let index = free.unwrap_or(self.files.len().max(from));
        match index < limit() {
            true => Ok(index),
            false => Err(Errno(::libc::EMFILE)),
        }
    }
}

/// The maximum number of descriptors.
static LIMIT: OneCore<Cell<usize>> = OneCore(Cell::new(MAX_LIMIT));

/// Returns the maximum number of descriptors.
pub(super) fn limit() -> usize {
    LIMIT.0.get()
}

/// Sets the maximum number of descriptors, at most [`MAX_LIMIT`]. Descriptors beyond it stay open.
pub(super) fn set_limit(limit: usize) {
    LIMIT.0.set(limit);
}

/// Opens standard input, output and error.
pub(super) fn initialise() {
    for _ in 0..3 {
        // The table is empty and memory is free: it cannot fail.
        let _ = add(Rc::new(Console), false);
    }
}

/// Closes all descriptors at the end of the process. A thread that never continues may have an open file, and so its
/// connection is shut down.
pub(super) fn close_all() {
    let files = mem::take(&mut TABLE.0.borrow_mut().files);
    for file in files.iter().flatten() {
        if let Ok(socket) = file.description.socket() {
            // An error means that it is not connected.
            let _ = socket.shut_down(::libc::SHUT_WR);
        }
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
pub(super) fn insert(file: Rc<OpenFile>, lowest: usize) -> Result<c_int, Errno> {
    let table = &mut *TABLE.0.borrow_mut();
    let index = table.free(lowest)?;
    let files = &mut table.files;
    if index >= files.len() {
        let missing = index + 1 - files.len();
        files
            .try_reserve(missing)
            .map_err(|_| Errno(::libc::ENOMEM))?;
        files.resize_with(index + 1, || None);
    }
    files[index] = Some(file);
    if lowest <= table.lowest {
        table.lowest = index + 1;
    }
    Ok(index as c_int)
}

/// Fails if no descriptor is free, or too little memory for what one refers to.
pub(super) fn check_free() -> Result<(), Errno> {
    TABLE.0.borrow().free(0)?;
    heap::check_spare()
}

/// Returns an open file.
pub(super) fn get(descriptor: c_int) -> Result<Rc<OpenFile>, Errno> {
    let table = TABLE.0.borrow();
    let index = usize::try_from(descriptor).ok();
    let file = index.and_then(|index| table.files.get(index)?.clone());
    file.ok_or(Errno(::libc::EBADF))
}

/// Closes a descriptor. Returns what it referred to, which is dropped while the table is not borrowed.
fn take(descriptor: c_int) -> Option<Rc<OpenFile>> {
    let index = usize::try_from(descriptor).ok()?;
    let table = &mut *TABLE.0.borrow_mut();
    let file = table.files.get_mut(index)?.take()?;
    table.lowest = table.lowest.min(index);
    Some(file)
}

/// Closes a descriptor.
pub(crate) fn remove(descriptor: c_int) {
    drop(take(descriptor));
}

/// Returns data of a caller. A null pointer is that of no data.
///
/// # Safety
/// `data` has `length` bytes for as long as the slice is used, or is null.
pub(super) unsafe fn bytes<'a>(data: *const c_void, length: usize) -> Result<&'a [u8], Errno> {
    match (data.is_null(), length) {
        (true, 0) => Ok(&[]),
        (true, _) => Err(Errno(::libc::EFAULT)),
        // SAFETY: as the caller states.
        _ => Ok(unsafe { slice::from_raw_parts(data.cast(), length) }),
    }
}

/// As [`bytes`], a buffer.
///
/// # Safety
/// As that of [`bytes`], and nobody else uses the buffer.
pub(super) unsafe fn bytes_mut<'a>(
    buffer: *mut c_void,
    length: usize,
) -> Result<&'a mut [u8], Errno> {
    match (buffer.is_null(), length) {
        (true, 0) => Ok(&mut []),
        (true, _) => Err(Errno(::libc::EFAULT)),
        // SAFETY: as the caller states.
        _ => Ok(unsafe { slice::from_raw_parts_mut(buffer.cast(), length) }),
    }
}

#[unsafe(no_mangle)]
pub(super) extern "C" fn close(descriptor: c_int) -> c_int {
    let closed = take(descriptor);
    returned(closed.map(|_| 0).ok_or(Errno(::libc::EBADF)))
}

/// # Safety
/// As POSIX's.
#[unsafe(no_mangle)]
pub(super) unsafe extern "C" fn read(
    descriptor: c_int,
    buffer: *mut c_void,
    length: usize,
) -> isize {
    thread::yield_if_due();
    let run = || {
        let file = get(descriptor)?;
        // SAFETY: a buffer of this length, as the caller states.
        file.read(unsafe { bytes_mut(buffer, length) }?)
    };
    returned_size(run())
}

/// # Safety
/// As POSIX's.
#[unsafe(no_mangle)]
pub(super) unsafe extern "C" fn write(
    descriptor: c_int,
    data: *const c_void,
    length: usize,
) -> isize {
    thread::yield_if_due();
    let run = || {
        let file = get(descriptor)?;
        // SAFETY: data of this length, as the caller states.
        file.write(unsafe { bytes(data, length) }?)
    };
    returned_size(run())
}

#[unsafe(no_mangle)]
extern "C" fn dup(descriptor: c_int) -> c_int {
    returned(get(descriptor).and_then(|file| insert(file, 0)))
}

#[unsafe(no_mangle)]
extern "C" fn dup2(descriptor: c_int, other: c_int) -> c_int {
    let run = || {
        let file = get(descriptor)?;
        let index = usize::try_from(other).ok().filter(|index| *index < limit());
        let index = index.ok_or(Errno(::libc::EBADF))?;
        if descriptor != other {
            remove(other);
            insert(file, index)?;
        }
        Ok(other)
    };
    returned(run())
}
