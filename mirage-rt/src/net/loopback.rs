//! The loopback interface of a program with std (RFC 1122, section 3.2.1.3): a stack of its own, which no packet of
//! another host reaches.

use super::{Error, TcpListener, TcpStream, UdpSocket, interface::LOOPBACK};
use crate::{
    device::StartError,
    executor::spawn,
    freestanding::{net::budget, one_core::thread_local},
    platform,
    time::Clock,
};
use core::{
    net::SocketAddr,
    task::{Context, Poll},
};
use mirage_devices::net::{
    BindError, Stack, TcpLimits, UdpLimits,
    link::{Link, LinkLost, Receive, Transmit},
    tcp::Algorithm,
};

thread_local! {
    static STACK: Result<Stack, StartError> = start();
}

fn start() -> Result<Stack, StartError> {
    let random = platform::random()?;
    let stack = Stack::new(
        &NoLink::default(),
        budget(),
        Algorithm::CUBIC,
        random.clone(),
        Clock,
    )?;
    let family = stack.add_ipv4(None, random)?;
    spawn(stack.run(family, NoLink::default(), Clock));
    Ok(stack)
}

/// Calls `f` with the stack.
fn with<R>(f: impl FnOnce(&Stack) -> Result<R, Error>) -> Result<R, Error> {
    STACK.with(|stack| f(stack.as_ref().map_err(|_| Error::NetworkDown)?))
}

/// Listens on a port.
pub(crate) fn listen(port: u16, limits: TcpLimits) -> Result<TcpListener, BindError> {
    let opened = with(|stack| Ok(stack.listen_within(port, limits)));
    let opened = opened.unwrap_or(Err(BindError::OutOfMemory))?;
    Ok(TcpListener::of_one_network(opened))
}

/// Binds a UDP port.
pub(crate) fn bind_udp(port: u16, limits: UdpLimits) -> Result<UdpSocket, BindError> {
    let opened = with(|stack| Ok(stack.bind_udp_within(port, limits)));
    let opened = opened.unwrap_or(Err(BindError::OutOfMemory))?;
    Ok(UdpSocket::of_one_network(opened, LOOPBACK))
}

/// Begins to open a connection, from `port` if it is not `None`.
pub(crate) fn begin_connect(peer: SocketAddr, port: Option<u16>) -> Result<TcpStream, Error> {
    with(|stack| Ok(TcpStream::new(stack.begin_connect(peer, port)?)))
}

/// A link that carries nothing: what the stack sends to itself does not leave it.
#[derive(Default)]
struct NoLink {
    receiver: NoFrames,
    transmitter: Nowhere,
}

impl Link for NoLink {
    type Receiver = NoFrames;
    type Transmitter = Nowhere;

    fn mac_address(&self) -> [u8; 6] {
        // A locally administered address.
        [0x02, 0, 0, 0, 0, 0x7f]
    }

    fn mtu(&self) -> usize {
        usize::from(u16::MAX)
    }

    fn split(&mut self) -> (&mut NoFrames, &mut Nowhere) {
        (&mut self.receiver, &mut self.transmitter)
    }

    fn poll_ready(&mut self, _context: &mut Context<'_>) -> Poll<Result<(), LinkLost>> {
        Poll::Pending
    }
}

#[derive(Default)]
struct NoFrames;

impl Receive for NoFrames {
    fn front(&mut self) -> Option<&mut [u8]> {
        None
    }

    fn pop(&mut self) {}
}

#[derive(Default)]
struct Nowhere;

impl Transmit for Nowhere {
    fn has_room(&mut self) -> bool {
        true
    }

    fn push<R>(&mut self, _length: usize, _fill: impl FnOnce(&mut [u8]) -> R) -> Option<R> {
        None
    }

    fn flush(&mut self) {}
}
