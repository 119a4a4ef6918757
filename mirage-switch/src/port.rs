//! A port of the switch: a socket on which each message is a frame.

use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    io::Errno,
    net::{RecvFlags, SendFlags, recv, send},
};
use std::{
    io,
    os::fd::{AsFd, BorrowedFd, OwnedFd},
};

/// The longest frame, in bytes: an MTU of 1,500 with a header and a tag.
pub(crate) const MAX_FRAME_LEN: usize = 1500 + 14 + 4;

/// One port.
#[derive(Debug)]
pub(crate) struct Port(OwnedFd);

/// What was received.
pub(crate) enum Received {
    /// A frame of this length.
    Frame(usize),
    /// A frame that is longer than any may be.
    TooLong,
    /// There is none now.
    Nothing,
    /// The peer has closed the socket.
    Closed,
}

/// What became of a frame that was sent.
pub(crate) enum Sent {
    Carried,
    /// The receiver has no room, or is gone.
    Lost,
}

impl Port {
    pub(crate) fn new(link: OwnedFd) -> io::Result<Self> {
        rustix::io::ioctl_fionbio(&link, true)?;
        Ok(Self(link))
    }

    pub(crate) fn receive(&self, frame: &mut [u8; MAX_FRAME_LEN]) -> Received {
        loop {
            // With TRUNC, the length is that of the whole frame.
            let flags = RecvFlags::DONTWAIT | RecvFlags::TRUNC;
            match recv(&self.0, &mut frame[..], flags) {
                // The end, or an empty message.
                Ok((_, 0)) if self.is_closed() => return Received::Closed,
                Ok((_, length)) if length > MAX_FRAME_LEN => return Received::TooLong,
                Ok((_, length)) => return Received::Frame(length),
                // The peer was closed before it has received everything. What it has sent is still there.
                Err(Errno::INTR | Errno::CONNRESET) => {}
                Err(Errno::AGAIN) => return Received::Nothing,
                Err(_) => return Received::Closed,
            }
        }
    }

    /// Whether the peer has closed the socket, and nothing that it has sent is left.
    fn is_closed(&self) -> bool {
        let mut events = [PollFd::new(&self.0, PollFlags::RDHUP)];
        let closed = PollFlags::HUP | PollFlags::RDHUP | PollFlags::ERR;
        let polled = poll(&mut events, Some(&Timespec::default()));
        let is_open = polled.is_ok() && !events[0].revents().intersects(closed);
        let peek = RecvFlags::DONTWAIT | RecvFlags::PEEK | RecvFlags::TRUNC;
        !is_open && !matches!(recv(&self.0, &mut [0; 1][..], peek), Ok((_, 1..)))
    }

    pub(crate) fn send(&self, frame: &[u8]) -> Sent {
        let flags = SendFlags::DONTWAIT | SendFlags::NOSIGNAL;
        match send(&self.0, frame, flags) {
            Ok(_) => Sent::Carried,
            // The next receive finds out if the other end is gone.
            Err(_) => Sent::Lost,
        }
    }
}

impl AsFd for Port {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}
