//! A network device of a tender. Each frame is read by a call, and written by a call or through a
//! ring.

use crate::{
    interrupt::Interrupt,
    messages::log,
    net::{
        ethernet,
        link::{Link, LinkLost, Receive, Transmit},
    },
};
use alloc::{boxed::Box, vec};
use core::task::{Context, Poll, ready};

/// Bytes that a VLAN tag adds to it.
const VLAN_TAG: usize = 4;

/// The memory of a driver for IP packets of up to `mtu` bytes, in bytes: one frame per direction.
pub const fn memory(mtu: u16) -> usize {
    2 * (ethernet::HEADER_LEN + mtu as usize + VLAN_TAG)
}

/// The calls that transfer frames. They do not block.
pub trait NetCalls {
    /// Reads the next frame into `buffer` and returns its length.
    ///
    /// # Errors
    /// Returns [`NotRead::Empty`] if there is no frame, and [`NotRead::Gone`] if the device is gone.
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, NotRead>;

    /// Writes a frame. If the tender refuses it, it is lost.
    fn write(&mut self, frame: &[u8]);
}

/// Why no frame was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotRead {
    /// There is no frame. The device interrupts when one arrives.
    Empty,
    /// The device is gone and does not come back.
    Gone,
}

/// A network device of a tender.
pub struct Solo5Net<C, T, I> {
    receiver: Receiver<C>,
    transmitter: T,
    interrupt: I,
    mac: [u8; 6],
    mtu: u16,
}

impl<C: NetCalls, T: Transmit, I: Interrupt> Solo5Net<C, T, I> {
    /// Creates a device with this MAC address, for IP packets of up to `mtu` bytes. `calls` read
    /// frames and `transmitter` writes them. `interrupt` is raised as long as a frame can be read.
    pub fn new(calls: C, transmitter: T, interrupt: I, mac: [u8; 6], mtu: u16) -> Self {
        let frame = ethernet::HEADER_LEN + usize::from(mtu);
        Self {
            receiver: Receiver {
                calls,
                buffer: vec![0; frame + VLAN_TAG].into_boxed_slice(),
                length: None,
                supply: Supply::Unknown,
            },
            transmitter,
            interrupt,
            mac,
            mtu,
        }
    }
}

impl<C: NetCalls, T: Transmit, I: Interrupt> Link for Solo5Net<C, T, I> {
    type Receiver = Receiver<C>;
    type Transmitter = T;

    fn mac_address(&self) -> [u8; 6] {
        self.mac
    }

    fn mtu(&self) -> usize {
        self.mtu.into()
    }

    fn split(&mut self) -> (&mut Receiver<C>, &mut T) {
        (&mut self.receiver, &mut self.transmitter)
    }

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), LinkLost>> {
        match self.receiver.supply {
            Supply::Unknown => {}
            Supply::None => {
                ready!(self.interrupt.poll_raised(context));
                self.receiver.supply = Supply::Unknown;
            }
            Supply::Gone => return Poll::Ready(Err(LinkLost)),
        }
        Poll::Ready(Ok(()))
    }
}

/// The receiving half. It has one buffer, which is filled when the stack asks for a frame.
pub struct Receiver<C> {
    calls: C,
    buffer: Box<[u8]>,
    /// The length of the frame in the buffer, if there is one.
    length: Option<usize>,
    supply: Supply,
}

/// Whether the tender has frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Supply {
    /// It may have some.
    Unknown,
    /// It had none, and the device has not interrupted since.
    None,
    /// The device is gone.
    Gone,
}

impl<C: NetCalls> Receiver<C> {
    fn fill(&mut self) {
        if self.length.is_some() || self.supply != Supply::Unknown {
            return;
        }
        match self.calls.read(&mut self.buffer) {
            Ok(length) if length > self.buffer.len() => {
                log!(
                    Error,
                    "the tender is broken: it returned a frame that is longer than the buffer"
                );
                self.supply = Supply::Gone;
            }
            // Too short for a frame: drop it. The next call reads the one after it.
            Ok(length) if length < ethernet::HEADER_LEN => {}
            Ok(length) => self.length = Some(length),
            Err(NotRead::Empty) => self.supply = Supply::None,
            Err(NotRead::Gone) => self.supply = Supply::Gone,
        }
    }
}

impl<C: NetCalls> Receive for Receiver<C> {
    fn front(&mut self) -> Option<&mut [u8]> {
        self.fill();
        self.length.map(|length| &mut self.buffer[..length])
    }

    fn pop(&mut self) {
        self.length = None;
    }
}

/// A transmitting half that writes each frame immediately, by a call.
pub struct Transmitter<C> {
    calls: C,
    buffer: Box<[u8]>,
}

impl<C: NetCalls> Transmitter<C> {
    /// Creates a transmitter for IP packets of up to `mtu` bytes.
    pub fn new(calls: C, mtu: u16) -> Self {
        Self {
            calls,
            buffer: vec![0; ethernet::HEADER_LEN + usize::from(mtu)].into_boxed_slice(),
        }
    }
}

impl<C: NetCalls> Transmit for Transmitter<C> {
    fn has_room(&mut self) -> bool {
        true
    }

    fn push<R>(&mut self, length: usize, fill: impl FnOnce(&mut [u8]) -> R) -> Option<R> {
        let frame = self.buffer.get_mut(..length)?;
        let result = fill(frame);
        self.calls.write(frame);
        Some(result)
    }

    fn flush(&mut self) {}
}

#[cfg(test)]
mod tests;
