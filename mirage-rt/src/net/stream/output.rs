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

/// Writes as much of several buffers, one after another, as there is room for, without waiting.
pub(super) fn try_write_vectored(
    socket: &platform::TcpStream,
    buffers: &[&[u8]],
) -> Result<usize, Error> {
    let mut total = 0;
    for buffer in buffers {
        match socket.try_write(buffer) {
            Ok(count) => {
                total += count;
                if count < buffer.len() {
                    break;
                }
            }
            // What was written counts; the next call returns the error.
            Err(error) if total == 0 => return Err(error),
            Err(_) => break,
        }
    }
    Ok(total)
}

/// Writes several buffers as [`try_write_vectored`] does; the task is woken when there is room for
/// some.
pub(super) fn poll_write_vectored(
    socket: &platform::TcpStream,
    context: &mut Context<'_>,
    buffers: &[&[u8]],
) -> Poll<Result<usize, Error>> {
    loop {
        match try_write_vectored(socket, buffers) {
            Err(Error::WouldBlock) => ready!(socket.poll_write_ready(context)),
            result => return Poll::Ready(result),
        }
    }
}
