//! TAP devices of the host.

use crate::device::StartError;
use alloc::string::ToString;
use core::ffi::{c_char, c_short};
use mirage_graph::number::MTU;
use rustix::{
    fs::{Mode, OFlags},
    io::Errno,
    ioctl::{Opcode, Setter, Updater, ioctl, opcode},
    net::{AddressFamily, SocketType, netdevice, socket},
};
use std::os::fd::OwnedFd;

/// `struct ifreq` of Linux, 40 bytes in all: a name, and data that depends on the request.
#[repr(C)]
struct InterfaceRequest {
    name: [c_char; 16],
    data: [u8; 24],
}

impl InterfaceRequest {
    /// A request for the interface `name`, of at most 15 bytes.
    fn new(name: &str) -> Self {
        let mut request = Self {
            name: [0; 16],
            data: [0; 24],
        };
        for (to, from) in request.name.iter_mut().zip(name.bytes()) {
            *to = from as c_char;
        }
        request
    }
}

/// Attaches the descriptor to an interface (linux/if_tun.h).
const TUNSETIFF: Opcode = opcode::write::<core::ffi::c_int>(b'T', 202);
/// Ethernet frames.
const IFF_TAP: c_short = 0x0002;
/// One of several queues.
const IFF_MULTI_QUEUE: c_short = 0x0100;
/// No packet information before each frame.
const IFF_NO_PI: c_short = 0x1000;
/// Returns the MTU of an interface (linux/sockios.h).
const SIOCGIFMTU: Opcode = 0x8921;

/// Opens the device `name`, and returns it with its MTU: that of the interface, or `mtu` if that is smaller.
pub(super) fn open(name: &str, mtu: Option<u16>) -> Result<(OwnedFd, usize), StartError> {
    let failed = |cause: &dyn ToString| {
        StartError::new(alloc::format!("TAP device `{name}`: {}", cause.to_string()))
    };
    if name.len() > 15 {
        return Err(failed(&"the name has more than 15 bytes"));
    }
    // The host would create a missing device, which would hide a misspelt name.
    if !is_there(name) {
        return Err(failed(&alloc::format!(
            "there is none; `ip tuntap add dev {name} mode tap user $USER` makes it"
        )));
    }
    let flags = OFlags::RDWR | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let device = rustix::fs::open("/dev/net/tun", flags, Mode::empty());
    let device = device.map_err(|error| failed(&alloc::format!("/dev/net/tun: {error}")))?;
    let attach = |more: c_short| {
        let mut request = InterfaceRequest::new(name);
        let flags = (IFF_TAP | IFF_NO_PI | more).to_ne_bytes();
        request.data[..flags.len()].copy_from_slice(&flags);
        // SAFETY: TUNSETIFF reads a `struct ifreq`, which `InterfaceRequest` is laid out as.
        unsafe { ioctl(&device, Setter::<TUNSETIFF, InterfaceRequest>::new(request)) }
    };
    // A device with several queues is attached as one, of which this is the only queue then.
    let attached = attach(0).or_else(|error| match error {
        Errno::INVAL => attach(IFF_MULTI_QUEUE),
        _ => Err(error),
    });
    attached.map_err(|error| match error {
        Errno::INVAL => failed(&"it is no TAP device"),
        Errno::BUSY => failed(&"another program uses it"),
        Errno::PERM => failed(&"it belongs to another user"),
        _ => failed(&error),
    })?;
    let device_mtu = device_mtu(name).map_err(|error| failed(&error))?;
    let mtu = mtu.map_or(device_mtu, |mtu| device_mtu.min(mtu.into()));
    let mtu = mtu.min(MTU.max.into());
    if mtu < usize::from(MTU.min) {
        let cause = alloc::format!("its MTU is {mtu}; the minimum is {}", MTU.min);
        return Err(failed(&cause));
    }
    Ok((device, mtu))
}

/// Whether the host has an interface of this name.
fn is_there(name: &str) -> bool {
    let socket = socket(AddressFamily::INET, SocketType::DGRAM, None);
    socket.is_ok_and(|socket| netdevice::name_to_index(socket, name).is_ok())
}

/// The MTU of an interface.
fn device_mtu(name: &str) -> Result<usize, Errno> {
    let socket = socket(AddressFamily::INET, SocketType::DGRAM, None)?;
    let mut request = InterfaceRequest::new(name);
    // SAFETY: SIOCGIFMTU reads and writes a `struct ifreq`, which `InterfaceRequest` is laid out as.
    unsafe {
        ioctl(
            &socket,
            Updater::<SIOCGIFMTU, InterfaceRequest>::new(&mut request),
        )
    }?;
    let [a, b, c, d, ..] = request.data;
    usize::try_from(i32::from_ne_bytes([a, b, c, d])).map_err(|_| Errno::RANGE)
}
