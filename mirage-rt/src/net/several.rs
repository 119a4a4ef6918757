//! A port on several networks.

use super::Error;
use alloc::vec::Vec;
use core::{cell::Cell, task::Poll};

/// The sockets of one port, one for each network.
#[derive(Debug)]
pub(super) struct Several<S> {
    sockets: Vec<S>,
    /// The socket that is polled first: each in turn, so that none starves the others.
    first: Cell<usize>,
}

impl<S> Several<S> {
    /// There is at least one socket.
    pub(super) fn new(sockets: Vec<S>) -> Self {
        Self {
            sockets,
            first: Cell::new(0),
        }
    }

    pub(super) fn sockets(&self) -> &[S] {
        &self.sockets
    }

    /// Returns the result of the first socket that is ready, and its position.
    ///
    /// # Errors
    /// Returns [`Error::NetworkDown`] if all sockets do: one whose link is lost does not end the others.
    /// Returns any other error of the first socket that has one.
    pub(super) fn poll_any<R>(
        &self,
        mut poll: impl FnMut(&S) -> Poll<Result<R, Error>>,
    ) -> Poll<Result<(usize, R), Error>> {
        let (count, first) = (self.sockets.len(), self.first.get());
        let mut outcome = Poll::Ready(Err(Error::NetworkDown));
        for index in (first..count).chain(0..first) {
            match poll(&self.sockets[index]) {
                Poll::Ready(Ok(result)) => {
                    self.first.set((index + 1) % count);
                    return Poll::Ready(Ok((index, result)));
                }
                Poll::Ready(Err(Error::NetworkDown)) => {}
                Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                Poll::Pending => outcome = Poll::Pending,
            }
        }
        outcome
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    #[test]
    fn each_socket_has_its_turn_and_a_lost_link_does_not_end_the_others() {
        let several = Several::new(vec![0, 1, 2]);
        let any = |ready: &[usize], lost: &[usize]| {
            several.poll_any(|socket| match socket {
                socket if lost.contains(socket) => Poll::Ready(Err(Error::NetworkDown)),
                socket if ready.contains(socket) => Poll::Ready(Ok(())),
                _ => Poll::Pending,
            })
        };
        for expected in [0, 1, 2, 0] {
            assert_eq!(any(&[0, 1, 2], &[]), Poll::Ready(Ok((expected, ()))));
        }
        assert_eq!(any(&[0, 1], &[1]), Poll::Ready(Ok((0, ()))));
        assert_eq!(any(&[], &[0, 1]), Poll::Pending);
        let lost = Poll::Ready(Err(Error::NetworkDown));
        assert_eq!(any(&[], &[0, 1, 2]), lost);
        let refused = several.poll_any(|socket| match socket {
            1 => Poll::Ready(Err::<(), _>(Error::ConnectionRefused)),
            _ => Poll::Pending,
        });
        assert_eq!(refused, Poll::Ready(Err(Error::ConnectionRefused)));
    }
}
