//! TAP devices of the host.

use rustix::{
    fs::{Mode, OFlags, open as open_file},
    io,
    ioctl::{IntegerSetter, Opcode, Setter, Updater, ioctl, opcode},
    net::{AddressFamily, SocketType, netdevice, socket},
};
use std::{
    ffi::{c_char, c_int, c_short, c_uint},
    os::fd::{AsFd, OwnedFd},
};

/// The largest IP packet on Ethernet, in bytes.
pub(crate) const DEFAULT_MTU: u16 = 1500;

/// `struct ifreq` of Linux: a name and a value whose type depends on the request.
#[repr(C)]
struct InterfaceRequest {
    name: [c_char; 16],
    value: Value,
    rest: [u8; 20],
}

/// The members of its union that are used here.
#[repr(C)]
#[derive(Clone, Copy)]
union Value {
    flags: c_short,
    mtu: c_int,
}

/// Attaches a descriptor to an interface (linux/if_tun.h).
const TUNSETIFF: Opcode = opcode::write::<c_int>(b'T', 202);
/// Sets the offloads that the descriptor's user supports (linux/if_tun.h).
const TUNSETOFFLOAD: Opcode = opcode::write::<c_uint>(b'T', 208);
/// Reads an interface's flags (linux/sockios.h).
const SIOCGIFFLAGS: Opcode = 0x8913;
/// Reads an interface's MTU (linux/sockios.h).
const SIOCGIFMTU: Opcode = 0x8921;
/// Ethernet frames.
const IFF_TAP: c_short = 0x0002;
/// One of several queues.
const IFF_MULTI_QUEUE: c_short = 0x0100;
/// No packet information before each frame.
const IFF_NO_PI: c_short = 0x1000;
/// The interface is up.
const IFF_UP: c_short = 0x0001;

/// Opens the TAP device `name`, which has to exist and to be up. Returns its MTU as well.
pub(crate) fn open(name: &str) -> Result<(OwnedFd, u16), String> {
    let failed = |cause| format!("the TAP device `{name}`: {cause}");
    let mut request = InterfaceRequest {
        name: [0; 16],
        value: Value { mtu: 0 },
        rest: [0; 20],
    };
    if name.len() >= request.name.len() {
        return Err(format!(
            "the TAP device `{name}`: a name has at most 15 bytes"
        ));
    }
    for (to, from) in request.name.iter_mut().zip(name.bytes()) {
        *to = from as c_char;
    }
    // The host would create a missing device, and a misspelt name would look like success.
    if !exists(name) {
        return Err(format!("there is no TAP device `{name}`"));
    }
    let socket = socket(AddressFamily::INET, SocketType::DGRAM, None).map_err(failed)?;
    let value = get::<SIOCGIFFLAGS>(&socket, &mut request).map_err(failed)?;
    // SAFETY: SIOCGIFFLAGS has written the flags.
    if unsafe { value.flags } & IFF_UP == 0 {
        return Err(format!(
            "the TAP device `{name}` is down; `ip link set dev {name} up` changes that"
        ));
    }
    let value = get::<SIOCGIFMTU>(&socket, &mut request).map_err(failed)?;
    // SAFETY: SIOCGIFMTU has written the MTU.
    let mtu = unsafe { value.mtu };
    let mtu = u16::try_from(mtu).unwrap_or(u16::MAX);
    let flags = OFlags::RDWR | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let device = open_file("/dev/net/tun", flags, Mode::empty());
    let device =
        device.map_err(|cause| format!("the TAP device `{name}`: /dev/net/tun: {cause}"))?;
    let attach = |flags| {
        let value = Value {
            flags: IFF_TAP | IFF_NO_PI | flags,
        };
        let request = InterfaceRequest { value, ..request };
        // SAFETY: TUNSETIFF reads a `struct ifreq`, which `InterfaceRequest` is laid out as.
        unsafe { ioctl(&device, Setter::<TUNSETIFF, InterfaceRequest>::new(request)) }
    };
    // A device with several queues is attached as one, of which this is the only queue then.
    let attached = attach(0).or_else(|cause| match cause {
        io::Errno::INVAL => attach(IFF_MULTI_QUEUE),
        _ => Err(cause),
    });
    attached.map_err(|cause| match cause {
        io::Errno::INVAL => format!("the interface `{name}` is not a TAP device"),
        io::Errno::BUSY => format!("the TAP device `{name}` is used by another program"),
        io::Errno::PERM => format!("the TAP device `{name}` belongs to another user"),
        _ => failed(cause),
    })?;
    // A guest expects frames as on a wire: none larger than the MTU, and every checksum filled in.
    // SAFETY: TUNSETOFFLOAD takes an integer.
    unsafe { ioctl(&device, IntegerSetter::<TUNSETOFFLOAD>::new_usize(0)) }.map_err(failed)?;
    Ok((device, mtu))
}

/// Whether the TAP device `name` was created with several queues.
pub fn has_queues(name: &str) -> bool {
    let flags = std::fs::read_to_string(format!("/sys/class/net/{name}/tun_flags"));
    let flags = flags.unwrap_or_default();
    let flags = c_int::from_str_radix(flags.trim().trim_start_matches("0x"), 16);
    flags.is_ok_and(|flags| flags & c_int::from(IFF_MULTI_QUEUE) != 0)
}

/// Whether the host has an interface of this name.
pub fn exists(name: &str) -> bool {
    let socket = socket(AddressFamily::INET, SocketType::DGRAM, None);
    socket.is_ok_and(|socket| netdevice::name_to_index(socket, name).is_ok())
}

/// Reads the value that `OPCODE` asks for.
fn get<const OPCODE: Opcode>(
    socket: impl AsFd,
    request: &mut InterfaceRequest,
) -> io::Result<Value> {
    // SAFETY: these requests read and write a `struct ifreq`, which `InterfaceRequest` is laid
    // out as.
    unsafe { ioctl(socket, Updater::<OPCODE, InterfaceRequest>::new(request)) }?;
    Ok(request.value)
}
