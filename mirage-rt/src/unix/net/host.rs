//! The host's own sockets. Each interface has a loopback address of its own: 127.0.0.1 the first,
//! 127.0.0.2 the second.

mod listener;
mod multicast;
mod resolver;
mod slots;
mod stream;
#[cfg(test)]
mod tests;
mod udp;

pub(crate) use self::{
    listener::TcpListener, resolver::read as resolver, stream::TcpStream, udp::UdpSocket,
};
use crate::{device::StartError, unix::arguments};
use core::net::SocketAddrV4;
use mirage_devices::net::tcp::Algorithm;
use mirage_graph::port::loopback;
use std::io;

/// An interface, whose sockets are the host's.
#[derive(Debug, Clone, Copy)]
pub(crate) struct HostInterface {
    /// Its position among the unikernel's.
    pub(crate) index: usize,
    /// The congestion control of connections whose port chooses no other.
    pub(crate) congestion: Algorithm,
    /// The numbers of its ports.
    pub(crate) ports: &'static [u16],
}

impl HostInterface {
    /// Where a port is reached on the host.
    fn reached_at(self, port: u16) -> SocketAddrV4 {
        let address = loopback::of_interface(self.index);
        SocketAddrV4::new(address, arguments::current().host_port(port, self.ports))
    }

    fn not_bound(self, port: u16, error: io::Error) -> StartError {
        let address = self.reached_at(port);
        let message =
            alloc::format!("port {port} at {address} (`--publish HOST:{port}` chooses another)");
        StartError::with_source(message, error)
    }
}
