//! TAP devices.

use rustix::{
    fs::{Mode, OFlags, open},
    io,
    ioctl::{Opcode, Setter, ioctl, opcode},
};
use std::os::fd::OwnedFd;

/// `struct ifreq` of Linux, as TUNSETIFF reads it: a name and flags, 40 bytes in all.
#[repr(C)]
struct InterfaceRequest {
    name: [u8; 16],
    flags: u16,
    rest: [u8; 22],
}

/// Attaches a descriptor to an interface (linux/if_tun.h).
const TUNSETIFF: Opcode = opcode::write::<i32>(b'T', 202);
/// Ethernet frames.
const IFF_TAP: u16 = 0x0002;
/// No packet information before each frame.
const IFF_NO_PI: u16 = 0x1000;

/// Creates the device `name` in the network namespace of this thread. It ends with the descriptor.
///
/// # Errors
/// Fails if the user lacks the permission.
pub fn create(name: &str) -> io::Result<OwnedFd> {
    let flags = OFlags::RDWR | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let device = open("/dev/net/tun", flags, Mode::empty())?;
    let mut request = InterfaceRequest {
        name: [0; 16],
        flags: IFF_TAP | IFF_NO_PI,
        rest: [0; 22],
    };
    request.name[..name.len()].copy_from_slice(name.as_bytes());
    // SAFETY: TUNSETIFF reads a `struct ifreq`, which `InterfaceRequest` is laid out as.
    unsafe { ioctl(&device, Setter::<TUNSETIFF, InterfaceRequest>::new(request)) }?;
    Ok(device)
}
