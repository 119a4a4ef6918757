//! A network interface: frames on a socket whose other end belongs to QEMU.

use mirage_graph::mac_address::MacAddress;
use rustix::{
    event::{PollFd, PollFlags, poll},
    io::{Errno, FdFlags, fcntl_setfd},
    net::{
        AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType, recv, send, socketpair,
        sockopt::set_socket_send_buffer_size,
    },
    rand::{GetRandomFlags, getrandom},
};
use std::{
    io,
    os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd},
};

/// Size of the socket buffers, in bytes, unless the host limits it.
const SEND_BUFFER: usize = 4 << 20;

/// Length of the Ethernet header.
const HEADER: usize = 14;

/// An interface.
pub struct Interface {
    frames: OwnedFd,
    qemus: OwnedFd,
    attached: String,
    /// Its MAC address.
    pub mac: MacAddress,
}

impl Interface {
    /// The MTU.
    pub const MTU: u16 = 1500;

    /// Attaches an interface to the TAP device `attached`, or to QEMU's user network if it begins with
    /// `user`.
    pub fn new(attached: &str, mac: Option<MacAddress>) -> io::Result<Self> {
        let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
        let (frames, qemus) = socketpair(AddressFamily::UNIX, SocketType::DGRAM, flags, None)?;
        for end in [&frames, &qemus] {
            set_socket_send_buffer_size(end, SEND_BUFFER)?;
        }
        fcntl_setfd(&qemus, FdFlags::empty())?;
        let mut random = [2; 6];
        getrandom(&mut random[1..], GetRandomFlags::empty())?;
        Ok(Self {
            frames,
            qemus,
            attached: attached.into(),
            mac: mac.unwrap_or(MacAddress(random)),
        })
    }

    /// Returns QEMU's options for the interface with this handle: two network backends and a hub between
    /// them.
    pub fn options(&self, handle: u64) -> Vec<String> {
        let Self {
            attached, qemus, ..
        } = self;
        let outside = match attached.split_once(',') {
            Some(("user", rest)) => format!("user,id=outside{handle},{rest}"),
            _ => format!("tap,id=outside{handle},ifname={attached},script=no,downscript=no"),
        };
        let inside = format!("socket,id=inside{handle},fd={}", qemus.as_raw_fd());
        let port =
            |end: &str| format!("hubport,id={end}port{handle},hubid={handle},netdev={end}{handle}");
        let ends = [outside, inside, port("outside"), port("inside")];
        ends.into_iter()
            .flat_map(|end| ["-netdev".into(), end])
            .collect()
    }

    /// Returns the descriptor that is readable when a frame has arrived.
    pub fn readable(&self) -> BorrowedFd<'_> {
        self.frames.as_fd()
    }

    /// Receives the next frame, truncated to `length` bytes.
    pub fn read(&self, length: usize) -> io::Result<Option<Vec<u8>>> {
        let mut frame = vec![0; length];
        match recv(&self.frames, &mut frame[..], RecvFlags::empty()) {
            Ok((length, _)) => {
                frame.truncate(length);
                Ok(Some(frame))
            }
            Err(Errno::AGAIN) => Ok(None),
            Err(cause) => Err(cause.into()),
        }
    }

    /// Sends a frame. Returns whether its length is valid.
    pub fn write(&self, frame: &[u8]) -> io::Result<bool> {
        if !(HEADER..=HEADER + usize::from(Self::MTU)).contains(&frame.len()) {
            return Ok(false);
        }
        loop {
            match send(&self.frames, frame, SendFlags::NOSIGNAL) {
                Err(Errno::AGAIN) => {
                    poll(&mut [PollFd::new(&self.frames, PollFlags::OUT)], None)?;
                }
                sent => return Ok(sent.map(|_| true)?),
            }
        }
    }
}
