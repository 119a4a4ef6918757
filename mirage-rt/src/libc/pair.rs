//! Connected pairs in memory: `socketpair` of stream sockets, and pipes.

use super::{
    Errno,
    descriptors::{self, Description},
    errno::returned,
    wait_queue::WaitQueue,
};
use alloc::{
    collections::VecDeque,
    rc::{Rc, Weak},
};
use core::{
    any::Any,
    cell::{Cell, RefCell},
    ffi::c_int,
};

/// The capacity of a direction in bytes, that of a pipe of Linux.
const CAPACITY: usize = 64 * 1024;

/// One end.
pub(super) struct End {
    /// What the other end has written.
    received: RefCell<VecDeque<u8>>,
    /// Whether the other end has shut down its direction.
    is_finished: Cell<bool>,
    /// Whether this end has shut down its direction.
    is_shut_down: Cell<bool>,
    queue: WaitQueue,
    other: RefCell<Weak<End>>,
    /// Whether it is the read end or the write end of a pipe only.
    only: Option<Only>,
}

/// What an end of a pipe is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Only {
    Reading,
    Writing,
}

impl End {
    fn new(only: Option<Only>) -> Rc<Self> {
        Rc::new(Self {
            received: RefCell::new(VecDeque::new()),
            is_finished: Cell::new(false),
            is_shut_down: Cell::new(false),
            queue: WaitQueue::new(),
            other: RefCell::new(Weak::new()),
            only,
        })
    }

    fn pair(only: [Option<Only>; 2]) -> [Rc<Self>; 2] {
        let ends = only.map(Self::new);
        *ends[0].other.borrow_mut() = Rc::downgrade(&ends[1]);
        *ends[1].other.borrow_mut() = Rc::downgrade(&ends[0]);
        ends
    }

    fn other(&self) -> Option<Rc<Self>> {
        self.other.borrow().upgrade()
    }

    /// Shuts down directions, as `shutdown` does.
    pub(super) fn shut_down(&self, writing: bool) {
        if writing
            && !self.is_shut_down.replace(true)
            && let Some(other) = self.other()
        {
            other.is_finished.set(true);
            other.queue.wake();
        }
        if !writing {
            self.is_finished.set(true);
        }
        self.queue.wake();
    }
}

impl Description for End {
    fn read(&self, buffer: &mut [u8]) -> Result<usize, Errno> {
        if self.only == Some(Only::Writing) {
            return Err(Errno(::libc::EBADF));
        }
        let mut received = self.received.borrow_mut();
        if received.is_empty() {
            return match self.is_finished.get() || buffer.is_empty() {
                true => Ok(0),
                false => Err(Errno(::libc::EAGAIN)),
            };
        }
        let count = received.len().min(buffer.len());
        for (place, byte) in buffer.iter_mut().zip(received.drain(..count)) {
            *place = byte;
        }
        drop(received);
        if let Some(other) = self.other() {
            other.queue.wake();
        }
        Ok(count)
    }

    fn write(&self, data: &[u8]) -> Result<usize, Errno> {
        if self.only == Some(Only::Reading) {
            return Err(Errno(::libc::EBADF));
        }
        let other = self.other().filter(|_| !self.is_shut_down.get());
        let other = other.ok_or(Errno(::libc::EPIPE))?;
        let mut received = other.received.borrow_mut();
        let count = data.len().min(CAPACITY - received.len());
        if count == 0 && !data.is_empty() {
            return Err(Errno(::libc::EAGAIN));
        }
        received
            .try_reserve(count)
            .map_err(|_| Errno(::libc::ENOMEM))?;
        received.extend(&data[..count]);
        drop(received);
        other.queue.wake();
        Ok(count)
    }

    fn poll(&self) -> u32 {
        let mut events = 0;
        let other = self.other();
        if !self.received.borrow().is_empty() || self.is_finished.get() {
            events |= ::libc::EPOLLIN;
        }
        if self.is_finished.get() {
            events |= ::libc::EPOLLRDHUP;
        }
        let has_room = |other: &Rc<Self>| other.received.borrow().len() < CAPACITY;
        if other.as_ref().is_none_or(has_room) {
            events |= ::libc::EPOLLOUT;
        }
        if other.is_none() || (self.is_finished.get() && self.is_shut_down.get()) {
            events |= ::libc::EPOLLHUP;
        }
        match self.only {
            Some(Only::Reading) => events &= !(::libc::EPOLLOUT | ::libc::EPOLLRDHUP),
            Some(Only::Writing) => {
                events &= !(::libc::EPOLLIN | ::libc::EPOLLRDHUP | ::libc::EPOLLHUP);
                if other.is_none() {
                    events |= ::libc::EPOLLERR;
                }
            }
            None => {}
        }
        events as u32
    }

    fn queue(&self) -> Option<&WaitQueue> {
        Some(&self.queue)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

impl Drop for End {
    fn drop(&mut self) {
        if let Some(other) = self.other() {
            other.is_finished.set(true);
            other.queue.wake();
        }
    }
}

/// Opens both ends, and stores their descriptors.
///
/// # Safety
/// `result` has room for two descriptors.
unsafe fn open(only: [Option<Only>; 2], is_nonblocking: bool, result: *mut c_int) -> c_int {
    let [first, second] = End::pair(only);
    let opened = descriptors::add(first, is_nonblocking).and_then(|first| {
        let second = descriptors::add(second, is_nonblocking);
        second
            .map(|second| [first, second])
            .inspect_err(|_| descriptors::remove(first))
    });
    returned(opened.map(|both| {
        // SAFETY: as the caller states.
        unsafe { result.cast::<[c_int; 2]>().write(both) };
        0
    }))
}

/// # Safety
/// As POSIX's.
#[unsafe(no_mangle)]
unsafe extern "C" fn socketpair(
    family: c_int,
    kind: c_int,
    _protocol: c_int,
    result: *mut c_int,
) -> c_int {
    if family != ::libc::AF_UNIX {
        return returned(Err(Errno(::libc::EOPNOTSUPP)));
    }
    let flags = ::libc::SOCK_NONBLOCK | ::libc::SOCK_CLOEXEC;
    if kind & !flags != ::libc::SOCK_STREAM {
        return returned(Err(Errno(::libc::EPROTONOSUPPORT)));
    }
    // SAFETY: as the caller states.
    unsafe { open([None, None], kind & ::libc::SOCK_NONBLOCK != 0, result) }
}

/// # Safety
/// As Linux's.
#[unsafe(no_mangle)]
unsafe extern "C" fn pipe2(result: *mut c_int, flags: c_int) -> c_int {
    let ends = [Some(Only::Reading), Some(Only::Writing)];
    // SAFETY: as the caller states.
    unsafe { open(ends, flags & ::libc::O_NONBLOCK != 0, result) }
}

/// # Safety
/// As POSIX's.
#[unsafe(no_mangle)]
unsafe extern "C" fn pipe(result: *mut c_int) -> c_int {
    // SAFETY: as the caller states.
    unsafe { pipe2(result, 0) }
}
