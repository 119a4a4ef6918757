//! Attaches the devices that an image declares.

use crate::{
    attached::Attached,
    disk,
    error::Error,
    options::{DeviceOption, HostInterface},
    tap,
};
use mirage_graph::mac_address::MacAddress;
use mirage_solo5::manifest::{Device, DeviceKind, Properties};
use rustix::{
    fs::{OFlags, fcntl_getfl, fcntl_setfl},
    io,
    rand::{GetRandomFlags, getrandom},
};
use std::{
    mem::discriminant,
    os::fd::{FromRawFd, OwnedFd, RawFd},
};

/// Attaches each of `devices` according to `options`.
///
/// # Errors
/// An option names a device that is not declared, or one is not attached or cannot be opened.
pub fn attach(
    devices: &[Device<'_>],
    options: &[(String, DeviceOption)],
) -> Result<Vec<Attached>, Error> {
    for (index, (name, option)) in options.iter().enumerate() {
        let kind = match option {
            DeviceOption::Net(_) | DeviceOption::Mac(_) => DeviceKind::NetBasic,
            DeviceOption::Block(_) | DeviceOption::SectorSize(_) => DeviceKind::BlockBasic,
        };
        let declared = |device: &Device<'_>| device.name() == name && device.kind() == kind;
        if !devices.iter().any(declared) {
            let kind = kind_name(kind);
            let names = devices.iter().map(|device| device.name());
            let declared = match names.collect::<Vec<_>>().join(", ") {
                names if names.is_empty() => "no devices".into(),
                names => names,
            };
            return Err(Error::Device(format!(
                "the image declares no {kind} `{name}`: it declares {declared}"
            )));
        }
        let same = |(other, earlier): &(String, DeviceOption)| {
            other == name && discriminant(earlier) == discriminant(option)
        };
        if options[..index].iter().any(same) {
            return Err(Error::Device(format!("`{name}` is attached twice")));
        }
    }
    devices
        .iter()
        .map(|device| attach_one(device, options))
        .collect()
}

fn attach_one(device: &Device<'_>, options: &[(String, DeviceOption)]) -> Result<Attached, Error> {
    let name = device.name();
    let (mut interface, mut mac, mut path, mut sector_size) = (None, None, None, None);
    for (_, option) in options.iter().filter(|(other, _)| other == name) {
        match option {
            DeviceOption::Net(value) => interface = Some(value),
            DeviceOption::Mac(value) => mac = Some(*value),
            DeviceOption::Block(value) => path = Some(value),
            DeviceOption::SectorSize(value) => sector_size = Some(*value),
        }
    }
    let attached = match (device, interface, path) {
        (Device::NetBasic(_), Some(interface), _) => open_net(interface, mac),
        (Device::BlockBasic(_), _, Some(path)) => disk::open(path, sector_size),
        _ => {
            let option = match device {
                Device::NetBasic(_) => format!("--net:{name}=IFACE"),
                Device::BlockBasic(_) => format!("--block:{name}=PATH"),
            };
            let kind = kind_name(device.kind());
            return Err(Error::Device(format!(
                "the image declares the {kind} `{name}`: attach it with `{option}`"
            )));
        }
    };
    attached.map_err(|cause| Error::Device(format!("`{name}`: {cause}")))
}

fn open_net(interface: &HostInterface, mac: Option<MacAddress>) -> Result<Attached, String> {
    let (descriptor, mtu) = match interface {
        HostInterface::Tap(name) => tap::open(name)?,
        HostInterface::Descriptor(number) => {
            let failed = |cause| format!("the descriptor {number}: {cause}");
            (duplicate(*number).map_err(failed)?, tap::DEFAULT_MTU)
        }
    };
    let mac = match mac {
        Some(mac) => mac,
        None => random_mac().map_err(|cause| cause.to_string())?,
    };
    let properties = Properties::Net { mac, mtu };
    Ok(Attached {
        descriptor,
        properties,
    })
}

/// Returns the kind's name in messages.
const fn kind_name(kind: DeviceKind) -> &'static str {
    match kind {
        DeviceKind::BlockBasic => "block device",
        DeviceKind::NetBasic => "network interface",
    }
}

/// Duplicates the inherited descriptor `number`.
fn duplicate(number: RawFd) -> io::Result<OwnedFd> {
    // SAFETY: the call takes any number.
    let copy = unsafe { libc::fcntl(number, libc::F_DUPFD_CLOEXEC, 0) };
    if copy < 0 {
        return Err(io::Errno::BADF);
    }
    // SAFETY: the copy was made here, and nothing else owns it.
    let copy = unsafe { OwnedFd::from_raw_fd(copy) };
    fcntl_setfl(&copy, fcntl_getfl(&copy)? | OFlags::NONBLOCK)?;
    Ok(copy)
}

/// Returns a random unicast address that is locally administered (IEEE 802).
fn random_mac() -> io::Result<MacAddress> {
    let mut mac = [0; 6];
    getrandom(&mut mac, GetRandomFlags::empty())?;
    mac[0] = mac[0] & 0xfc | 0x02;
    Ok(MacAddress(mac))
}
