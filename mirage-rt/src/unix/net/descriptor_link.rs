//! A descriptor as a link: the unikernel's own stack sees real frames. Each read and each write is a frame, as of a TAP
//! device, or of a socket that keeps message boundaries.

use super::super::reactor::Watched;
use crate::{
    device::{Link, LinkLost, Receive, StartError, Transmit},
    net::MacAddress,
};
use alloc::{boxed::Box, format, rc::Rc, vec};
use core::{
    fmt::Display,
    task::{Context, Poll, ready},
};
use mirage_devices::net::ethernet;
use rustix::{
    io::{Errno, FdFlags, fcntl_setfd, ioctl_fionbio},
    net::{SocketType, sockopt::socket_type},
};
use std::os::fd::{BorrowedFd, FromRawFd, OwnedFd, RawFd};

/// A link.
#[derive(Debug)]
pub(crate) struct DescriptorLink {
    receiver: Receiver,
    transmitter: Transmitter,
    mac: MacAddress,
    mtu: usize,
}

impl DescriptorLink {
    /// A link that exchanges frames by `device`, which does not block.
    pub(super) fn new(device: OwnedFd, mac: MacAddress, mtu: usize) -> Result<Self, StartError> {
        let device = Watched::new(device);
        let device = device.map_err(|error| StartError::new(format!("the link: {error}")))?;
        let device = Rc::new(device);
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

/// Takes a socket that the process has inherited. It is called once for each.
///
/// # Errors
/// It is no socket that keeps message boundaries.
pub(super) fn inherited(number: RawFd) -> Result<OwnedFd, StartError> {
    let failed = |cause: &dyn Display| StartError::new(format!("descriptor {number}: {cause}"));
    // Those of the console and of what the process has opened itself.
    if number <= 2 {
        return Err(failed(&"it is the console"));
    }
    // SAFETY: it is borrowed for a question only, which fails if it is not open.
    let kind = socket_type(unsafe { BorrowedFd::borrow_raw(number) });
    match kind {
        Ok(SocketType::SEQPACKET | SocketType::DGRAM) => {}
        Ok(_) | Err(Errno::NOTSOCK) => return Err(failed(&"it keeps no message boundaries")),
        Err(error) => return Err(failed(&error)),
    }
    // SAFETY: it is open, and it is a socket that keeps message boundaries, of which this process opens none before
    // its networks. It was inherited for this interface, and nothing else takes it.
    let socket = unsafe { OwnedFd::from_raw_fd(number) };
    let prepared = fcntl_setfd(&socket, FdFlags::CLOEXEC);
    let prepared = prepared.and_then(|()| ioctl_fionbio(&socket, true));
    prepared.map_err(|error| failed(&error))?;
    Ok(socket)
}

impl Link for DescriptorLink {
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
                // The peer was closed before it had received everything. What it has sent is still there.
                Err(Errno::INTR | Errno::CONNRESET) => {}
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
