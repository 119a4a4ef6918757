//! The functions on TCP sockets.

use super::{
    super::{
        super::{
            Errno,
            description::{Description, OptionValue, Socket},
        },
        Family, declared,
    },
    State, TcpSocket, UNSPECIFIED,
};
use crate::net::{Error, TcpListener, TcpStream};
use alloc::rc::Rc;
use core::{ffi::c_int, net::SocketAddr};

impl TcpSocket {
    /// Takes the next connection of a listener. Those that are not for this socket are reset.
    fn accept_at(&self, listener: &TcpListener) -> Result<TcpStream, Error> {
        loop {
            let mut stream = listener.try_accept()?;
            if !self.options.excludes(stream.peer_addr()) {
                return Ok(stream);
            }
            stream.abort();
        }
    }

    /// Sends several buffers, one after another.
    pub(super) fn send_vectored(&self, buffers: &[&[u8]]) -> Result<usize, Errno> {
        let length: usize = buffers.iter().map(|data| data.len()).sum();
        let written = self.with_stream(|stream| {
            if length == 0 && self.watch(stream).write_closed {
                return Err(Errno(::libc::EPIPE));
            }
            match stream.try_write_vectored(buffers) {
                Ok(count) => Ok(count),
                Err(Error::WouldBlock) => Err(Errno(::libc::EAGAIN)),
                Err(Error::BrokenPipe) => Err(Errno(::libc::EPIPE)),
                Err(error) => Err(self.report(error).unwrap_or(Errno(::libc::EPIPE))),
            }
        });
        match written {
            // Woken when there is room: a program that has written less than it had does not try again before.
            Ok(count) if count < length => {
                self.poll();
                written
            }
            Err(Errno(::libc::EAGAIN)) => {
                self.poll();
                written
            }
            // As Linux, for a connection that was never opened.
            Err(Errno(::libc::ENOTCONN)) => Err(Errno(::libc::EPIPE)),
            _ => written,
        }
    }
}

impl Socket for TcpSocket {
    fn family(&self) -> Family {
        self.options.family()
    }

    fn bind(&self, address: SocketAddr) -> Result<(), Errno> {
        let mut state = self.state.borrow_mut();
        if !matches!(*state, State::Idle) {
            return Err(Errno(::libc::EINVAL));
        }
        *state = State::Bound(declared::bind(address)?);
        self.bound.set(address.ip());
        Ok(())
    }

    fn listen(&self) -> Result<(), Errno> {
        let mut state = self.state.borrow_mut();
        let listeners = match &mut *state {
            State::Listening(_) => return Ok(()),
            State::Bound(listeners) => core::mem::take(listeners),
            // A listener that was shut down keeps its address.
            State::Idle | State::Failed => declared::bind((self.bound.get(), 0).into())?,
            _ => return Err(Errno(::libc::EINVAL)),
        };
        *state = State::Listening(listeners);
        drop(state);
        self.queue.wake();
        Ok(())
    }

    fn accept(&self) -> Result<(Rc<dyn Description>, SocketAddr), Errno> {
        let state = self.state.borrow();
        let State::Listening(listeners) = &*state else {
            return Err(Errno(::libc::EINVAL));
        };
        let mut outcome = Err(Error::WouldBlock);
        for listener in listeners {
            outcome = self.accept_at(listener);
            if outcome.is_ok() {
                break;
            }
        }
        let stream = outcome?;
        let peer = stream.peer_addr();
        self.options.apply(&stream);
        let accepted = Self::with(State::Connected(stream), self.options.clone());
        Ok((Rc::new(accepted), peer))
    }

    fn connect(&self, peer: SocketAddr) -> Result<(), Errno> {
        let advanced = self.advance();
        if let Some(errno) = self.error.take() {
            return Err(errno);
        }
        let mut state = self.state.borrow_mut();
        let port = match &*state {
            State::Connecting(_) => return advanced.map_err(|_| Errno(::libc::EALREADY)),
            State::Connected(_) if self.is_connect_pending.take() => return Ok(()),
            State::Connected(_) | State::Listening(_) => return Err(Errno(::libc::EISCONN)),
            State::Bound(listeners) => listeners.first().map(TcpListener::port),
            State::Idle | State::Failed => None,
        };
        if self.options.excludes(peer) {
            return Err(Errno(::libc::ENETUNREACH));
        }
        if peer.port() == 0 {
            return Err(Errno(::libc::ECONNREFUSED));
        }
        // If that fails, a bound socket keeps its port.
        let stream = declared::begin_connect(peer, port).map_err(|error| match error {
            // As Linux: all ports of this side are in use.
            Error::AddrInUse => Errno(::libc::EADDRNOTAVAIL),
            Error::HostUnreachable => Errno(::libc::ENETUNREACH),
            error => error.into(),
        })?;
        *state = State::Connecting(stream);
        drop(state);
        self.is_error_reported.set(false);
        self.is_read_closed.set(false);
        self.has_ended.set(false);
        self.is_connect_pending.set(true);
        match self.advance() {
            // As Linux, which reports it later even if the peer has answered.
            Ok(()) | Err(Errno(::libc::EAGAIN)) => Err(Errno(::libc::EINPROGRESS)),
            Err(errno) => {
                self.error.take();
                Err(errno)
            }
        }
    }

    fn connected(&self) -> Result<(), Errno> {
        self.advance()
            .inspect(|()| self.is_connect_pending.set(false))
            .inspect_err(|errno| {
                if *errno != Errno(::libc::EAGAIN) {
                    self.error.take();
                }
            })?;
        match &*self.state.borrow() {
            State::Connected(_) => Ok(()),
            // Another thread has taken the error.
            _ => Err(self.error.take().unwrap_or(Errno(::libc::ECONNABORTED))),
        }
    }

    fn disconnect(&self) -> Result<(), Errno> {
        let state = self.state.replace(State::Idle);
        if let State::Connected(mut stream) | State::Connecting(mut stream) = state {
            stream.abort();
        }
        self.error.take();
        self.queue.wake();
        Ok(())
    }

    fn local(&self) -> Option<SocketAddr> {
        Some(match &*self.state.borrow() {
            State::Idle | State::Failed => UNSPECIFIED,
            State::Bound(listeners) | State::Listening(listeners) => {
                let port = listeners.first().map_or(0, TcpListener::port);
                SocketAddr::new(self.bound.get(), port)
            }
            State::Connecting(stream) | State::Connected(stream) => stream.local_addr(),
        })
    }

    fn peer(&self) -> Result<Option<SocketAddr>, Errno> {
        let _ = self.advance();
        let state = self.state.borrow();
        Ok(Some(self.check_connected(&state)?.peer_addr()))
    }

    fn shut_down(&self, how: c_int) -> Result<(), Errno> {
        let mut state = self.state.borrow_mut();
        match &*state {
            // As Linux, connections are no longer accepted.
            State::Listening(_) if how != ::libc::SHUT_WR => *state = State::Failed,
            State::Listening(_) => {}
            State::Connecting(_) => *state = State::Failed,
            other => {
                let stream = self.check_connected(other)?;
                if how != ::libc::SHUT_WR {
                    self.is_read_closed.set(true);
                }
                if how != ::libc::SHUT_RD {
                    stream.shutdown();
                }
            }
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
        let received = self.with_stream(|stream| {
            if buffer.is_empty() && !self.watch(stream).readable {
                return Err(Errno(::libc::EAGAIN));
            }
            let read = match is_peeking {
                true => stream.try_peek(buffer),
                false => stream.try_read(buffer),
            };
            match read {
                Ok(0) if !buffer.is_empty() => self.has_ended.set(true),
                Ok(_) => {}
                Err(Error::WouldBlock) if self.is_read_closed.get() => return Ok(0),
                Err(Error::WouldBlock) => return Err(Errno(::libc::EAGAIN)),
                // As Linux, after the end of the peer's data it stays ended.
                Err(_) if self.has_ended.get() => return Ok(0),
                Err(error) => return self.report(error).map_or(Ok(0), Err),
            }
            Ok(read.unwrap_or(0))
        });
        let received = match received {
            Err(Errno(::libc::ENOTCONN)) if matches!(*self.state.borrow(), State::Failed) => Ok(0),
            received => received,
        };
        received.map(|count| (count, None))
    }

    fn send(&self, data: &[u8], _peer: Option<SocketAddr>) -> Result<usize, Errno> {
        self.send_vectored(&[data])
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
                    State::Connected(stream) => self.watch(stream).error,
                    _ => None,
                };
                let reported = failed.and_then(|error| self.report(error));
                let error = self.error.take().or(reported);
                number(error.map_or(0, |errno| errno.0))
            }
            (::libc::SOL_SOCKET, ::libc::SO_TYPE) => number(::libc::SOCK_STREAM),
            (::libc::SOL_SOCKET, ::libc::SO_PROTOCOL) => number(::libc::IPPROTO_TCP),
            (::libc::SOL_SOCKET, ::libc::SO_ACCEPTCONN) => {
                number(matches!(*self.state.borrow(), State::Listening(_)).into())
            }
            _ => self.options.get(level, name),
        }
    }
}
