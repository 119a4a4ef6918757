//! Receiving.

use super::{UdpSocket, datagram::RecvMeta};
use crate::net::{
    datagrams::{DatagramInfo, ReceiveError},
    error::Error,
    state::State,
};
use core::{
    future::poll_fn,
    net::SocketAddr,
    task::{Context, Poll},
};

impl UdpSocket {
    /// Waits for the next datagram; returns its length and its sender. What does not fit in `buffer`
    /// is lost.
    ///
    /// # Errors
    /// Returns [`Error::NetworkDown`] if the link is lost, and the error about a datagram sent before if
    /// the socket is connected.
    pub async fn recv_from(&self, buffer: &mut [u8]) -> Result<(usize, SocketAddr), Error> {
        poll_fn(|context| self.poll_recv_from(context, buffer)).await
    }

    /// Takes the next datagram if one has been received.
    ///
    /// # Errors
    /// Returns [`Error::WouldBlock`] if there is none, and the errors of
    /// [`recv_from`](Self::recv_from).
    pub fn try_recv_from(&self, buffer: &mut [u8]) -> Result<(usize, SocketAddr), Error> {
        self.receive(&mut self.shared.state.borrow_mut(), buffer)
    }

    /// Passes the next datagram and its sender to `read`, if one has been received.
    ///
    /// # Errors
    /// Those of [`try_recv_from`](Self::try_recv_from).
    pub fn try_recv_with<R>(&self, read: impl FnOnce(&[u8], SocketAddr) -> R) -> Result<R, Error> {
        let state = &mut *self.shared.state.borrow_mut();
        let received = state
            .datagrams
            .receive(self.id, |info, data| read(data, info.remote_addr()));
        received.map_err(|error| to_error(error, state))
    }

    /// Takes the next datagram if one has been received; otherwise the task is woken then.
    ///
    /// # Errors
    /// Returns the errors of [`recv_from`](Self::recv_from).
    pub fn poll_recv_from(
        &self,
        context: &mut Context<'_>,
        buffer: &mut [u8],
    ) -> Poll<Result<(usize, SocketAddr), Error>> {
        let state = &mut *self.shared.state.borrow_mut();
        let received = self.receive(state, buffer);
        self.or_register(state, context, received)
    }

    /// Takes datagrams that have been received, one into each buffer, and describes them in `meta`;
    /// returns how many. What does not fit in a buffer is lost.
    ///
    /// # Errors
    /// Returns [`Error::WouldBlock`] if there is none, and the errors of
    /// [`recv_from`](Self::recv_from).
    pub fn try_recv_many(
        &self,
        buffers: &mut [impl AsMut<[u8]>],
        meta: &mut [RecvMeta],
    ) -> Result<usize, Error> {
        self.receive_many(&mut self.shared.state.borrow_mut(), buffers, meta)
    }

    /// Takes datagrams that have been received, as [`try_recv_many`](Self::try_recv_many) does; if there
    /// are none, the task is woken when one is received.
    ///
    /// # Errors
    /// Returns the errors of [`recv_from`](Self::recv_from).
    pub fn poll_recv_many(
        &self,
        context: &mut Context<'_>,
        buffers: &mut [impl AsMut<[u8]>],
        meta: &mut [RecvMeta],
    ) -> Poll<Result<usize, Error>> {
        let state = &mut *self.shared.state.borrow_mut();
        let received = self.receive_many(state, buffers, meta);
        self.or_register(state, context, received)
    }

    /// Ready when receiving does not wait; otherwise the task is woken then.
    ///
    /// # Errors
    /// Returns [`Error::NetworkDown`] if there is no datagram and the link is lost.
    pub fn poll_recv_ready(&self, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        let state = &mut *self.shared.state.borrow_mut();
        match state.datagrams.poll_receive_ready(self.id, context) {
            Poll::Ready(()) => Poll::Ready(Ok(())),
            Poll::Pending if state.link_lost => Poll::Ready(Err(Error::NetworkDown)),
            Poll::Pending => Poll::Pending,
        }
    }

    fn receive(&self, state: &mut State, buffer: &mut [u8]) -> Result<(usize, SocketAddr), Error> {
        let received = state.datagrams.receive(self.id, |info, data| {
            (copy(data, buffer), info.remote_addr())
        });
        received.map_err(|error| to_error(error, state))
    }

    fn receive_many(
        &self,
        state: &mut State,
        buffers: &mut [impl AsMut<[u8]>],
        meta: &mut [RecvMeta],
    ) -> Result<usize, Error> {
        let max = buffers.len().min(meta.len());
        let mut places = buffers.iter_mut().zip(meta);
        let read = |info: &DatagramInfo, data: &[u8]| {
            if let Some((buffer, meta)) = places.next() {
                meta.addr = info.remote_addr();
                meta.len = copy(data, buffer.as_mut());
                meta.dst_ip = Some(info.local.to_ip());
            }
        };
        let received = state.datagrams.receive_many(self.id, max, read);
        received.map_err(|error| to_error(error, state))
    }

    fn or_register<T>(
        &self,
        state: &mut State,
        context: &mut Context<'_>,
        received: Result<T, Error>,
    ) -> Poll<Result<T, Error>> {
        match received {
            Err(Error::WouldBlock) => {
                let _ = state.datagrams.poll_receive_ready(self.id, context);
                Poll::Pending
            }
            result => Poll::Ready(result),
        }
    }
}

/// Copies what fits; returns its length.
fn copy(data: &[u8], buffer: &mut [u8]) -> usize {
    let length = data.len().min(buffer.len());
    buffer[..length].copy_from_slice(&data[..length]);
    length
}

fn to_error(error: ReceiveError, state: &State) -> Error {
    match error {
        ReceiveError::Port(error) => error.to_error(),
        ReceiveError::WouldBlock if state.link_lost => Error::NetworkDown,
        ReceiveError::WouldBlock => Error::WouldBlock,
    }
}
