//! A network device of a tender: each frame that is read is a call, and each that is written, or an
//! entry of a ring.

use crate::{
    interrupt::Interrupt,
    net::{
        ethernet,
        link::{Link, LinkLost, Receive, Transmit},
    },
};
use alloc::{boxed::Box, vec};
use core::task::{Context, Poll, ready};

/// Bytes that a VLAN tag adds to it.
const VLAN_TAG: usize = 4;

/// The memory that a driver takes for IP packets of up to `mtu` bytes, in bytes: a frame each way.
pub const fn memory(mtu: u16) -> usize {
    2 * (ethernet::HEADER_LEN + mtu as usize + VLAN_TAG)
}

/// The calls by which frames are exchanged with the tender. None of them waits.
pub trait NetCalls {
    /// Reads the next frame into `buffer`, and gives its length.
    ///
    /// # Errors
    /// There is none now, or the device is gone.
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, NotRead>;

    /// Writes a frame. One that the tender does not take is lost, as on a cable.
    fn write(&mut self, frame: &[u8]);
}

/// Why no frame was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotRead {
    /// There is none; the device interrupts when there is.
    Empty,
    /// The device is gone for good.
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
    /// The device that `calls` read from and `transmitter` writes to, with this MAC address, and
    /// IP packets of up to `mtu` bytes. `interrupt` is raised as long as a frame can be read.
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

/// The receiving half: one buffer, filled when the stack looks for a frame.
pub struct Receiver<C> {
    calls: C,
    buffer: Box<[u8]>,
    /// Of the frame in the buffer, if there is one.
    length: Option<usize>,
    supply: Supply,
}

/// What is known of the frames that the tender has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Supply {
    /// There may be some.
    Unknown,
    /// There were none, and the device has not interrupted since: a call would find none either.
    None,
    /// There will be none, for good.
    Gone,
}

impl<C: NetCalls> Receiver<C> {
    fn fill(&mut self) {
        if self.length.is_some() || self.supply != Supply::Unknown {
            return;
        }
        match self.calls.read(&mut self.buffer) {
            Ok(length) if length > self.buffer.len() => {
                log::error!("the tender is broken: it read more bytes than fit into a buffer");
                self.supply = Supply::Gone;
            }
            // Too short for a frame: there is nothing in it. What comes after it is looked for next time.
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

/// A transmitting half that writes each frame at once, by a call.
pub struct Transmitter<C> {
    calls: C,
    buffer: Box<[u8]>,
}

impl<C: NetCalls> Transmitter<C> {
    /// That of a device that `calls` write to, for IP packets of up to `mtu` bytes.
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
