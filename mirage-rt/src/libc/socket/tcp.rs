//! TCP sockets.

use super::{
    super::{Errno, descriptors::Description, wait_queue::WaitQueue},
    Socket, declared,
    option::{OptionValue, Options},
};
use crate::net::{Error, TcpListener, TcpStream};
use alloc::{boxed::Box, rc::Rc, vec::Vec};
use core::{
    any::Any,
    cell::{Cell, RefCell},
    ffi::c_int,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

/// A TCP socket.
pub(super) struct TcpSocket {
    state: RefCell<State>,
    queue: WaitQueue,
    options: Options,
    /// The address that it is bound to.
    bound: Cell<IpAddr>,
    /// Whether it is bound and does not accept connections.
    is_only_bound: Cell<bool>,
    /// Why it could not be connected, until that is reported.
    error: Cell<Option<Errno>>,
    /// Whether the error of the connection was reported: as Linux does, once.
    is_error_reported: Cell<bool>,
    /// Whether reading is shut down.
    is_read_closed: Cell<bool>,
}

enum State {
    Idle,
    Listening(Vec<TcpListener>),
    Connecting(Pin<Box<dyn Future<Output = Result<TcpStream, Error>>>>),
    Connected(TcpStream),
}

const UNSPECIFIED: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), 0);

impl TcpSocket {
    pub(super) fn new() -> Self {
        Self::with(State::Idle)
    }

    fn with(state: State) -> Self {
        Self {
            state: RefCell::new(state),
            queue: WaitQueue::new(),
            options: Options::default(),
            bound: Cell::new(UNSPECIFIED.ip()),
            is_only_bound: Cell::new(false),
            is_error_reported: Cell::new(false),
            error: Cell::new(None),
            is_read_closed: Cell::new(false),
        }
    }

    /// Lets a connection that is being opened continue. Returns how it ended; `EAGAIN` if it has not.
    fn advance(&self) -> Result<(), Errno> {
        let mut state = self.state.borrow_mut();
        let State::Connecting(connecting) = &mut *state else {
            return Ok(());
        };
        let waker = self.queue.waker();
        match connecting.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Pending => Err(Errno(::libc::EAGAIN)),
            Poll::Ready(Ok(stream)) => {
                self.options.apply(&stream);
                *state = State::Connected(stream);
                Ok(())
            }
            Poll::Ready(Err(error)) => {
                *state = State::Idle;
                let errno = match error {
                    // As Linux: all ports of this side are in use.
                    Error::AddrInUse => Errno(::libc::EADDRNOTAVAIL),
                    Error::HostUnreachable if declared::networks().is_empty() => {
                        Errno(::libc::ENETUNREACH)
                    }
                    error => error.into(),
                };
                self.error.set(Some(errno));
                Err(errno)
            }
        }
    }

    /// Calls `f` with the connection.
    fn with_stream<R>(&self, f: impl FnOnce(&TcpStream) -> Result<R, Errno>) -> Result<R, Errno> {
        // While it is being opened, reading and writing wait.
        if let Err(Errno(::libc::EAGAIN)) = self.advance() {
            return Err(Errno(::libc::EAGAIN));
        }
        if let Some(errno) = self.error.take() {
            return Err(errno);
        }
        match &*self.state.borrow() {
            State::Connected(stream) => f(stream),
            _ => Err(Errno(::libc::ENOTCONN)),
        }
    }

    /// The error of a connection that has failed; `None` if it was reported.
    fn report(&self, error: Error) -> Option<Errno> {
        let is_reported = self.is_error_reported.replace(true);
        (!is_reported).then(|| error.into())
    }
}

impl Description for TcpSocket {
    fn read(&self, buffer: &mut [u8]) -> Result<usize, Errno> {
        self.receive(buffer, false).map(|(count, _)| count)
    }

    fn write(&self, data: &[u8]) -> Result<usize, Errno> {
        self.send(data, None)
    }

    fn poll(&self) -> u32 {
        let _ = self.advance();
        let waker = self.queue.waker();
        let mut events = 0;
        match &*self.state.borrow() {
            State::Idle => events = ::libc::EPOLLOUT | ::libc::EPOLLHUP,
            State::Connecting(_) => {}
            State::Listening(listeners) => {
                for listener in listeners {
                    if listener.watch(&waker) {
                        events = ::libc::EPOLLIN;
                    }
                }
            }
            State::Connected(stream) => {
                let ready = stream.watch(&waker);
                let is_read_closed = ready.read_closed || self.is_read_closed.get();
                if ready.readable || is_read_closed {
                    events |= ::libc::EPOLLIN;
                }
                if ready.writable {
                    events |= ::libc::EPOLLOUT;
                }
                if is_read_closed {
                    events |= ::libc::EPOLLRDHUP;
                }
                if is_read_closed && ready.write_closed {
                    events |= ::libc::EPOLLHUP;
                }
                if ready.error.is_some() && !self.is_error_reported.get() {
                    events |= ::libc::EPOLLERR;
                }
            }
        }
        if self.has_error() {
            events |= ::libc::EPOLLERR | ::libc::EPOLLIN | ::libc::EPOLLRDHUP;
        }
        events as u32
    }

    fn queue(&self) -> Option<&WaitQueue> {
        Some(&self.queue)
    }

    fn timeouts(&self) -> (Option<Duration>, Option<Duration>) {
        self.options.timeouts()
    }

    fn socket(&self) -> Result<&dyn Socket, Errno> {
        Ok(self)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

impl TcpSocket {
    fn has_error(&self) -> bool {
        let error = self.error.get();
        error.is_some()
    }
}

impl Socket for TcpSocket {
    fn bind(&self, address: SocketAddr) -> Result<(), Errno> {
        let mut state = self.state.borrow_mut();
        if !matches!(*state, State::Idle) {
            return Err(Errno(::libc::EINVAL));
        }
        // It listens already now, so that nobody else has the port, and `getsockname` knows its number.
        *state = State::Listening(declared::listen(address)?);
        self.bound.set(address.ip());
        self.is_only_bound.set(true);
        Ok(())
    }

    fn listen(&self) -> Result<(), Errno> {
        let mut state = self.state.borrow_mut();
        match &*state {
            State::Listening(_) => self.is_only_bound.set(false),
            State::Idle => *state = State::Listening(declared::listen(UNSPECIFIED)?),
            _ => return Err(Errno(::libc::EINVAL)),
        }
        Ok(())
    }

    fn accept(&self) -> Result<(Rc<dyn Description>, SocketAddr), Errno> {
        let state = self.state.borrow();
        let State::Listening(listeners) = &*state else {
            return Err(Errno(::libc::EINVAL));
        };
        let mut outcome = Err(Error::WouldBlock);
        for listener in listeners {
            outcome = listener.try_accept();
            if outcome.is_ok() {
                break;
            }
        }
        let stream = outcome?;
        let peer = stream.peer_addr();
        let accepted = Self::with(State::Connected(stream));
        Ok((Rc::new(accepted), peer))
    }

    fn connect(&self, peer: SocketAddr) -> Result<(), Errno> {
        if let Some(errno) = self.error.take() {
            return Err(errno);
        }
        let mut state = self.state.borrow_mut();
        match &*state {
            State::Connecting(_) => {
                drop(state);
                let result = self.advance();
                self.error.take();
                return result;
            }
            State::Connected(_) => return Err(Errno(::libc::EISCONN)),
            State::Listening(_) if !self.is_only_bound.get() => {
                return Err(Errno(::libc::EISCONN));
            }
            State::Listening(_) | State::Idle => {}
        }
        if peer.port() == 0 {
            return Err(Errno(::libc::ECONNREFUSED));
        }
        if peer.is_ipv6() {
            return Err(Errno(::libc::EAFNOSUPPORT));
        }
        *state = State::Connecting(Box::pin(declared::connect(peer)));
        drop(state);
        let result = self.advance();
        self.error.take();
        result
    }

    fn local(&self) -> SocketAddr {
        match &*self.state.borrow() {
            State::Idle | State::Connecting(_) => UNSPECIFIED,
            State::Listening(listeners) => {
                let port = listeners.first().map_or(0, TcpListener::port);
                SocketAddr::new(self.bound.get(), port)
            }
            State::Connected(stream) => stream.local_addr(),
        }
    }

    fn peer(&self) -> Result<SocketAddr, Errno> {
        let _ = self.advance();
        match &*self.state.borrow() {
            State::Connected(stream) => Ok(stream.peer_addr()),
            _ => Err(Errno(::libc::ENOTCONN)),
        }
    }

    fn shut_down(&self, how: c_int) -> Result<(), Errno> {
        let state = self.state.borrow();
        let State::Connected(stream) = &*state else {
            return Err(Errno(::libc::ENOTCONN));
        };
        if how != ::libc::SHUT_WR {
            self.is_read_closed.set(true);
        }
        if how != ::libc::SHUT_RD {
            stream.shutdown();
        }
        drop(state);
        self.queue.wake();
        Ok(())
    }

    fn receive(
        &self,
        buffer: &mut [u8],
        is_peeking: bool,
    ) -> Result<(usize, Option<SocketAddr>), Errno> {
        self.with_stream(|stream| {
            let read = match is_peeking {
                true => stream.try_peek(buffer),
                false => stream.try_read(buffer),
            };
            match read {
                Ok(count) => Ok((count, None)),
                Err(Error::WouldBlock) if self.is_read_closed.get() => Ok((0, None)),
                Err(Error::WouldBlock) => Err(Errno(::libc::EAGAIN)),
                Err(error) => self.report(error).map_or(Ok((0, None)), Err),
            }
        })
    }

    fn send(&self, data: &[u8], _peer: Option<SocketAddr>) -> Result<usize, Errno> {
        let written = self.with_stream(|stream| match stream.try_write(data) {
            Ok(count) => Ok(count),
            Err(Error::WouldBlock) => Err(Errno(::libc::EAGAIN)),
            Err(Error::BrokenPipe) => Err(Errno(::libc::EPIPE)),
            Err(error) => Err(self.report(error).unwrap_or(Errno(::libc::EPIPE))),
        });
        match written {
            // Woken when there is room.
            Err(Errno(::libc::EAGAIN)) => {
                self.poll();
                written
            }
            // Linux reports a connection that was never opened so.
            Err(Errno(::libc::ENOTCONN)) => Err(Errno(::libc::EPIPE)),
            _ => written,
        }
    }

    fn set_option(&self, level: c_int, name: c_int, value: OptionValue) -> Result<(), Errno> {
        self.options.set(level, name, value)?;
        if let State::Connected(stream) = &*self.state.borrow() {
            self.options.apply(stream);
        }
        Ok(())
    }

    fn option(&self, level: c_int, name: c_int) -> Result<OptionValue, Errno> {
        let number = |value: c_int| Ok(OptionValue::Number(value));
        match (level, name) {
            (::libc::SOL_SOCKET, ::libc::SO_ERROR) => {
                let _ = self.advance();
                let failed = match &*self.state.borrow() {
                    State::Connected(stream) => stream.watch(&self.queue.waker()).error,
                    _ => None,
                };
                let reported = failed.and_then(|error| self.report(error));
                let error = self.error.take().or(reported);
                number(error.map_or(0, |errno| errno.0))
            }
            (::libc::SOL_SOCKET, ::libc::SO_TYPE) => number(::libc::SOCK_STREAM),
            (::libc::SOL_SOCKET, ::libc::SO_PROTOCOL) => number(::libc::IPPROTO_TCP),
            (::libc::SOL_SOCKET, ::libc::SO_ACCEPTCONN) => {
                let is_listening = matches!(*self.state.borrow(), State::Listening(_));
                number((is_listening && !self.is_only_bound.get()).into())
            }
            _ => self.options.get(level, name),
        }
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
