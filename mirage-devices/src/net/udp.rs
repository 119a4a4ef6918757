//! A UDP port.

use super::{error::UdpError, stack::Shared};
use crate::device::StartError;
use alloc::{rc::Rc, vec, vec::Vec};
use core::{fmt, future::poll_fn, net::SocketAddr, task::Poll};
use smoltcp::{
    iface::{SocketHandle, SocketSet},
    socket::{
        Socket,
        udp::{self, PacketMetadata, SendError},
    },
    wire::IpEndpoint,
};

/// Datagrams that a port holds in each direction. What comes beyond that is lost, as UDP allows.
const DATAGRAMS: usize = 64;
/// Bytes of the datagrams that a port holds in each direction.
const BYTES: usize = 32 * 1024;

/// A UDP port.
///
/// Up to 64 datagrams, or 32 KiB of them, wait to be received; what comes beyond that is lost.
/// Sending waits while as many wait to be sent.
pub struct UdpSocket {
    shared: Rc<Shared>,
    socket: SocketHandle,
    port: u16,
}

fn buffer() -> Option<udp::PacketBuffer<'static>> {
    let mut bytes = Vec::new();
    bytes.try_reserve_exact(BYTES).ok()?;
    bytes.resize(BYTES, 0);
    Some(udp::PacketBuffer::new(
        vec![PacketMetadata::EMPTY; DATAGRAMS],
        bytes,
    ))
}

impl UdpSocket {
    pub(super) fn new(shared: Rc<Shared>, port: u16) -> Result<Self, StartError> {
        let socket = {
            let state = &mut *shared.state.borrow_mut();
            if state.udp_ports.contains(&port) {
                return Err(StartError::new(alloc::format!(
                    "UDP port {port} is bound already"
                )));
            }
            let (Some(receive), Some(transmit)) = (buffer(), buffer()) else {
                return Err(StartError::new("memory is exhausted"));
            };
            let mut socket = udp::Socket::new(receive, transmit);
            if socket.bind(port).is_err() {
                return Err(StartError::new("0 is not a UDP port"));
            }
            state.udp_ports.push(port);
            state.sockets.add(socket)
        };
        Ok(Self {
            shared,
            socket,
            port,
        })
    }

    /// The port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The next datagram: its length, and who sent it. What does not fit in `buffer` is lost.
    pub async fn recv_from(&self, buffer: &mut [u8]) -> (usize, SocketAddr) {
        poll_fn(|context| {
            self.with(|socket| match socket.recv() {
                Ok((datagram, metadata)) => {
                    let length = datagram.len().min(buffer.len());
                    buffer[..length].copy_from_slice(&datagram[..length]);
                    Poll::Ready((length, SocketAddr::from(metadata.endpoint)))
                }
                Err(_) => {
                    socket.register_recv_waker(context.waker());
                    Poll::Pending
                }
            })
        })
        .await
    }

    /// Sends a datagram: it is queued, and waits there for the address of the next hop if need be.
    ///
    /// # Errors
    /// It can never be sent: it is longer than the link carries, `peer` is no address to send to,
    /// or the link is gone.
    pub async fn send_to(&self, data: &[u8], peer: SocketAddr) -> Result<(), UdpError> {
        if data.len() > self.shared.largest_datagram() {
            return Err(UdpError::TooLong);
        }
        let SocketAddr::V4(peer) = peer else {
            return Err(UdpError::Unreachable);
        };
        poll_fn(|context| {
            if self.shared.state.borrow().link_lost {
                return Poll::Ready(Err(UdpError::LinkLost));
            }
            self.with(
                |socket| match socket.send_slice(data, IpEndpoint::from(peer)) {
                    Ok(()) => Poll::Ready(Ok(())),
                    Err(SendError::BufferFull) => {
                        socket.register_send_waker(context.waker());
                        Poll::Pending
                    }
                    Err(SendError::Unaddressable) => Poll::Ready(Err(UdpError::Unreachable)),
                },
            )
        })
        .await?;
        self.shared.work.raise();
        Ok(())
    }

    fn with<R>(&self, act: impl FnOnce(&mut udp::Socket<'static>) -> R) -> R {
        act(self.shared.state.borrow_mut().sockets.get_mut(self.socket))
    }
}

impl Drop for UdpSocket {
    /// Closes the port; what waits to be sent is lost.
    fn drop(&mut self) {
        let state = &mut *self.shared.state.borrow_mut();
        state.udp_ports.retain(|port| *port != self.port);
        state.sockets.remove(self.socket);
    }
}

impl fmt::Debug for UdpSocket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UdpSocket")
            .field("port", &self.port)
            .finish_non_exhaustive()
    }
}

/// Lets those who wait to send find out that the link is gone: the queues are dropped.
pub(super) fn drop_queues(sockets: &mut SocketSet<'static>) {
    for (_, socket) in sockets.iter_mut() {
        if let Socket::Udp(socket) = socket {
            let endpoint = socket.endpoint();
            socket.close();
            // It was bound to this endpoint a moment ago.
            let _ = socket.bind(endpoint);
        }
    }
}
