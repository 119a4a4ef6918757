//! A network interface that the tender has attached.

use super::{
    guest,
    manifest::AttachedInterface,
    readiness::{Readable, readable},
};
use crate::{
    device::{StartError, Transmit},
    net::{MacAddress, interface::InterfaceConfig},
};
use alloc::format;
use mirage_devices::{
    net::ethernet::MIN_IPV4_MTU,
    solo5::net::{NetCalls, Solo5Net},
};

/// An attached interface with its configuration applied.
pub(crate) struct Interface {
    pub(crate) attached: AttachedInterface,
    mac: MacAddress,
    pub(crate) mtu: u16,
}

impl Interface {
    /// Finds the attached interface with the configured name.
    ///
    /// # Errors
    /// Returns an error if there is none, or if its MTU is smaller than the configured one.
    pub(crate) fn attach(interface: &InterfaceConfig) -> Result<Self, StartError> {
        let name = interface.solo5_name;
        let attached = guest::manifest().interface(name);
        let attached = attached.ok_or_else(|| {
            StartError::new(format!("the tender has attached no interface `{name}`"))
        })?;
        let carried = attached.mtu;
        let mtu = interface.mtu.unwrap_or(carried);
        if carried < MIN_IPV4_MTU || mtu > carried {
            return Err(StartError::new(format!(
                "the interface carries packets of {carried} bytes, and {} are wanted",
                mtu.max(MIN_IPV4_MTU)
            )));
        }
        let mac = interface.mac.unwrap_or(attached.mac);
        Ok(Self { attached, mac, mtu })
    }

    /// Makes a link that reads with `calls` and writes with `transmitter`.
    pub(crate) fn link<C: NetCalls, T: Transmit>(
        &self,
        calls: C,
        transmitter: T,
    ) -> Solo5Net<C, T, Readable> {
        let readable = readable(self.attached.handle);
        Solo5Net::new(calls, transmitter, readable, self.mac.0, self.mtu)
    }
}
