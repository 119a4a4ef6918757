//! TCP sockets.

mod operations;

use super::{
    super::{
        Errno,
        description::{Description, Direction, Socket},
        wait_queue::WaitQueue,
    },
    Family,
    option::Options,
};
use crate::net::{Error, TcpListener, TcpStream};
use alloc::vec::Vec;
use core::{
    any::Any,
    cell::{Cell, RefCell},
    ffi::c_int,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    task::Poll,
    time::Duration,
};

/// A TCP socket.
pub(super) struct TcpSocket {
    state: RefCell<State>,
    queue: WaitQueue,
    options: Options,
    /// The address that it is bound to.
    bound: Cell<IpAddr>,
    /// Why it could not be connected, until that is reported.
    error: Cell<Option<Errno>>,
    /// Whether the error of the connection was reported: as Linux does, once.
    is_error_reported: Cell<bool>,
    /// Whether `connect` has not reported that the connection is open.
    is_connect_pending: Cell<bool>,
    /// Whether reading is shut down.
    is_read_closed: Cell<bool>,
    /// Whether the end of the peer's data was seen before an error.
    has_ended: Cell<bool>,
}

enum State {
    Idle,
    /// It listens already now, so that nobody else has the port, and `getsockname` knows its number.
    Bound(Vec<TcpListener>),
    Listening(Vec<TcpListener>),
    Connecting(TcpStream),
    Connected(TcpStream),
    /// It could not be connected, or was shut down before it was.
    Failed,
}

const UNSPECIFIED: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), 0);

impl TcpSocket {
    pub(super) fn new(family: Family) -> Self {
        Self::with(State::Idle, Options::new(family))
    }

    fn with(state: State, options: Options) -> Self {
        Self {
            state: RefCell::new(state),
            queue: WaitQueue::new(),
            options,
            bound: Cell::new(UNSPECIFIED.ip()),
            error: Cell::new(None),
            is_error_reported: Cell::new(false),
            is_connect_pending: Cell::new(false),
            is_read_closed: Cell::new(false),
            has_ended: Cell::new(false),
        }
    }

    /// Lets a connection that is being opened continue. Returns how it ended; `EAGAIN` if it has not.
    fn advance(&self) -> Result<(), Errno> {
        let mut state = self.state.borrow_mut();
        let State::Connecting(stream) = &*state else {
            return Ok(());
        };
        match stream.poll_opened(&self.queue.waker()) {
            Poll::Pending => Err(Errno(::libc::EAGAIN)),
            Poll::Ready(Ok(())) => {
                if let State::Connecting(stream) = core::mem::replace(&mut *state, State::Failed) {
                    self.options.apply(&stream);
                    *state = State::Connected(stream);
                }
                Ok(())
            }
            Poll::Ready(Err(error)) => {
                *state = State::Failed;
                self.error.set(Some(error.into()));
                Err(error.into())
            }
        }
    }

    /// Calls `f` with the connection.
    fn with_stream<R>(&self, f: impl FnOnce(&TcpStream) -> Result<R, Errno>) -> Result<R, Errno> {
        if !matches!(&*self.state.borrow(), State::Connected(_)) {
            // While it is being opened, reading and writing wait.
            if let Err(Errno(::libc::EAGAIN)) = self.advance() {
                return Err(Errno(::libc::EAGAIN));
            }
            if let Some(errno) = self.error.take() {
                return Err(errno);
            }
        }
        match &*self.state.borrow() {
            State::Connected(stream) => f(stream),
            _ => Err(Errno(::libc::ENOTCONN)),
        }
    }

    /// The error of a connection that has failed; `None` if it was reported.
    fn report(&self, error: Error) -> Option<Errno> {
        let is_reported = self.is_error_reported.replace(true);
        (!is_reported).then(|| match error {
            // As Linux, for a reset after the end of the peer's data.
            Error::ConnectionReset if self.has_ended.get() => Errno(::libc::EPIPE),
            error => error.into(),
        })
    }

    /// What the connection is ready for. Notes its end.
    fn watch(&self, stream: &TcpStream) -> mirage_devices::net::Ready {
        let ready = stream.watch(&self.queue.waker());
        if ready.read_closed && ready.error.is_none() {
            self.has_ended.set(true);
        }
        ready
    }

    fn events(&self, stream: &TcpStream) -> c_int {
        let ready = self.watch(stream);
        let is_read_closed = ready.read_closed || self.is_read_closed.get();
        let is_failing = ready.error.is_some() && !self.is_error_reported.get();
        let events = [
            (ready.readable || is_read_closed, ::libc::EPOLLIN),
            (ready.writable, ::libc::EPOLLOUT),
            (is_read_closed, ::libc::EPOLLRDHUP),
            (is_read_closed && ready.write_closed, ::libc::EPOLLHUP),
            (is_failing, ::libc::EPOLLERR),
        ];
        let events = events.iter().filter(|(is_ready, _)| *is_ready);
        events.map(|(_, event)| event).sum()
    }

    /// Returns the connection; `ENOTCONN` if there is none, or it has failed.
    fn check_connected<'a>(&self, state: &'a State) -> Result<&'a TcpStream, Errno> {
        match state {
            State::Connected(stream) if self.watch(stream).error.is_none() => Ok(stream),
            _ => Err(Errno(::libc::ENOTCONN)),
        }
    }
}

impl Description for TcpSocket {
    fn read(&self, buffer: &mut [u8]) -> Result<usize, Errno> {
        match buffer {
            [] => Ok(0),
            _ => self.receive(buffer, false).map(|(count, _)| count),
        }
    }

    fn write(&self, data: &[u8]) -> Result<usize, Errno> {
        self.send(data, None)
    }

    fn write_vectored(&self, buffers: &[&[u8]]) -> Result<usize, Errno> {
        match buffers.iter().all(|data| data.is_empty()) {
            true => Ok(0),
            false => self.send_vectored(buffers),
        }
    }

    fn keep_error(&self) {
        self.is_error_reported.set(false);
    }

    fn poll(&self) -> u32 {
        let _ = self.advance();
        let waker = self.queue.waker();
        let mut events = match &*self.state.borrow() {
            State::Idle | State::Bound(_) => ::libc::EPOLLOUT | ::libc::EPOLLHUP,
            State::Failed => {
                ::libc::EPOLLIN | ::libc::EPOLLOUT | ::libc::EPOLLHUP | ::libc::EPOLLRDHUP
            }
            State::Connecting(_) => 0,
            State::Listening(listeners) => {
                let watched = listeners.iter();
                match watched.fold(false, |any, listener| any | listener.watch(&waker)) {
                    true => ::libc::EPOLLIN,
                    false => 0,
                }
            }
            State::Connected(stream) => self.events(stream),
        };
        if self.error.get().is_some() {
            events |= ::libc::EPOLLERR;
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
        match &*self.state.borrow() {
            State::Connected(stream) => Ok(stream.unread()),
            State::Listening(_) => Err(Errno(::libc::EINVAL)),
            _ => Ok(0),
        }
    }

    fn socket(&self) -> Result<&dyn Socket, Errno> {
        Ok(self)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

impl Drop for TcpSocket {
    fn drop(&mut self) {
        // A linger time of zero resets the connection (SO_LINGER).
        if let (State::Connected(stream), true) = (self.state.get_mut(), self.options.resets()) {
            stream.abort();
        }
    }
}
