//! The network's end of the link to the guest: a socket on which each message is a frame.

use crate::poller::{Poller, Ready, Token};
use rustix::{
    io::Errno,
    net::{RecvFlags, SendFlags, recv, send},
};
use smoltcp::{
    phy::{Device, DeviceCapabilities, Medium, RxToken, TxToken},
    time::Instant,
};
use std::{collections::VecDeque, io, os::fd::OwnedFd};

/// The length of an Ethernet header, in bytes.
pub const ETHERNET_HEADER_LEN: usize = 14;

/// The largest Ethernet frame with an MTU of 1500, in bytes.
pub const MAX_FRAME_LEN: usize = ETHERNET_HEADER_LEN + 1500;

/// Received frames that may be queued. The guest waits to send more.
const MAX_RECEIVED: usize = 256;

/// The network's end of the link.
#[derive(Debug)]
pub struct Link {
    socket: OwnedFd,
    token: Token,
    ready: Ready,
    closed: bool,
    /// Accepted frames that smoltcp has not received yet.
    received: VecDeque<Vec<u8>>,
    /// A frame that the guest's end had no room for. It is sent before any other.
    unsent: Option<Vec<u8>>,
}

impl Link {
    /// Creates the end that `socket` is.
    pub fn new(socket: OwnedFd, poller: &mut Poller) -> io::Result<Self> {
        Ok(Self {
            token: poller.register(&socket)?,
            socket,
            ready: Ready::ALL,
            closed: false,
            received: VecDeque::new(),
            unsent: None,
        })
    }

    /// Records that `token` is ready, if it is the link's. Returns whether it is.
    pub fn set_ready(&mut self, token: Token, ready: Ready) -> bool {
        if token == self.token {
            self.ready.add(ready);
        }
        token == self.token
    }

    /// Whether the guest has closed its end.
    pub fn is_closed(&self) -> bool {
        self.closed
    }

    /// Whether the guest's end has no room.
    pub fn is_full(&self) -> bool {
        self.unsent.is_some()
    }

    /// Receives the next frame of the guest, if there is one and the queue of accepted frames has room.
    pub fn receive_frame(&mut self) -> io::Result<Option<Vec<u8>>> {
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

    /// Queues a frame for smoltcp.
    pub fn accept(&mut self, frame: Vec<u8>) {
        self.received.push_back(frame);
    }

    fn send(&mut self, frame: Vec<u8>) {
        let flags = SendFlags::DONTWAIT | SendFlags::NOSIGNAL;
        match send(&self.socket, &frame, flags) {
            Ok(_) => {}
            Err(Errno::AGAIN | Errno::INTR) => {
                self.ready.writable = false;
                self.unsent = Some(frame);
            }
            // The guest has closed its end: the next receive finds out.
            Err(_) => self.ready.readable = true,
        }
    }

    /// Whether a frame can be sent. Sends the unsent one first.
    fn has_room(&mut self) -> bool {
        if self.ready.writable
            && let Some(frame) = self.unsent.take()
        {
            self.send(frame);
        }
        self.unsent.is_none()
    }
}

impl Device for Link {
    type RxToken<'a> = Received;
    type TxToken<'a> = Transmit<'a>;

    /// Receives only if a reply could be sent.
    fn receive(&mut self, _: Instant) -> Option<(Received, Transmit<'_>)> {
        if !self.has_room() {
            return None;
        }
        let frame = self.received.pop_front()?;
        Some((Received(frame), Transmit(self)))
    }

    fn transmit(&mut self, _: Instant) -> Option<Transmit<'_>> {
        self.has_room().then_some(Transmit(self))
    }

    fn capabilities(&self) -> DeviceCapabilities {
        let mut capabilities = DeviceCapabilities::default();
        capabilities.medium = Medium::Ethernet;
        capabilities.max_transmission_unit = MAX_FRAME_LEN;
        capabilities
    }
}

/// A frame from the guest.
#[derive(Debug)]
pub struct Received(Vec<u8>);

impl RxToken for Received {
    fn consume<R, F: FnOnce(&[u8]) -> R>(self, take: F) -> R {
        take(&self.0)
    }
}

/// Permission to send one frame to the guest.
#[derive(Debug)]
pub struct Transmit<'a>(&'a mut Link);

impl TxToken for Transmit<'_> {
    fn consume<R, F: FnOnce(&mut [u8]) -> R>(self, length: usize, fill: F) -> R {
        let mut frame = vec![0; length];
        let result = fill(&mut frame);
        self.0.send(frame);
        result
    }
}
