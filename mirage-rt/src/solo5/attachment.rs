//! What the tender has attached, as a link of the network.

use super::{manifest::AttachedInterface, readiness::Readable};
use crate::{
    device::{StartError, Transmit},
    net::Settings,
    platform,
};
use alloc::format;
use mirage_devices::solo5::net::{NetCalls, Solo5Net};

/// The smallest packet that every network with IPv4 carries, in bytes.
const LEAST_MTU: u16 = 68;

/// An interface that the tender has attached, and the Ethernet address and the largest packet that it
/// has here.
pub(crate) struct Attachment {
    pub(crate) interface: AttachedInterface,
    mac: [u8; 6],
    pub(crate) mtu: u16,
}

impl Attachment {
    /// That of an interface of the unikernel.
    pub(crate) fn of(settings: &Settings) -> Result<Self, StartError> {
        let name = settings.attachment;
        let interface = platform::manifest().interface(name);
        let interface = interface.ok_or_else(|| {
            StartError::new(format!("the tender has attached no interface `{name}`"))
        })?;
        let carried = interface.mtu;
        let mtu = settings.mtu.unwrap_or(carried);
        if carried < LEAST_MTU || mtu > carried {
            return Err(StartError::new(format!(
                "the interface carries packets of {carried} bytes, and {} are wanted",
                mtu.max(LEAST_MTU)
            )));
        }
        let mac = settings.mac.unwrap_or(interface.mac);
        Ok(Self {
            interface,
            mac,
            mtu,
        })
    }

    /// The link that reads by `calls` and writes by `transmitter`.
    pub(crate) fn link<C: NetCalls, T: Transmit>(
        &self,
        calls: C,
        transmitter: T,
    ) -> Solo5Net<C, T, Readable> {
        let readable = Readable::new(self.interface.handle);
        Solo5Net::new(calls, transmitter, readable, self.mac, self.mtu)
    }
}
