//! Receiving.

use super::{Sockets, UdpSocket};
use crate::{
    net::{Error, RecvMeta},
    platform::net as platform,
};
use alloc::collections::VecDeque;
use core::{
    future::poll_fn,
    net::SocketAddr,
    task::{Context, Poll, ready},
};

/// Maximum number of peers whose interface is remembered.
const MAX_PEERS: usize = 64;

impl UdpSocket {
    /// Waits for the next datagram, and returns its length and its sender. The part that does not fit
    /// into `buffer` is lost.
    ///
    /// # Errors
    /// Returns [`Error::NetworkDown`] if the link of every interface of the port is lost, and the
    /// [error](#errors-about-datagrams) about a datagram sent before if the socket is connected.
    pub async fn recv_from(&self, buffer: &mut [u8]) -> Result<(usize, SocketAddr), Error> {
        poll_fn(|context| self.receive(|socket| socket.poll_recv_from(context, buffer))).await
    }

    /// Receives a datagram without waiting.
    ///
    /// # Errors
    /// Returns [`Error::WouldBlock`] if there is none, and the errors of
    /// [`recv_from`](Self::recv_from).
    pub fn try_recv_from(&self, buffer: &mut [u8]) -> Result<(usize, SocketAddr), Error> {
        or_would_block(self.receive(|socket| or_pending(socket.try_recv_from(buffer))))
    }

    /// Waits for the next datagram of the peer that the socket is connected to, and returns its length. The
    /// part that does not fit into `buffer` is lost.
    ///
    /// # Errors
    /// Returns [`Error::NotConnected`] if it is not connected, and the errors of
    /// [`recv_from`](Self::recv_from).
    pub async fn recv(&self, buffer: &mut [u8]) -> Result<usize, Error> {
        self.peer_addr()?;
        let (length, _) = self.recv_from(buffer).await?;
        Ok(length)
    }

    /// Receives a datagram of the peer that the socket is connected to without waiting.
    ///
    /// # Errors
    /// Returns [`Error::WouldBlock`] if there is none, and the errors of [`recv`](Self::recv).
    pub fn try_recv(&self, buffer: &mut [u8]) -> Result<usize, Error> {
        self.peer_addr()?;
        let (length, _) = self.try_recv_from(buffer)?;
        Ok(length)
    }

    /// Waits for datagrams, and returns how many it has received: those in the queue, one into each buffer,
    /// but at least one. `meta` describes them in the same order; for more buffers than descriptions, or
    /// the reverse, the smaller number counts. The part of a datagram that does not fit into its buffer is
    /// lost.
    ///
    /// A batch is received in fewer instructions than its datagrams one by one, and it states to which
    /// address each was sent. This is an echo server that answers from that address:
    ///
    /// ```
    /// use mirage_rt::net::{Datagram, Error, RecvMeta, UdpSocket};
    ///
    /// async fn echo(socket: UdpSocket) -> Result<(), Error> {
    ///     let mut buffers = [[0; 512]; 16];
    ///     let mut meta = [RecvMeta::default(); 16];
    ///     loop {
    ///         let count = socket.recv_many(&mut buffers, &mut meta).await?;
    ///         let answers = core::array::from_fn::<_, 16, _>(|index| {
    ///             let received = &meta[index];
    ///             let mut answer = Datagram::new(&buffers[index][..received.len], received.addr);
    ///             answer.src_ip = received.dst_ip;
    ///             answer.interface = Some(received.interface);
    ///             answer
    ///         });
    ///         let mut unsent = &answers[..count];
    ///         while !unsent.is_empty() {
    ///             // A datagram that cannot be sent back is lost, as any datagram may be.
    ///             let sent = socket.send_many(unsent).await.unwrap_or(1);
    ///             unsent = &unsent[sent..];
    ///         }
    ///     }
    /// }
    /// # mirage_rt::test::run(async |world| {
    /// #     let (server, client) = (world.host("10.0.0.2"), world.host("10.0.0.1"));
    /// #     mirage_rt::spawn(async move { echo(server.bind_udp(7)).await.unwrap() });
    /// #     let socket = client.network().open_udp().unwrap();
    /// #     socket.send_to(b"hello", ([10, 0, 0, 2], 7).into()).await.unwrap();
    /// #     assert_eq!(socket.recv_from(&mut [0; 8]).await.unwrap().0, 5);
    /// # });
    /// ```
    ///
    /// With the host's sockets on `unix`, each datagram is a system call.
    ///
    /// # Errors
    /// Returns the errors of [`recv_from`](Self::recv_from).
    pub async fn recv_many(
        &self,
        buffers: &mut [impl AsMut<[u8]>],
        meta: &mut [RecvMeta],
    ) -> Result<usize, Error> {
        poll_fn(|context| {
            self.receive_many(meta, |socket, meta| {
                socket.poll_recv_many(context, buffers, meta)
            })
        })
        .await
    }

    /// Receives datagrams without waiting, as [`recv_many`](Self::recv_many) does.
    ///
    /// # Errors
    /// Returns [`Error::WouldBlock`] if there are none, and the errors of
    /// [`recv_from`](Self::recv_from).
    pub fn try_recv_many(
        &self,
        buffers: &mut [impl AsMut<[u8]>],
        meta: &mut [RecvMeta],
    ) -> Result<usize, Error> {
        let received = self.receive_many(meta, |socket, meta| {
            or_pending(socket.try_recv_many(buffers, meta))
        });
        or_would_block(received)
    }

    /// Waits until a datagram can be received, or until receiving fails.
    ///
    /// # Errors
    /// Returns [`Error::NetworkDown`] if the link of every interface of the port is lost.
    pub async fn readable(&self) -> Result<(), Error> {
        poll_fn(|context| self.poll_readable(context)).await
    }

    fn poll_readable(&self, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.poll_any(|socket| socket.poll_recv_ready(context))
            .map_ok(|_| ())
    }

    fn receive(
        &self,
        poll: impl FnMut(&platform::UdpSocket) -> Poll<Result<(usize, SocketAddr), Error>>,
    ) -> Poll<Result<(usize, SocketAddr), Error>> {
        let (index, (length, peer)) = ready!(self.poll_any(poll))?;
        self.remember(peer, index);
        Poll::Ready(Ok((length, peer)))
    }

    fn receive_many(
        &self,
        meta: &mut [RecvMeta],
        mut poll: impl FnMut(&platform::UdpSocket, &mut [RecvMeta]) -> Poll<Result<usize, Error>>,
    ) -> Poll<Result<usize, Error>> {
        let (index, count) = ready!(self.poll_any(|socket| poll(socket, meta)))?;
        let interface = self.bound()[index].interface;
        for received in &mut meta[..count] {
            received.interface = interface;
            self.remember(received.addr, index);
        }
        Poll::Ready(Ok(count))
    }

    /// Returns the result of the first socket that is ready, and its position.
    fn poll_any<R>(
        &self,
        mut poll: impl FnMut(&platform::UdpSocket) -> Poll<Result<R, Error>>,
    ) -> Poll<Result<(usize, R), Error>> {
        match &self.sockets {
            Sockets::One(bound) => poll(&bound.socket).map_ok(|result| (0, result)),
            Sockets::Several { sockets, .. } => sockets.poll_any(|bound| {
                let peer = self.peer.get();
                if peer.is_some() && bound.peer.get() != peer {
                    return Poll::Ready(Err(Error::NetworkDown));
                }
                poll(&bound.socket)
            }),
        }
    }

    /// Remembers which socket has received from a peer, to answer through its interface.
    fn remember(&self, peer: SocketAddr, index: usize) {
        if let Sockets::Several { peers, .. } = &self.sockets {
            remember(&mut peers.borrow_mut(), peer, index);
        }
    }
}

fn remember(peers: &mut VecDeque<(SocketAddr, usize)>, peer: SocketAddr, index: usize) {
    peers.retain(|(known, _)| *known != peer);
    peers.truncate(MAX_PEERS - 1);
    peers.push_front((peer, index));
}

fn or_pending<R>(result: Result<R, Error>) -> Poll<Result<R, Error>> {
    match result {
        Err(Error::WouldBlock) => Poll::Pending,
        result => Poll::Ready(result),
    }
}

fn or_would_block<R>(result: Poll<Result<R, Error>>) -> Result<R, Error> {
    match result {
        Poll::Ready(result) => result,
        Poll::Pending => Err(Error::WouldBlock),
    }
}
