//! A TAP device of the host as a link: the unikernel's own stack sees real frames.

use super::super::reactor::Watched;
use crate::{
    device::{Link, LinkLost, Receive, StartError, Transmit},
    net::MacAddress,
};
use alloc::{boxed::Box, rc::Rc, string::ToString, vec};
use core::{
    ffi::{c_char, c_short},
    task::{Context, Poll, ready},
};
use mirage_devices::net::ethernet;
use mirage_graph::number::MTU;
use rustix::{
    fs::{Mode, OFlags, open},
    io::Errno,
    ioctl::{Opcode, Setter, Updater, ioctl, opcode},
    net::{AddressFamily, SocketType, netdevice, socket},
};
use std::os::fd::OwnedFd;

/// `struct ifreq` of Linux, 40 bytes in all: a name, and data that depends on the request.
#[repr(C)]
struct InterfaceRequest {
    name: [c_char; 16],
    data: [u8; 24],
}

impl InterfaceRequest {
    /// A request for the interface `name`, of at most 15 bytes.
    fn new(name: &str) -> Self {
        let mut request = Self {
            name: [0; 16],
            data: [0; 24],
        };
        for (to, from) in request.name.iter_mut().zip(name.bytes()) {
            *to = from as c_char;
        }
        request
    }
}

/// Attaches the descriptor to an interface (linux/if_tun.h).
const TUNSETIFF: Opcode = opcode::write::<core::ffi::c_int>(b'T', 202);
/// Ethernet frames.
const IFF_TAP: c_short = 0x0002;
/// One of several queues.
const IFF_MULTI_QUEUE: c_short = 0x0100;
/// No packet information before each frame.
const IFF_NO_PI: c_short = 0x1000;
/// Returns the MTU of an interface (linux/sockios.h).
const SIOCGIFMTU: Opcode = 0x8921;

/// An open TAP device.
#[derive(Debug)]
pub(crate) struct Tap {
    receiver: Receiver,
    transmitter: Transmitter,
    mac: MacAddress,
    mtu: usize,
}

impl Tap {
    /// Opens the device `name`. The MTU is the device's, or `mtu` if that is smaller.
    pub(super) fn open(name: &str, mac: MacAddress, mtu: Option<u16>) -> Result<Self, StartError> {
        let failed = |cause: &dyn ToString| {
            StartError::new(alloc::format!("TAP device `{name}`: {}", cause.to_string()))
        };
        if name.len() > 15 {
            return Err(failed(&"the name has more than 15 bytes"));
        }
        // The host would create a missing device, which would hide a misspelt name.
        if !is_there(name) {
            return Err(failed(&alloc::format!(
                "there is none; `ip tuntap add dev {name} mode tap user $USER` makes it"
            )));
        }
        let flags = OFlags::RDWR | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let device = open("/dev/net/tun", flags, Mode::empty());
        let device = device.map_err(|error| failed(&alloc::format!("/dev/net/tun: {error}")))?;
        let attach = |more: c_short| {
            let mut request = InterfaceRequest::new(name);
            let flags = (IFF_TAP | IFF_NO_PI | more).to_ne_bytes();
            request.data[..flags.len()].copy_from_slice(&flags);
            // SAFETY: TUNSETIFF reads a `struct ifreq`, which `InterfaceRequest` is laid out as.
            unsafe { ioctl(&device, Setter::<TUNSETIFF, InterfaceRequest>::new(request)) }
        };
        // A device with several queues is attached as one, of which this is the only queue then.
        let attached = attach(0).or_else(|error| match error {
            Errno::INVAL => attach(IFF_MULTI_QUEUE),
            _ => Err(error),
        });
        attached.map_err(|error| match error {
            Errno::INVAL => failed(&"it is no TAP device"),
            Errno::BUSY => failed(&"another program uses it"),
            Errno::PERM => failed(&"it belongs to another user"),
            _ => failed(&error),
        })?;
        let device_mtu = device_mtu(name).map_err(|error| failed(&error))?;
        let mtu = mtu.map_or(device_mtu, |mtu| device_mtu.min(mtu.into()));
        let mtu = mtu.min(MTU.max.into());
        if mtu < usize::from(MTU.min) {
            let cause = alloc::format!("its MTU is {mtu}; the minimum is {}", MTU.min);
            return Err(failed(&cause));
        }
        let device = Rc::new(Watched::new(device).map_err(|error| failed(&error))?);
        let buffer = || vec![0; ethernet::HEADER_LEN + mtu].into_boxed_slice();
        Ok(Self {
            receiver: Receiver {
                device: device.clone(),
                buffer: buffer(),
                length: None,
                lost: false,
            },
            transmitter: Transmitter {
                device,
                buffer: buffer(),
            },
            mac,
            mtu,
        })
    }
}

/// Whether the host has an interface of this name.
fn is_there(name: &str) -> bool {
    let socket = socket(AddressFamily::INET, SocketType::DGRAM, None);
    socket.is_ok_and(|socket| netdevice::name_to_index(socket, name).is_ok())
}

/// The MTU of an interface.
fn device_mtu(name: &str) -> Result<usize, Errno> {
    let socket = socket(AddressFamily::INET, SocketType::DGRAM, None)?;
    let mut request = InterfaceRequest::new(name);
    // SAFETY: SIOCGIFMTU reads and writes a `struct ifreq`, which `InterfaceRequest` is laid out as.
    unsafe {
        ioctl(
            &socket,
            Updater::<SIOCGIFMTU, InterfaceRequest>::new(&mut request),
        )
    }?;
    let [a, b, c, d, ..] = request.data;
    usize::try_from(i32::from_ne_bytes([a, b, c, d])).map_err(|_| Errno::RANGE)
}

impl Link for Tap {
    type Receiver = Receiver;
    type Transmitter = Transmitter;

    fn mac_address(&self) -> [u8; 6] {
        self.mac.0
    }

    fn mtu(&self) -> usize {
        self.mtu
    }

    fn split(&mut self) -> (&mut Receiver, &mut Transmitter) {
        (&mut self.receiver, &mut self.transmitter)
    }

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), LinkLost>> {
        if self.receiver.lost {
            return Poll::Ready(Err(LinkLost));
        }
        ready!(self.receiver.device.poll_readable(context));
        Poll::Ready(Ok(()))
    }
}

/// The receiving half. Its buffer is filled when the stack asks for a frame.
#[derive(Debug)]
pub(crate) struct Receiver {
    device: Rc<Watched<OwnedFd>>,
    buffer: Box<[u8]>,
    /// Of the frame in the buffer, if there is one.
    length: Option<usize>,
    lost: bool,
}

impl Receive for Receiver {
    fn front(&mut self) -> Option<&mut [u8]> {
        while self.length.is_none() {
            match rustix::io::read(self.device.io(), &mut *self.buffer) {
                Ok(0) => {
                    self.lost = true;
                    return None;
                }
                Ok(length) => self.length = Some(length),
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => {
                    self.device.clear_readable();
                    return None;
                }
                // EBADFD: the interface was removed; EIO: it is down, and may come back.
                Err(error) => {
                    self.lost = error != Errno::IO;
                    self.device.clear_readable();
                    return None;
                }
            }
        }
        self.length.map(|length| &mut self.buffer[..length])
    }

    fn pop(&mut self) {
        self.length = None;
    }
}

/// The transmitting half. It writes each frame to the device immediately.
#[derive(Debug)]
pub(crate) struct Transmitter {
    device: Rc<Watched<OwnedFd>>,
    buffer: Box<[u8]>,
}

impl Transmit for Transmitter {
    fn has_room(&mut self) -> bool {
        true
    }

    /// A frame that the host does not accept is lost, as on a cable.
    fn push<R>(&mut self, length: usize, fill: impl FnOnce(&mut [u8]) -> R) -> Option<R> {
        let frame = self.buffer.get_mut(..length)?;
        let result = fill(frame);
        let _ = rustix::io::write(self.device.io(), frame);
        Some(result)
    }

    fn flush(&mut self) {}
}
