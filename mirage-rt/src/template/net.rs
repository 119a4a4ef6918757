//! The link of the network, of which this target has none.

use crate::{
    device::{Link as LinkDevice, LinkLost, Receive, StartError, Transmit},
    net::interface::InterfaceConfig,
};
use core::task::{Context, Poll};

/// Our own stack and its sockets, which run on the link.
pub(crate) use crate::freestanding::net::{Stack, TcpListener, TcpStream, UdpSocket, start};

/// A network device. A driver belongs in `mirage-devices`; its task waits for a line of `events.rs`.
pub(crate) enum Link {}

/// Finds the device of an interface.
pub(crate) fn attach(_interface: &InterfaceConfig) -> Result<Link, StartError> {
    Err(StartError::new("no network device was found"))
}

impl LinkDevice for Link {
    type Receiver = Self;
    type Transmitter = Self;

    fn mac_address(&self) -> [u8; 6] {
        match *self {}
    }

    fn mtu(&self) -> usize {
        match *self {}
    }

    fn split(&mut self) -> (&mut Self, &mut Self) {
        match *self {}
    }

    fn poll_ready(&mut self, _context: &mut Context<'_>) -> Poll<Result<(), LinkLost>> {
        match *self {}
    }
}

impl Receive for Link {
    fn front(&mut self) -> Option<&mut [u8]> {
        match *self {}
    }

    fn pop(&mut self) {
        match *self {}
    }
}

impl Transmit for Link {
    fn has_room(&mut self) -> bool {
        match *self {}
    }

    fn push<R>(&mut self, _length: usize, _fill: impl FnOnce(&mut [u8]) -> R) -> Option<R> {
        match *self {}
    }

    fn flush(&mut self) {
        match *self {}
    }
}
