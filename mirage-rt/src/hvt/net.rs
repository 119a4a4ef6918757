//! The link of the network: a hypercall for each received frame, and for each sent frame if the tender
//! has no ring.

use super::{
    hypercall::{self, AGAIN},
    ring::{self, SharedRing},
};
use crate::{
    device::{StartError, Transmit},
    net::interface::InterfaceConfig,
    solo5::{interface::Interface, readiness::Readable},
};
use mirage_devices::solo5::net::{NetCalls, NotRead, Solo5Net, Transmitter};

pub(crate) use crate::freestanding::net::{Stack, TcpListener, TcpStream, UdpSocket, start};

/// A network device.
pub(crate) type Link = Solo5Net<Hypercalls, RingOrCalls, Readable>;

/// Attaches the device of an interface.
pub(crate) fn attach(interface: &InterfaceConfig) -> Result<Link, StartError> {
    let interface = Interface::attach(interface)?;
    let handle = interface.attached.handle;
    let calls = Hypercalls(handle);
    let transmitter = RingOrCalls {
        handle,
        ring: ring::shared(),
        calls: Transmitter::new(calls, interface.mtu),
    };
    Ok(interface.link(calls, transmitter))
}

/// The hypercalls of the device with this handle.
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

/// Sends frames by the ring, if the tender has one, and by hypercalls if it is full.
pub(crate) struct RingOrCalls {
    handle: u8,
    ring: Option<SharedRing>,
    calls: Transmitter<Hypercalls>,
}

impl Transmit for RingOrCalls {
    fn has_room(&mut self) -> bool {
        self.calls.has_room()
    }

    fn push<R>(&mut self, length: usize, fill: impl FnOnce(&mut [u8]) -> R) -> Option<R> {
        let mut fill = Some(fill);
        if let Some(ring) = &self.ring {
            let mut write = |frame: &mut [u8]| fill.take().map(|fill| fill(frame));
            let pushed = ring.borrow_mut().push(self.handle, length, &mut write);
            if let Some(result) = pushed {
                return result;
            }
        }
        self.calls.push(length, fill?)
    }

    fn flush(&mut self) {
        if let Some(ring) = &self.ring {
            ring.borrow_mut().flush();
        }
    }
}
