//! What a descriptor of a program with std needs of a UDP port.

use super::{Bound, UdpSocket};
use crate::net::{Error, interface::LOOPBACK};
use core::{
    net::{Ipv4Addr, SocketAddr},
    task::Waker,
};
use mirage_devices::net::Ready;

impl UdpSocket {
    /// Whether it is a port of the loopback interface.
    pub(crate) fn is_loopback(&self) -> bool {
        let mut bound = self.bound().iter();
        bound.all(|bound| bound.interface == LOOPBACK)
    }

    /// Returns the address of the interface with a number, of which the first one is 1, if it is one of the port.
    pub(crate) fn address_of_interface(&self, index: u32) -> Option<Ipv4Addr> {
        let position = usize::try_from(index).ok()?.checked_sub(1)?;
        let mut bound = self.bound().iter();
        let found = bound.find(|bound| bound.interface == position)?;
        match found.socket.local_addr() {
            SocketAddr::V4(address) => Some(*address.ip()),
            SocketAddr::V6(_) => None,
        }
    }

    /// The sockets that receive for the port: if it is connected, those that have a route to its peer.
    fn receiving(&self) -> impl Iterator<Item = &Bound> {
        let peer = self.peer.get();
        let bound = self.bound().iter();
        bound.filter(move |bound| peer.is_none() || bound.peer.get() == peer)
    }

    /// Returns what can be done now, and wakes `waker` as [`mirage_devices::net::UdpSocket::watch`] does.
    pub(crate) fn watch(&self, waker: &Waker) -> Ready {
        let mut ready = Ready::default();
        for bound in self.receiving() {
            let one = bound.socket.watch(waker);
            ready.readable |= one.readable;
            ready.writable |= one.writable;
            ready.error = ready.error.or(one.error);
        }
        ready
    }

    /// Dissolves the association with the peer.
    pub(crate) fn disconnect(&self) {
        self.peer.set(None);
        for bound in self.bound() {
            bound.peer.set(None);
            bound.socket.disconnect();
        }
    }

    /// Passes the next datagram to `read`, as [`mirage_devices::net::UdpSocket::try_recv_with`] does.
    pub(crate) fn try_recv_with<R>(
        &self,
        mut read: impl FnMut(&[u8], SocketAddr) -> R,
    ) -> Result<R, Error> {
        let mut outcome = Err(Error::WouldBlock);
        for bound in self.receiving() {
            outcome = bound.socket.try_recv_with(&mut read);
            if !matches!(outcome, Err(Error::WouldBlock)) {
                break;
            }
        }
        outcome
    }
}
