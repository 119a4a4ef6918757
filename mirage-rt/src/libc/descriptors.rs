//! The table of file descriptors, and the functions on all kinds of them.

use super::{
    Errno,
    console::Console,
    errno::{returned, returned_size},
    fail,
    socket::Socket,
    wait_queue::WaitQueue,
};
use crate::{
    freestanding::one_core::OneCore,
    platform, thread,
    time::{Duration, sleep_until},
};
use ::libc::iovec;
use alloc::{rc::Rc, vec::Vec};
use core::{
    any::Any,
    cell::{Cell, RefCell},
    ffi::{c_int, c_ulong, c_void},
    future::poll_fn,
    pin::pin,
    slice,
    task::Poll,
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

    /// Returns the events of `epoll` that it is ready for. [`queue`](Self::queue) is woken by the next change.
    fn poll(&self) -> u32 {
        (::libc::EPOLLIN | ::libc::EPOLLOUT) as u32
    }

    /// Returns the queue of those who wait for it; `None` if it is always ready.
    fn queue(&self) -> Option<&WaitQueue> {
        None
    }

    /// How long reading and writing wait: without limit if `None`.
    fn timeouts(&self) -> (Option<Duration>, Option<Duration>) {
        (None, None)
    }

    /// Returns itself as a socket.
    fn socket(&self) -> Result<&dyn Socket, Errno> {
        Err(Errno(::libc::ENOTSOCK))
    }

    /// Returns itself, for functions on one kind of descriptions.
    fn as_any(&self) -> &dyn Any;

    /// The access mode and the flags that `open` had, as `F_GETFL` returns them.
    fn open_flags(&self) -> c_int {
        ::libc::O_RDWR
    }
}

/// A description and its status flags.
pub(super) struct OpenFile {
    pub(super) description: Rc<dyn Description>,
    pub(super) is_nonblocking: Cell<bool>,
}

impl OpenFile {
    /// Calls `operation` until it does not fail with `EAGAIN`, unless the description does not wait.
    pub(super) fn wait<T>(
        &self,
        limit: Option<Duration>,
        is_nonblocking: bool,
        mut operation: impl FnMut() -> Result<T, Errno>,
    ) -> Result<T, Errno> {
        let result = operation();
        let waits = !is_nonblocking && !self.is_nonblocking.get();
        let Some(queue) = self.description.queue().filter(|_| waits) else {
            return result;
        };
        if !matches!(result, Err(Errno(::libc::EAGAIN))) {
            return result;
        }
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
        let (limit, _) = self.description.timeouts();
        self.wait(limit, false, || self.description.read(buffer))
    }

    pub(super) fn write(&self, data: &[u8]) -> Result<usize, Errno> {
        let (_, limit) = self.description.timeouts();
        self.wait(limit, false, || self.description.write(data))
    }
}

/// The open files by number.
static TABLE: OneCore<RefCell<Vec<Option<Rc<OpenFile>>>>> = OneCore(RefCell::new(Vec::new()));

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
    let files = TABLE.0.take();
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

/// Closes a descriptor. Returns what it referred to, which is dropped while the table is not borrowed.
fn take(descriptor: c_int) -> Option<Rc<OpenFile>> {
    let index = usize::try_from(descriptor).ok()?;
    TABLE.0.borrow_mut().get_mut(index)?.take()
}

/// Closes a descriptor.
pub(super) fn remove(descriptor: c_int) {
    drop(take(descriptor));
}

#[unsafe(no_mangle)]
pub(super) extern "C" fn close(descriptor: c_int) -> c_int {
    let closed = take(descriptor);
    returned(closed.map(|_| 0).ok_or(Errno(::libc::EBADF)))
}

/// # Safety
/// As POSIX's.
#[unsafe(no_mangle)]
unsafe extern "C" fn read(descriptor: c_int, buffer: *mut c_void, length: usize) -> isize {
    thread::yield_if_due();
    // SAFETY: a buffer of this length, as the caller states.
    let buffer = unsafe { slice::from_raw_parts_mut(buffer.cast(), length) };
    returned_size(get(descriptor).and_then(|file| file.read(buffer)))
}

/// # Safety
/// As POSIX's.
#[unsafe(no_mangle)]
unsafe extern "C" fn write(descriptor: c_int, data: *const c_void, length: usize) -> isize {
    thread::yield_if_due();
    // SAFETY: data of this length, as the caller states.
    let data = unsafe { slice::from_raw_parts(data.cast(), length) };
    returned_size(get(descriptor).and_then(|file| file.write(data)))
}

/// # Safety
/// As POSIX's.
#[unsafe(no_mangle)]
unsafe extern "C" fn readv(descriptor: c_int, parts: *const iovec, count: c_int) -> isize {
    // SAFETY: an array of this length, as the caller states.
    let parts = unsafe { slice::from_raw_parts(parts, count.max(0) as usize) };
    let mut total = 0;
    for part in parts.iter().filter(|part| part.iov_len > 0) {
        // Only the first read waits.
        if total > 0 && !get(descriptor).is_ok_and(|file| is_readable(&file)) {
            break;
        }
        // SAFETY: each is a buffer of its length, as the caller states.
        let count = unsafe { read(descriptor, part.iov_base, part.iov_len) };
        match count {
            ..0 if total == 0 => return count,
            ..=0 => break,
            _ => total += count,
        }
        if (count as usize) < part.iov_len {
            break;
        }
    }
    total
}

fn is_readable(file: &OpenFile) -> bool {
    file.description.poll() & ::libc::EPOLLIN as u32 != 0
}

/// # Safety
/// As POSIX's.
#[unsafe(no_mangle)]
unsafe extern "C" fn writev(descriptor: c_int, parts: *const iovec, count: c_int) -> isize {
    // SAFETY: an array of this length, as the caller states.
    let parts = unsafe { slice::from_raw_parts(parts, count.max(0) as usize) };
    let mut total = 0;
    for part in parts.iter().filter(|part| part.iov_len > 0) {
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
            ::libc::F_GETFL => Ok(file.description.open_flags()
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

#[unsafe(no_mangle)]
extern "C" fn dup2(descriptor: c_int, other: c_int) -> c_int {
    let run = || {
        let file = get(descriptor)?;
        let index = usize::try_from(other).ok().filter(|index| *index < LIMIT);
        let index = index.ok_or(Errno(::libc::EBADF))?;
        if descriptor != other {
            remove(other);
            insert(file, index)?;
        }
        Ok(other)
    };
    returned(run())
}

/// FIONBIO, and FIONREAD of what knows it.
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
            ::libc::FIOCLEX => Ok(0),
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
