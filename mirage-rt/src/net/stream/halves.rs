//! The halves of a connection.

use super::{
    Error, Input, TcpStream,
    output::{poll_write, poll_write_vectored},
    reservation::Reservation,
    socket::Socket,
};
use alloc::rc::Rc;
use core::{
    cell::RefCell,
    fmt,
    future::poll_fn,
    net::SocketAddr,
    task::{Context, Poll},
};

/// The half of a connection that reads, borrowed from [`TcpStream::split`].
#[derive(Debug)]
pub struct ReadHalf<'a> {
    socket: &'a Socket,
    input: &'a mut Input,
}

/// The half of a connection that writes, borrowed from [`TcpStream::split`].
#[derive(Debug)]
pub struct WriteHalf<'a> {
    socket: &'a Socket,
    reservation: &'a mut Reservation,
}

/// The half of a connection that reads, from [`TcpStream::into_split`].
#[derive(Debug)]
pub struct OwnedReadHalf {
    socket: Rc<Socket>,
    input: Input,
}

/// The half of a connection that writes, from [`TcpStream::into_split`].
///
/// Dropping it shuts down the write direction; [`forget`](Self::forget) does not.
#[derive(Debug)]
pub struct OwnedWriteHalf {
    socket: Rc<Socket>,
    reservation: Reservation,
    shutdown_on_drop: bool,
}

impl TcpStream {
    /// Splits the connection into halves that borrow it.
    pub fn split(&mut self) -> (ReadHalf<'_>, WriteHalf<'_>) {
        let socket = &self.socket;
        let input = self.input.get_mut();
        let reservation = &mut self.reservation;
        let write = WriteHalf {
            socket,
            reservation,
        };
        (ReadHalf { socket, input }, write)
    }

    /// Splits the connection into halves for two tasks. It closes when both are dropped.
    pub fn into_split(self) -> (OwnedReadHalf, OwnedWriteHalf) {
        let socket = Rc::new(self.socket);
        let write = OwnedWriteHalf {
            socket: socket.clone(),
            reservation: self.reservation,
            shutdown_on_drop: true,
        };
        let input = self.input.into_inner();
        (OwnedReadHalf { socket, input }, write)
    }
}

macro_rules! read_half {
    ($half:ty) => {
        impl $half {
            /// Returns the address and port of the peer.
            pub fn peer_addr(&self) -> SocketAddr {
                self.socket.peer_addr()
            }

            /// Returns the address and port of this side.
            pub fn local_addr(&self) -> SocketAddr {
                self.socket.local_addr()
            }

            /// Waits until [`try_read`](Self::try_read) would not block.
            ///
            /// # Errors
            /// None at present: `try_read` returns the errors of the connection.
            pub async fn readable(&self) -> Result<(), Error> {
                poll_fn(|context| self.poll_readable(context)).await;
                Ok(())
            }

            pub(super) fn poll_readable(&self, context: &mut Context<'_>) -> Poll<()> {
                self.input.poll_readable(&self.socket, context)
            }

            /// Reads received data without waiting. `Ok(0)` means that the peer has shut down its
            /// direction.
            ///
            /// # Errors
            /// Returns the errors of [`TcpStream::try_read`].
            pub fn try_read(&mut self, buffer: &mut [u8]) -> Result<usize, Error> {
                self.input.try_read(&self.socket, buffer)
            }

            pub(super) fn poll_read(
                &mut self,
                context: &mut Context<'_>,
                buffer: &mut [u8],
            ) -> Poll<Result<usize, Error>> {
                self.input.poll_read(&self.socket, context, buffer)
            }

            pub(super) async fn fill(&mut self) -> Result<&[u8], Error> {
                poll_fn(|context| self.input.poll_fill(&self.socket, context)).await?;
                Ok(self.input.unread())
            }

            pub(super) fn consume_unread(&mut self, count: usize) {
                self.input.consume(&self.socket, count);
            }
        }
    };
}

read_half!(ReadHalf<'_>);
read_half!(OwnedReadHalf);

macro_rules! write_half {
    ($half:ty) => {
        impl $half {
            /// Returns the address and port of the peer.
            pub fn peer_addr(&self) -> SocketAddr {
                self.socket.peer_addr()
            }

            /// Returns the address and port of this side.
            pub fn local_addr(&self) -> SocketAddr {
                self.socket.local_addr()
            }

            /// Waits until [`try_write`](Self::try_write) would not block.
            ///
            /// # Errors
            /// None at present: `try_write` returns the errors of the connection.
            pub async fn writable(&self) -> Result<(), Error> {
                poll_fn(|context| self.poll_write_ready(context)).await;
                Ok(())
            }

            pub(super) fn poll_write_ready(&self, context: &mut Context<'_>) -> Poll<()> {
                self.socket.poll_write_ready(context)
            }

            /// Writes as much of `data` as there is room for, without waiting.
            ///
            /// # Errors
            /// Returns the errors of [`TcpStream::try_write`].
            pub fn try_write(&self, data: &[u8]) -> Result<usize, Error> {
                self.socket.try_write(data)
            }

            /// Writes as much of several buffers as there is room for, without waiting.
            ///
            /// # Errors
            /// Returns the errors of [`TcpStream::try_write`].
            pub fn try_write_vectored(&self, buffers: &[&[u8]]) -> Result<usize, Error> {
                self.socket.try_write_vectored(buffers)
            }

            /// Writes as much of several buffers as there is room for; waits until there is room for
            /// some.
            ///
            /// # Errors
            /// Returns the errors of [`TcpStream::write_vectored`].
            pub async fn write_vectored(&mut self, buffers: &[&[u8]]) -> Result<usize, Error> {
                poll_fn(|context| poll_write_vectored(&self.socket, context, buffers)).await
            }

            /// Reserves memory for up to `count` bytes of data, to be written there instead of being
            /// copied by a write; waits until there is room. See [`TcpStream::reserve`].
            ///
            /// # Errors
            /// Returns the errors of [`TcpStream::reserve`].
            pub async fn reserve(&mut self, count: usize) -> Result<&mut [u8], Error> {
                self.reservation.reserve(&self.socket, count).await
            }

            /// Writes the first `count` bytes of what was [reserved](Self::reserve). See
            /// [`TcpStream::commit`].
            ///
            /// # Errors
            /// Returns the errors of [`TcpStream::commit`].
            ///
            /// # Panics
            /// Panics if `count` is more than what is reserved.
            pub async fn commit(&mut self, count: usize) -> Result<(), Error> {
                self.reservation.commit(&self.socket, count).await
            }

            /// Shuts down the write direction: after what was written, the peer reads the end.
            pub fn shutdown(&mut self) {
                self.socket.shutdown();
            }

            pub(super) fn poll_write(
                &self,
                context: &mut Context<'_>,
                data: &[u8],
            ) -> Poll<Result<usize, Error>> {
                poll_write(&self.socket, context, data)
            }
        }
    };
}

write_half!(WriteHalf<'_>);
write_half!(OwnedWriteHalf);

impl OwnedReadHalf {
    /// Reunites the halves of a connection.
    ///
    /// # Errors
    /// Returns both halves in [`ReuniteError`] if they belong to different connections.
    pub fn reunite(self, mut write: OwnedWriteHalf) -> Result<TcpStream, ReuniteError> {
        if !Rc::ptr_eq(&self.socket, &write.socket) {
            return Err(ReuniteError(self, write));
        }
        let Self { socket, input } = self;
        let reservation = core::mem::take(&mut write.reservation);
        write.forget();
        let socket = Rc::into_inner(socket).expect("a connection has one half of each kind");
        Ok(TcpStream {
            socket,
            input: RefCell::new(input),
            reservation,
        })
    }
}

impl OwnedWriteHalf {
    /// Reunites the halves of a connection.
    ///
    /// # Errors
    /// Returns both halves in [`ReuniteError`] if they belong to different connections.
    pub fn reunite(self, read: OwnedReadHalf) -> Result<TcpStream, ReuniteError> {
        read.reunite(self)
    }

    /// Drops the half without shutting down the write direction.
    pub fn forget(mut self) {
        self.shutdown_on_drop = false;
    }
}

impl Drop for OwnedWriteHalf {
    fn drop(&mut self) {
        self.reservation.release(&self.socket);
        if self.shutdown_on_drop {
            self.socket.shutdown();
        }
    }
}

/// Halves that belong to different connections.
#[derive(Debug)]
pub struct ReuniteError(pub OwnedReadHalf, pub OwnedWriteHalf);

impl fmt::Display for ReuniteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the halves belong to different connections")
    }
}

impl core::error::Error for ReuniteError {}
