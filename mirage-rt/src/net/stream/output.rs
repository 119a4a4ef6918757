//! Writing to a connection.

use crate::{net::Error, platform::net as platform};
use core::task::{Context, Poll, ready};

/// Writes as much of `data` as there is room for; the task is woken when there is room for some.
pub(super) fn poll_write(
    socket: &platform::TcpStream,
    context: &mut Context<'_>,
    data: &[u8],
) -> Poll<Result<usize, Error>> {
    loop {
        match socket.try_write(data) {
            Err(Error::WouldBlock) => ready!(socket.poll_write_ready(context)),
            result => return Poll::Ready(result),
        }
    }
}

/// Writes as much of several buffers, one after another, as there is room for; the task is woken when there is
/// room for some.
pub(super) fn poll_write_vectored(
    socket: &platform::TcpStream,
    context: &mut Context<'_>,
    buffers: &[&[u8]],
) -> Poll<Result<usize, Error>> {
    loop {
        match socket.try_write_vectored(buffers) {
            Err(Error::WouldBlock) => ready!(socket.poll_write_ready(context)),
            result => return Poll::Ready(result),
        }
    }
}
