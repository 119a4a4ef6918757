//! The devices that an image declares, each at what the command line names.

use super::{
    attached::{Attached, Properties},
    command_line::{Link, Setting},
    disk,
    image::{Device, DeviceKind},
    tap,
};
use crate::failure::{Context, Failure, Result};
use mirage_graph::mac_address::MacAddress;
use rustix::{
    fs::{OFlags, fcntl_getfl, fcntl_setfl},
    io,
    rand::{GetRandomFlags, getrandom},
};
use std::os::fd::{FromRawFd, OwnedFd, RawFd};

/// Attaches each of `devices` as `settings` say.
///
/// # Errors
/// A device is not attached, or what is attached is not declared, or cannot be opened.
pub fn attach(devices: &[Device<'_>], settings: &[(String, Setting)]) -> Result<Vec<Attached>> {
    for (index, (name, setting)) in settings.iter().enumerate() {
        let kind = match setting {
            Setting::Net(_) | Setting::Mac(_) => DeviceKind::Net,
            Setting::Block(_) | Setting::SectorSize(_) => DeviceKind::Block,
        };
        let declared = |device: &Device<'_>| device.name == name && device.kind == kind;
        if !devices.iter().any(declared) {
            let kind = kind.name();
            let names = devices.iter().map(|device| device.name);
            let declared = match names.collect::<Vec<_>>().join(", ") {
                names if names.is_empty() => "no devices".into(),
                names => names,
            };
            return Err(Failure::new(format_args!(
                "the image declares no {kind} `{name}`: it declares {declared}"
            )));
        }
        let same = |(other, earlier): &(String, Setting)| {
            other == name && std::mem::discriminant(earlier) == std::mem::discriminant(setting)
        };
        if settings[..index].iter().any(same) {
            return Err(Failure::new(format_args!("`{name}` is attached twice")));
        }
    }
    devices.iter().map(|device| one(device, settings)).collect()
}

fn one(device: &Device<'_>, settings: &[(String, Setting)]) -> Result<Attached> {
    let Device { name, kind } = device;
    let (mut link, mut mac, mut path, mut sector_size) = (None, None, None, None);
    for (_, setting) in settings.iter().filter(|(other, _)| other == name) {
        match setting {
            Setting::Net(value) => link = Some(value),
            Setting::Mac(value) => mac = Some(*value),
            Setting::Block(value) => path = Some(value),
            Setting::SectorSize(value) => sector_size = Some(*value),
        }
    }
    let attached = match (kind, link, path) {
        (DeviceKind::Net, Some(link), _) => net(link, mac),
        (DeviceKind::Block, _, Some(path)) => disk::open(path, sector_size),
        _ => {
            let option = match kind {
                DeviceKind::Net => format!("--net:{name}=IFACE"),
                DeviceKind::Block => format!("--block:{name}=PATH"),
            };
            let kind = kind.name();
            return Err(Failure::new(format_args!(
                "the image declares the {kind} `{name}`: `{option}` has to say what is attached to it"
            )));
        }
    };
    attached.context(format_args!("`{name}`"))
}

fn net(link: &Link, mac: Option<MacAddress>) -> Result<Attached, String> {
    let (descriptor, mtu) = match link {
        Link::Tap(name) => tap::open(name)?,
        Link::Descriptor(number) => {
            let failed = |cause| format!("the descriptor {number}: {cause}");
            (inherited(*number).map_err(failed)?, tap::DEFAULT_MTU)
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

/// A copy of the descriptor `number`, which whoever started the tender has left open for it.
fn inherited(number: RawFd) -> io::Result<OwnedFd> {
    // SAFETY: the call takes any number.
    let copy = unsafe { libc::fcntl(number, libc::F_DUPFD_CLOEXEC, 0) };
    if copy < 0 {
        return Err(io::Errno::BADF);
    }
    // SAFETY: the copy was made here, and nobody else knows of it.
    let copy = unsafe { OwnedFd::from_raw_fd(copy) };
    fcntl_setfl(&copy, fcntl_getfl(&copy)? | OFlags::NONBLOCK)?;
    Ok(copy)
}

/// A random address of no manufacturer, for one device (IEEE 802).
fn random_mac() -> io::Result<MacAddress> {
    let mut mac = [0; 6];
    getrandom(&mut mac, GetRandomFlags::empty())?;
    Ok(MacAddress::locally_administered(mac))
}
