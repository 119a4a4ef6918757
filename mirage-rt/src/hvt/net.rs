//! The link of the network: a hypercall for each frame.

use super::hypercall::{self, AGAIN};
use crate::{
    device::StartError,
    net::Settings,
    solo5::{attachment, readiness::Readable},
};
use mirage_devices::solo5::net::{NetCalls, NotRead, Solo5Net};

pub use crate::freestanding::net::{Network, TcpStream};
pub(crate) use crate::freestanding::net::{TcpListener, UdpSocket};

/// A network device.
pub(crate) type Link = Solo5Net<Hypercalls, Readable>;

/// Takes the device of an interface.
pub(crate) fn attach(settings: &Settings) -> Result<Link, StartError> {
    attachment::attach(settings, |interface| Hypercalls(interface.handle))
}

/// The calls of the device with this handle.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Hypercalls(u8);

impl NetCalls for Hypercalls {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, NotRead> {
        hypercall::net_read(self.0, buffer).map_err(|error| match error {
            AGAIN => NotRead::Empty,
            _ => NotRead::Gone,
        })
    }

    fn write(&mut self, frame: &[u8]) {
        hypercall::net_write(self.0, frame);
    }
}
