//! What the tender has attached, as a link of the network.

use super::{manifest::AttachedInterface, readiness::Readable};
use crate::{device::StartError, net::Settings, platform};
use alloc::format;
use mirage_devices::solo5::net::{NetCalls, Solo5Net};

/// The smallest packet that every network with IPv4 carries, in bytes.
const LEAST_MTU: u16 = 68;

/// The link of an interface, whose frames go by the calls that `calls` makes of what is attached.
pub(crate) fn attach<C: NetCalls + Clone>(
    settings: &Settings,
    calls: impl FnOnce(&AttachedInterface) -> C,
) -> Result<Solo5Net<C, Readable>, StartError> {
    let name = settings.attachment;
    let interface = platform::manifest().interface(name);
    let interface = interface
        .ok_or_else(|| StartError::new(format!("the tender has attached no interface `{name}`")))?;
    let carried = interface.mtu;
    let mtu = settings.mtu.unwrap_or(carried);
    if carried < LEAST_MTU || mtu > carried {
        return Err(StartError::new(format!(
            "the interface carries packets of {carried} bytes, and {} are wanted",
            mtu.max(LEAST_MTU)
        )));
    }
    let mac = settings.mac.unwrap_or(interface.mac);
    let readable = Readable::new(interface.handle);
    Ok(Solo5Net::new(calls(&interface), readable, mac, mtu))
}
