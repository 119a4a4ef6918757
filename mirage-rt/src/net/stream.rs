//! A TCP connection.

#[cfg(all(mirage_target, feature = "std"))]
mod description;
mod halves;
mod input;
mod output;
mod reservation;
mod socket;
#[cfg(all(test, not(mirage_target)))]
mod tests;
mod traits;

pub use halves::{OwnedReadHalf, OwnedWriteHalf, ReadHalf, ReuniteError, WriteHalf};

use self::{input::Input, output::poll_write_vectored, reservation::Reservation, socket::Socket};
use super::Error;
use crate::platform::net as platform;
use core::{
    cell::RefCell,
    future::poll_fn,
    net::SocketAddr,
    task::{Context, Poll},
    time::Duration,
};

/// A TCP connection.
///
/// Read and write it with the traits of `embedded-io-async`. `&TcpStream` implements `Read` and `Write`
/// as well, so that one task can read while another writes. [`split`](Self::split) and
/// [`into_split`](Self::into_split) return a half for each.
///
/// Dropping the stream closes the connection in the background: what was written is delivered,
/// unless the peer acknowledges nothing for 150 seconds. If received data was not read, the connection is
/// reset instead (RFC 1122, section 4.2.2.13). A peer that is silent for a minute is probed, and the
/// connection fails 90 seconds later. Reading and writing fail with [`Error::NetworkDown`] if the link is
/// lost, and with [`Error::AddrNotAvailable`] if the interface loses its address.
///
/// ```
/// use mirage_rt::{
///     io::{BufRead, Write},
///     net::{Error, TcpStream},
/// };
///
/// /// Sends back what the client sends, until it shuts down its direction.
/// async fn echo(mut stream: TcpStream) -> Result<(), Error> {
///     loop {
///         let received = stream.fill_buf().await?;
///         let length = received.len();
///         if length == 0 {
///             return Ok(());
///         }
///         let copy = received.to_vec();
///         stream.write_all(&copy).await?;
///         stream.consume(length);
///     }
/// }
/// # mirage_rt::test::run(async |world| {
/// #     use mirage_rt::io::Read;
/// #     let (server, client) = (world.host("10.0.0.2"), world.host("10.0.0.1"));
/// #     let listener = server.listen(7);
/// #     mirage_rt::spawn(async move { echo(listener.accept().await.unwrap().0).await.unwrap() });
/// #     let mut stream = client.network().connect(([10, 0, 0, 2], 7).into()).await.unwrap();
/// #     stream.write_all(b"hello").await.unwrap();
/// #     stream.shutdown();
/// #     let mut answer = [0; 5];
/// #     stream.read_exact(&mut answer).await.unwrap();
/// #     assert_eq!(&answer, b"hello");
/// # });
/// ```
#[derive(Debug)]
pub struct TcpStream {
    socket: Socket,
    input: RefCell<Input>,
    reservation: Reservation,
}

impl TcpStream {
    pub(super) fn new(socket: platform::TcpStream) -> Self {
        Self {
            socket: Socket::new(socket),
            input: RefCell::default(),
            reservation: Reservation::default(),
        }
    }

    /// Returns the address and port of the peer.
    pub fn peer_addr(&self) -> SocketAddr {
        self.socket.peer_addr()
    }

    /// Returns the address and port of this side.
    pub fn local_addr(&self) -> SocketAddr {
        self.socket.local_addr()
    }

    /// Shuts down the write direction: after what was written, the peer reads the end. Reading is not
    /// affected.
    ///
    /// This queues a FIN and does not wait, so it is not async.
    pub fn shutdown(&self) {
        self.socket.shutdown();
    }

    /// Resets the connection. Data that was not delivered is lost.
    ///
    /// Reading and writing fail with [`Error::ConnectionAborted`] from then on.
    pub fn abort(&mut self) {
        self.socket.abort();
        *self.input.get_mut() = Input::default();
        self.reservation.release(&self.socket);
    }

    /// Sets whether small segments are sent at once (`true`, the default), or wait until earlier ones
    /// are acknowledged (Nagle's algorithm, RFC 9293, section 3.7.4).
    ///
    /// # Errors
    /// Returns the host's error, with the host's sockets on `unix`. Our own stack returns none.
    pub fn set_nodelay(&self, nodelay: bool) -> Result<(), Error> {
        self.socket.set_nodelay(nodelay)
    }

    /// Sets the silence after which the peer is probed, from one second to nine hours; `None` turns probes
    /// off. The default is one minute, or the host's default with the host's sockets on `unix`.
    ///
    /// # Errors
    /// Returns the host's error, with the host's sockets on `unix`. Our own stack returns none.
    pub fn set_keepalive(&self, idle: Option<Duration>) -> Result<(), Error> {
        self.socket.set_keepalive(idle)
    }

    /// Returns how many bytes there are to the end of urgent data, from the next byte to read on (RFC 9293,
    /// section 3.8.5). Some of them may not have been received yet. `None` if there is none, or it was read.
    ///
    /// Urgent data is in line with other data. A task that waits to read is woken when a peer announces
    /// some. With the host's sockets on `unix` there is none, because the host takes it out of the stream.
    pub fn urgent(&self) -> Option<usize> {
        self.input.borrow().urgent(&self.socket)
    }

    /// Waits until [`try_read`](Self::try_read) would not block. It can still block if another task reads
    /// in the meantime.
    ///
    /// # Errors
    /// None at present: `try_read` returns the errors of the connection.
    pub async fn readable(&self) -> Result<(), Error> {
        poll_fn(|context| self.input.borrow().poll_readable(&self.socket, context)).await;
        Ok(())
    }

    /// Waits until [`try_write`](Self::try_write) would not block. It can still block if another task
    /// writes in the meantime.
    ///
    /// # Errors
    /// None at present: `try_write` returns the errors of the connection.
    pub async fn writable(&self) -> Result<(), Error> {
        poll_fn(|context| self.socket.poll_write_ready(context)).await;
        Ok(())
    }

    /// Reads received data without waiting. `Ok(0)` means that the peer has shut down its direction.
    ///
    /// # Errors
    /// Returns [`Error::WouldBlock`] if nothing was received, or the reason why the connection ended.
    pub fn try_read(&self, buffer: &mut [u8]) -> Result<usize, Error> {
        self.input.borrow_mut().try_read(&self.socket, buffer)
    }

    /// Writes as much of `data` as there is room for, without waiting.
    ///
    /// # Errors
    /// Returns [`Error::WouldBlock`] if there is no room, [`Error::BrokenPipe`] after
    /// [`shutdown`](Self::shutdown), [`Error::OutOfMemory`] if memory is exhausted while a
    /// [reservation](Self::reserve) holds the connection's own page, or the reason why the connection ended.
    pub fn try_write(&self, data: &[u8]) -> Result<usize, Error> {
        self.socket.try_write(data)
    }

    /// Writes as much of several buffers, one after another, as there is room for, without waiting.
    ///
    /// # Errors
    /// Returns the errors of [`try_write`](Self::try_write).
    pub fn try_write_vectored(&self, buffers: &[&[u8]]) -> Result<usize, Error> {
        self.socket.try_write_vectored(buffers)
    }

    /// Writes as much of several buffers, one after another, as there is room for; waits until there is
    /// room for some.
    ///
    /// # Errors
    /// Returns the errors of [`try_write`](Self::try_write), except [`Error::WouldBlock`].
    pub async fn write_vectored(&self, buffers: &[&[u8]]) -> Result<usize, Error> {
        poll_fn(|context| poll_write_vectored(&self.socket, context, buffers)).await
    }

    /// Reserves memory for up to `count` bytes of data, to be written there instead of being copied by a
    /// write; waits until there is room. [`commit`](Self::commit) sends the data.
    ///
    /// Returns at least one byte, and at most `count` (none if `count` is 0), 16 KiB, or what there is room for.
    /// **The contents are unspecified**: with our own stack, they can be earlier data of any connection.
    ///
    /// What is not committed is never sent. Until it is committed, the memory counts against that of all
    /// connections; another call, `commit(0)`, or dropping the stream returns it.
    ///
    /// ```
    /// use mirage_rt::net::{Error, TcpStream};
    ///
    /// /// Sends a file, each part of which is read to where it is sent from.
    /// async fn send(
    ///     stream: &mut TcpStream,
    ///     mut read: impl AsyncFnMut(&mut [u8]) -> usize,
    /// ) -> Result<(), Error> {
    ///     loop {
    ///         let buffer = stream.reserve(16 * 1024).await?;
    ///         let length = read(buffer).await;
    ///         stream.commit(length).await?;
    ///         if length == 0 {
    ///             return Ok(());
    ///         }
    ///     }
    /// }
    /// ```
    ///
    /// # Errors
    /// Returns the errors of [`try_write`](Self::try_write), except [`Error::WouldBlock`], and
    /// [`Error::OutOfMemory`] if the memory cannot be allocated.
    pub async fn reserve(&mut self, count: usize) -> Result<&mut [u8], Error> {
        self.reservation.reserve(&self.socket, count).await
    }

    /// Writes the first `count` bytes of what was [reserved](Self::reserve), after everything that was written
    /// before. The rest is returned.
    ///
    /// Our own stack sends them from where they are, unless the last page of what is queued has room left, or
    /// they fill less than half of a page of 16 KiB: then it copies them, as `write` does. It waits if other writes
    /// or connections have used the room since; the host's sockets on `unix` wait for the host. If the future is
    /// dropped before it completes, some of the bytes may have been written, and the next call returns the
    /// others: give up the stream.
    ///
    /// # Errors
    /// Returns the errors of [`try_write`](Self::try_write), except [`Error::WouldBlock`].
    ///
    /// # Panics
    /// Panics if `count` is more than what is reserved.
    pub async fn commit(&mut self, count: usize) -> Result<(), Error> {
        self.reservation.commit(&self.socket, count).await
    }

    fn poll_read(
        &self,
        context: &mut Context<'_>,
        buffer: &mut [u8],
    ) -> Poll<Result<usize, Error>> {
        let mut input = self.input.borrow_mut();
        input.poll_read(&self.socket, context, buffer)
    }
}
