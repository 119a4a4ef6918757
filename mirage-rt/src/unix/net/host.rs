//! The host's own sockets. Each interface has a loopback address of its own: 127.0.0.1 the first,
//! 127.0.0.2 the second. The first has `::1`, the only one of IPv6, if it has IPv6 only.

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
use crate::{device::StartError, readiness, unix::arguments};
use core::{fmt::Display, net::SocketAddr};
use mirage_devices::net::tcp::Algorithm;
use mirage_graph::port::{Protocol, loopback};
use std::io;

/// An interface, whose sockets are the host's.
#[derive(Debug, Clone, Copy)]
pub(crate) struct HostInterface {
    /// Its position among the unikernel's.
    pub(crate) index: usize,
    /// The congestion control of connections whose port chooses no other.
    pub(crate) congestion: Algorithm,
    /// Whether it has IPv4.
    pub(crate) has_ipv4: bool,
    /// The numbers of its ports.
    pub(crate) ports: &'static [u16],
}

impl HostInterface {
    /// Where a port is reached on the host.
    fn reached_at(self, port: u16) -> SocketAddr {
        let address = loopback::of_sockets(self.index, self.has_ipv4);
        SocketAddr::new(address, arguments::current().host_port(port, self.ports))
    }

    /// Logs and reports that a port is open.
    fn report(self, protocol: Protocol, port: u16) {
        let address = self.reached_at(port);
        let displayed: &dyn Display = match &address {
            SocketAddr::V4(address) => address.ip(),
            SocketAddr::V6(address) => &format_args!("[{}]", address.ip()),
        };
        readiness::port_is_open(protocol, port, (displayed, address.port()));
    }

    fn not_bound(self, port: u16, error: io::Error) -> StartError {
        let address = self.reached_at(port);
        let message =
            alloc::format!("port {port} at {address} (`--publish HOST:{port}` chooses another)");
        StartError::with_source(message, error)
    }
}
