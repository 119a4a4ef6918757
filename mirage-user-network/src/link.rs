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

/// The largest IP packet, in bytes.
pub const MTU: usize = 1500;

/// The largest Ethernet frame, in bytes.
pub const MAX_FRAME_LEN: usize = ETHERNET_HEADER_LEN + MTU;

/// Received frames that may be queued. The guest waits to send more.
const MAX_RECEIVED: usize = 256;

/// Frames that may wait for room at the guest's end. It asks again for an answer that is lost.
const MAX_UNSENT: usize = 32;

/// The network's end of the link.
#[derive(Debug)]
pub struct Link {
    socket: OwnedFd,
    token: Token,
    ready: Ready,
    closed: bool,
    /// Accepted frames that smoltcp has not received yet.
    received: VecDeque<Vec<u8>>,
    /// Frames that wait for room at the guest's end. They are sent before any other.
    unsent: VecDeque<Vec<u8>>,
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
            unsent: VecDeque::new(),
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
        !self.unsent.is_empty()
    }

    /// Receives the next frame of the guest, if there is one and the queue of accepted frames has room.
    pub fn receive_frame(&mut self) -> io::Result<Option<Vec<u8>>> {
        while self.ready.readable && !self.closed && self.received.len() < MAX_RECEIVED {
            let mut frame = vec![0; MAX_FRAME_LEN];
            match recv(&self.socket, &mut frame[..], RecvFlags::DONTWAIT) {
                Ok((0, _)) => self.closed = true,
                Ok((length, _)) => {
                    frame.truncate(length);
                    return Ok(Some(frame));
                }
                // The guest was gone before it had received everything. What it has sent is still there.
                Err(Errno::INTR | Errno::CONNRESET) => {}
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

    /// Sends a frame that smoltcp has not written, as soon as there is room.
    pub fn answer(&mut self, frame: Vec<u8>) {
        if self.has_room() {
            self.send(frame);
        } else if self.unsent.len() < MAX_UNSENT {
            self.unsent.push_back(frame);
        }
    }

    fn send(&mut self, frame: Vec<u8>) {
        if !self.try_send(&frame) {
            self.unsent.push_back(frame);
        }
    }

    /// Returns whether the guest's end had room for the frame.
    fn try_send(&mut self, frame: &[u8]) -> bool {
        let flags = SendFlags::DONTWAIT | SendFlags::NOSIGNAL;
        match send(&self.socket, frame, flags) {
            Ok(_) => {}
            Err(Errno::AGAIN | Errno::INTR) => {
                self.ready.writable = false;
                return false;
            }
            // The guest has closed its end: the next receive finds out.
            Err(_) => self.ready.readable = true,
        }
        true
    }

    /// Whether a frame can be sent. Sends the unsent ones first.
    fn has_room(&mut self) -> bool {
        while self.ready.writable
            && let Some(frame) = self.unsent.pop_front()
        {
            if !self.try_send(&frame) {
                self.unsent.push_front(frame);
            }
        }
        self.unsent.is_empty()
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SocketPair;

    #[test]
    fn answers_wait_for_room_and_only_so_many() {
        let SocketPair { network, guest } = SocketPair::new().expect("two sockets");
        let mut link = Link::new(network, &mut Poller::new().expect("a poller")).expect("a link");
        let mut sent = 0_u32;
        while link.has_room() {
            link.send(sent.to_be_bytes().to_vec());
            sent += 1;
        }
        // The last one waits, and then some others.
        let last = sent - 2 + MAX_UNSENT as u32;
        for number in 0..2 * MAX_UNSENT as u32 {
            link.answer((sent + number).to_be_bytes().to_vec());
        }
        // There is still none, which keeps the order.
        link.ready.add(Ready::ALL);
        assert!(!link.has_room() && link.is_full());
        let mut received = Vec::new();
        loop {
            let mut frame = [0; 4];
            while recv(&guest, &mut frame[..], RecvFlags::DONTWAIT).is_ok() {
                received.push(u32::from_be_bytes(frame));
            }
            if !link.is_full() {
                break;
            }
            link.ready.add(Ready::ALL);
            link.has_room();
        }
        assert!(received.into_iter().eq(0..=last));
    }
}
