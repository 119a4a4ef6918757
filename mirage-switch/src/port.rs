//! A port of the switch: a socket on which each message is a frame.

use rustix::{
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
    /// There will be none any more.
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
                Ok((0, _)) => return Received::Closed,
                Ok((_, length)) if length > MAX_FRAME_LEN => return Received::TooLong,
                Ok((_, length)) => return Received::Frame(length),
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => return Received::Nothing,
                Err(_) => return Received::Closed,
            }
        }
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
