//! The host's own sockets. Each interface has a loopback address of its own: 127.0.0.1 the first,
//! 127.0.0.2 the second.

mod listener;
mod slots;
mod stream;
#[cfg(test)]
mod tests;
mod udp;

pub(crate) use self::{listener::TcpListener, stream::TcpStream, udp::UdpSocket};
use crate::{device::StartError, unix::arguments};
use core::net::SocketAddrV4;
use mirage_graph::port::loopback;
use std::io;

/// Where a port of the interface `index` is reached on the host.
fn reached_at(index: usize, port: u16) -> SocketAddrV4 {
    let address = loopback::of_interface(index);
    SocketAddrV4::new(address, arguments::current().host_port(port))
}

fn not_bound(index: usize, port: u16, error: io::Error) -> StartError {
    let address = reached_at(index, port);
    let message = alloc::format!("port {port} at {address} (`-p HOST:{port}` chooses another)");
    StartError::with_source(message, error)
}
