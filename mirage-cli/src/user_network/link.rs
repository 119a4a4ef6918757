//! The cable to the unikernel: a socket on which each message is a frame.

use super::poller::{Poller, Ready, Token};
use rustix::{
    io::Errno,
    net::{RecvFlags, SendFlags, recv, send},
};
use smoltcp::{
    phy::{Device, DeviceCapabilities, Medium, RxToken, TxToken},
    time::Instant,
};
use std::{collections::VecDeque, io, os::fd::OwnedFd};

/// The largest Ethernet frame with the usual MTU, in bytes.
pub const MAX_FRAME_LEN: usize = 1514;

/// Frames of the unikernel's that wait for the network at most: it waits to send more.
const MAX_RECEIVED: usize = 256;

/// This end of the cable.
#[derive(Debug)]
pub struct Link {
    socket: OwnedFd,
    token: Token,
    ready: Ready,
    closed: bool,
    /// Frames for the network, in their order.
    received: VecDeque<Vec<u8>>,
    /// A frame that the unikernel's end had no room for. Until it is gone, no other is sent.
    held: Option<Vec<u8>>,
}

impl Link {
    /// The end that `socket` is.
    pub fn new(socket: OwnedFd, poller: &mut Poller) -> io::Result<Self> {
        Ok(Self {
            token: poller.register(&socket)?,
            socket,
            ready: Ready::ALL,
            closed: false,
            received: VecDeque::new(),
            held: None,
        })
    }

    /// Takes note if this is about the link.
    pub fn is_ready(&mut self, token: Token, ready: Ready) -> bool {
        if token == self.token {
            self.ready.add(ready);
        }
        token == self.token
    }

    /// Whether the unikernel is gone.
    pub fn is_closed(&self) -> bool {
        self.closed
    }

    /// Whether a frame waits for room at the unikernel's end.
    pub fn is_full(&self) -> bool {
        self.held.is_some()
    }

    /// The next frame that the unikernel has sent, if there is one, the last one has been taken, and
    /// the network has room for it.
    pub fn take(&mut self) -> io::Result<Option<Vec<u8>>> {
        while self.ready.readable && !self.closed && self.received.len() < MAX_RECEIVED {
            let mut frame = vec![0; MAX_FRAME_LEN];
            match recv(&self.socket, &mut frame[..], RecvFlags::DONTWAIT) {
                Ok((0, _)) | Err(Errno::CONNRESET) => self.closed = true,
                Ok((length, _)) => {
                    frame.truncate(length);
                    return Ok(Some(frame));
                }
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => self.ready.readable = false,
                Err(error) => return Err(error.into()),
            }
        }
        Ok(None)
    }

    /// Gives a frame to the network, after those that it was given before.
    pub fn admit(&mut self, frame: Vec<u8>) {
        self.received.push_back(frame);
    }

    fn send(&mut self, frame: Vec<u8>) {
        let flags = SendFlags::DONTWAIT | SendFlags::NOSIGNAL;
        match send(&self.socket, &frame, flags) {
            Ok(_) => {}
            Err(Errno::AGAIN | Errno::INTR) => {
                self.ready.writable = false;
                self.held = Some(frame);
            }
            // The unikernel has ended, which is found by reading.
            Err(_) => self.ready.readable = true,
        }
    }

    /// Whether a frame can be sent.
    fn has_room(&mut self) -> bool {
        if self.ready.writable
            && let Some(frame) = self.held.take()
        {
            self.send(frame);
        }
        self.held.is_none()
    }
}

impl Device for Link {
    type RxToken<'a> = Received;
    type TxToken<'a> = Room<'a>;

    /// What is received may have to be answered.
    fn receive(&mut self, _: Instant) -> Option<(Received, Room<'_>)> {
        if !self.has_room() {
            return None;
        }
        let frame = self.received.pop_front()?;
        Some((Received(frame), Room(self)))
    }

    fn transmit(&mut self, _: Instant) -> Option<Room<'_>> {
        self.has_room().then_some(Room(self))
    }

    fn capabilities(&self) -> DeviceCapabilities {
        let mut capabilities = DeviceCapabilities::default();
        capabilities.medium = Medium::Ethernet;
        capabilities.max_transmission_unit = MAX_FRAME_LEN;
        capabilities
    }
}

/// A frame of the unikernel.
#[derive(Debug)]
pub struct Received(Vec<u8>);

impl RxToken for Received {
    fn consume<R, F: FnOnce(&[u8]) -> R>(self, take: F) -> R {
        take(&self.0)
    }
}

/// Room for a frame to the unikernel.
#[derive(Debug)]
pub struct Room<'a>(&'a mut Link);

impl TxToken for Room<'_> {
    fn consume<R, F: FnOnce(&mut [u8]) -> R>(self, length: usize, fill: F) -> R {
        let mut frame = vec![0; length];
        let result = fill(&mut frame);
        self.0.send(frame);
        result
    }
}
