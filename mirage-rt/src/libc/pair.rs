//! Connected pairs in memory: `socketpair` of stream sockets, and pipes.

use super::{
    Errno,
    description::{Description, Direction, OptionValue, Socket},
    descriptors,
    errno::returned,
    socket::{Family, Options},
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
    net::SocketAddr,
    time::Duration,
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
    /// Whether the other end was closed with data that it had not read, and nobody was told yet.
    is_reset: Cell<bool>,
    queue: WaitQueue,
    other: RefCell<Weak<End>>,
    /// What an end of a pipe is for; `None` for a socket, which has both directions.
    only: Option<Direction>,
    options: Options,
}

impl End {
    fn new(only: Option<Direction>) -> Rc<Self> {
        Rc::new(Self {
            received: RefCell::new(VecDeque::new()),
            is_finished: Cell::new(false),
            is_shut_down: Cell::new(false),
            is_reset: Cell::new(false),
            queue: WaitQueue::new(),
            other: RefCell::new(Weak::new()),
            only,
            options: Options::new(Family::Unix),
        })
    }

    fn pair(only: [Option<Direction>; 2]) -> [Rc<Self>; 2] {
        let ends = only.map(Self::new);
        *ends[0].other.borrow_mut() = Rc::downgrade(&ends[1]);
        *ends[1].other.borrow_mut() = Rc::downgrade(&ends[0]);
        ends
    }

    /// Copies what was received, without taking it.
    fn peek(&self, buffer: &mut [u8]) -> Result<usize, Errno> {
        let received = self.received.borrow();
        if received.is_empty() {
            return match self.is_finished.get() || buffer.is_empty() {
                _ if self.is_reset.take() => Err(Errno(::libc::ECONNRESET)),
                true => Ok(0),
                false => Err(Errno(::libc::EAGAIN)),
            };
        }
        for (place, byte) in buffer.iter_mut().zip(received.iter()) {
            *place = *byte;
        }
        Ok(received.len().min(buffer.len()))
    }

    fn other(&self) -> Option<Rc<Self>> {
        self.other.borrow().upgrade()
    }
}

impl Description for End {
    fn read(&self, buffer: &mut [u8]) -> Result<usize, Errno> {
        if self.only == Some(Direction::Writing) {
            return Err(Errno(::libc::EBADF));
        }
        let count = self.peek(buffer)?;
        self.received.borrow_mut().drain(..count);
        if let Some(other) = self.other() {
            other.queue.wake();
        }
        Ok(count)
    }

    fn write(&self, data: &[u8]) -> Result<usize, Errno> {
        if self.only == Some(Direction::Reading) {
            return Err(Errno(::libc::EBADF));
        }
        if data.is_empty() && self.only.is_some() {
            return Ok(0);
        }
        let other = self.other().filter(|_| !self.is_shut_down.get());
        let other = other.ok_or(Errno(::libc::EPIPE))?;
        let mut received = other.received.borrow_mut();
        let room = CAPACITY - received.len();
        // What is short is written to a pipe as a whole (POSIX's `write`).
        let is_whole = self.only.is_some() && data.len() <= ::libc::PIPE_BUF;
        let count = match data.len() <= room {
            true => data.len(),
            false if is_whole => 0,
            false => room,
        };
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
        let least = self.only.map_or(1, |_| ::libc::PIPE_BUF);
        let has_room = |other: &Rc<Self>| other.received.borrow().len() + least <= CAPACITY;
        if other.as_ref().is_none_or(has_room) {
            events |= ::libc::EPOLLOUT;
        }
        if other.is_none() || (self.is_finished.get() && self.is_shut_down.get()) {
            events |= ::libc::EPOLLHUP;
        }
        match self.only {
            Some(Direction::Reading) => {
                events &= !(::libc::EPOLLOUT | ::libc::EPOLLRDHUP);
                // As Linux: the end alone is not readable.
                if self.received.borrow().is_empty() {
                    events &= !::libc::EPOLLIN;
                }
            }
            Some(Direction::Writing) => {
                events &= !(::libc::EPOLLIN | ::libc::EPOLLRDHUP | ::libc::EPOLLHUP);
                if other.is_none() {
                    events |= ::libc::EPOLLERR;
                }
            }
            None if self.is_reset.get() => events |= ::libc::EPOLLERR,
            None => {}
        }
        events as u32
    }

    fn queue(&self) -> Option<&WaitQueue> {
        Some(&self.queue)
    }

    fn timeout(&self, direction: Direction) -> Option<Duration> {
        self.options.timeout(direction)
    }

    fn unread(&self) -> Result<usize, Errno> {
        let end = match self.only {
            // As Linux, which returns what is in the pipe.
            Some(Direction::Writing) => self.other(),
            _ => None,
        };
        let received = end.as_deref().unwrap_or(self).received.borrow();
        Ok(received.len())
    }

    fn open_flags(&self) -> c_int {
        match self.only {
            Some(Direction::Reading) => ::libc::O_RDONLY,
            Some(Direction::Writing) => ::libc::O_WRONLY,
            None => ::libc::O_RDWR,
        }
    }

    fn socket(&self) -> Result<&dyn Socket, Errno> {
        match self.only {
            Some(_) => Err(Errno(::libc::ENOTSOCK)),
            None => Ok(self),
        }
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

impl Socket for End {
    fn family(&self) -> Family {
        Family::Unix
    }

    fn bind(&self, _address: SocketAddr) -> Result<(), Errno> {
        Err(Errno(::libc::EINVAL))
    }

    fn listen(&self) -> Result<(), Errno> {
        Err(Errno(::libc::EINVAL))
    }

    fn accept(&self) -> Result<(Rc<dyn Description>, SocketAddr), Errno> {
        Err(Errno(::libc::EINVAL))
    }

    fn connect(&self, _peer: SocketAddr) -> Result<(), Errno> {
        Err(Errno(::libc::EINVAL))
    }

    fn local(&self) -> Option<SocketAddr> {
        None
    }

    fn peer(&self) -> Result<Option<SocketAddr>, Errno> {
        Ok(None)
    }

    fn shut_down(&self, how: c_int) -> Result<(), Errno> {
        let other = self.other();
        if how != ::libc::SHUT_RD {
            self.is_shut_down.set(true);
            if let Some(other) = &other {
                other.is_finished.set(true);
            }
        }
        if how != ::libc::SHUT_WR {
            self.is_finished.set(true);
            if let Some(other) = &other {
                other.is_shut_down.set(true);
            }
        }
        self.queue.wake();
        if let Some(other) = other {
            other.queue.wake();
        }
        Ok(())
    }

    fn receive(
        &self,
        buffer: &mut [u8],
        is_peeking: bool,
    ) -> Result<(usize, Option<SocketAddr>), Errno> {
        let received = match is_peeking {
            true => self.peek(buffer),
            false => self.read(buffer),
        };
        received.map(|count| (count, None))
    }

    fn send(&self, data: &[u8], _peer: Option<SocketAddr>) -> Result<usize, Errno> {
        self.write(data)
    }

    fn set_option(&self, level: c_int, name: c_int, value: OptionValue) -> Result<(), Errno> {
        match level {
            ::libc::SOL_SOCKET => self.options.set(level, name, value),
            _ => Err(Errno(::libc::EOPNOTSUPP)),
        }
    }

    fn option(&self, level: c_int, name: c_int) -> Result<OptionValue, Errno> {
        let number = |value: c_int| Ok(OptionValue::Number(value));
        match (level, name) {
            (::libc::SOL_SOCKET, ::libc::SO_TYPE) => number(::libc::SOCK_STREAM),
            (::libc::SOL_SOCKET, ::libc::SO_DOMAIN) => number(self.family().number()),
            (::libc::SOL_SOCKET, ::libc::SO_PROTOCOL) => number(0),
            (::libc::SOL_SOCKET, ::libc::SO_ERROR) => number(match self.is_reset.take() {
                true => ::libc::ECONNRESET,
                false => 0,
            }),
            (::libc::SOL_SOCKET, _) => self.options.get(level, name),
            _ => Err(Errno(::libc::EOPNOTSUPP)),
        }
    }
}

impl Drop for End {
    fn drop(&mut self) {
        if let Some(other) = self.other() {
            other.is_finished.set(true);
            let has_unread = !self.received.borrow().is_empty();
            other.is_reset.set(self.only.is_none() && has_unread);
            other.queue.wake();
        }
    }
}

/// Opens both ends, and stores their descriptors.
///
/// # Safety
/// `result` has room for two descriptors.
unsafe fn open(only: [Option<Direction>; 2], is_nonblocking: bool, result: *mut c_int) -> c_int {
    let open = || {
        descriptors::check_free()?;
        let [first, second] = End::pair(only);
        let first = descriptors::add(first, is_nonblocking)?;
        let second = descriptors::add(second, is_nonblocking);
        let second = second.inspect_err(|_| descriptors::remove(first))?;
        // SAFETY: as the caller states.
        unsafe { result.cast::<[c_int; 2]>().write([first, second]) };
        Ok(0)
    };
    returned(open())
}

/// # Safety
/// As POSIX's.
#[unsafe(no_mangle)]
unsafe extern "C" fn socketpair(
    family: c_int,
    kind: c_int,
    protocol: c_int,
    result: *mut c_int,
) -> c_int {
    let flags = ::libc::SOCK_NONBLOCK | ::libc::SOCK_CLOEXEC;
    let refused = match (family, kind & !flags) {
        (::libc::AF_UNIX, ::libc::SOCK_STREAM) => {
            let is_known = matches!(protocol, 0 | ::libc::AF_UNIX);
            (!is_known).then_some(::libc::EPROTONOSUPPORT)
        }
        (::libc::AF_UNIX, ::libc::SOCK_DGRAM | ::libc::SOCK_SEQPACKET) => {
            Some(::libc::ESOCKTNOSUPPORT)
        }
        (::libc::AF_UNIX, _) => Some(::libc::EINVAL),
        (::libc::AF_INET | ::libc::AF_INET6, _) => Some(::libc::EOPNOTSUPP),
        _ => Some(::libc::EAFNOSUPPORT),
    };
    if let Some(errno) = refused {
        return returned(Err(Errno(errno)));
    }
    // SAFETY: as the caller states.
    unsafe { open([None, None], kind & ::libc::SOCK_NONBLOCK != 0, result) }
}

/// # Safety
/// As Linux's.
#[unsafe(no_mangle)]
unsafe extern "C" fn pipe2(result: *mut c_int, flags: c_int) -> c_int {
    if flags & !(::libc::O_NONBLOCK | ::libc::O_CLOEXEC) != 0 {
        return returned(Err(Errno(::libc::EINVAL)));
    }
    let ends = [Some(Direction::Reading), Some(Direction::Writing)];
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
