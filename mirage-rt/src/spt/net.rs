//! The link of the network: a file descriptor, one frame per call.

use super::system_call::{self, Errno};
use crate::{
    device::StartError,
    net::interface::InterfaceConfig,
    solo5::{interface::Interface, readiness::Readable},
};
use mirage_devices::solo5::net::{NetCalls, NotRead, Solo5Net, Transmitter};

pub(crate) use crate::freestanding::net::{Stack, TcpListener, TcpStream, UdpSocket, start};

/// A network device.
pub(crate) type Link = Solo5Net<Descriptor, Transmitter<Descriptor>, Readable>;

/// Attaches the device of an interface.
pub(crate) fn attach(interface: &InterfaceConfig) -> Result<Link, StartError> {
    let interface = Interface::attach(interface)?;
    let descriptor = Descriptor(interface.attached.descriptor);
    let transmitter = Transmitter::new(descriptor, interface.mtu);
    Ok(interface.link(descriptor, transmitter))
}

/// The file descriptor of a device. Reading and writing do not block.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Descriptor(i32);

impl NetCalls for Descriptor {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, NotRead> {
        loop {
            match system_call::read(self.0, buffer) {
                // The other end is closed.
                Ok(0) => return Err(NotRead::Gone),
                Ok(length) => return Ok(length),
                Err(Errno::INTERRUPTED) => {}
                // The second: the interface is down, and may come back.
                Err(Errno::AGAIN | Errno::INPUT_OUTPUT) => return Err(NotRead::Empty),
                Err(_) => return Err(NotRead::Gone),
            }
        }
    }

    fn write(&mut self, frame: &[u8]) {
        while let Err(Errno::INTERRUPTED) = system_call::write(self.0, frame) {}
    }
}
