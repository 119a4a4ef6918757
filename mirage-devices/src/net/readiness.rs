//! What can be done with a socket without waiting.

use super::{error::Error, listener::TcpListener, stream::TcpStream, tcp::Watched, udp::UdpSocket};
use core::task::{Context, Waker};

/// What can be done with a socket without waiting, in tokio's words.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Ready {
    /// Reading, receiving or accepting does not wait.
    pub readable: bool,
    /// Writing or sending does not wait.
    pub writable: bool,
    /// The peer has shut down its direction, or the connection has ended.
    pub read_closed: bool,
    /// This side has shut down its direction, or the connection has ended.
    pub write_closed: bool,
    /// Why the connection has failed, or with what the next operation on datagrams fails.
    pub error: Option<Error>,
}

impl TcpStream {
    /// Returns what can be done now. `waker` is woken by each arrival of data from now on, whether there is unread
    /// data or not, and when there is room to write if there is none now. It is woken once.
    pub fn watch(&self, waker: &Waker) -> Ready {
        let state = &mut *self.shared.state.borrow_mut();
        let Watched {
            readable,
            read_closed,
            write_closed,
            error,
        } = state.transport.watch(self.id, waker);
        let writable = state.transport.poll_writable(self.id, waker) != Ok(false);
        Ready {
            readable,
            writable,
            read_closed,
            write_closed,
            error: match state.link_lost {
                true => error.and(Some(Error::NetworkDown)),
                false => error,
            },
        }
    }
}

impl TcpListener {
    /// Returns whether a connection waits to be accepted. `waker` is woken once, by the next connection, whether one
    /// waits already or not.
    pub fn watch(&self, waker: &Waker) -> Ready {
        let state = &mut *self.shared.state.borrow_mut();
        let waits = state.transport.watch_listener(self.port, waker);
        Ready {
            readable: waits || state.link_lost,
            ..Ready::default()
        }
    }
}

impl UdpSocket {
    /// Returns what can be done now. `waker` is woken once, by the next datagram, whether there is one already or
    /// not, by an error, and when there is room to send if there is none now.
    pub fn watch(&self, waker: &Waker) -> Ready {
        let sends = self.poll_send_ready(&mut Context::from_waker(waker));
        let state = &mut *self.shared.state.borrow_mut();
        let (has_datagram, failure) = state.datagrams.watch(self.id, waker);
        let error = match failure {
            Some(failure) => Some(failure.to_error()),
            None => state.link_lost.then_some(Error::NetworkDown),
        };
        Ready {
            readable: has_datagram,
            writable: sends.is_ready(),
            error,
            ..Ready::default()
        }
    }
}
