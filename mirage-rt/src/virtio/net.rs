//! The link of the network: a virtio network device.

use super::devices::{self, AnyTransport, Match};
use super::interrupts::Line;
use super::mac_address;
use crate::{
    device::StartError,
    net::{MacAddress, interface::InterfaceConfig},
};
use mirage_devices::virtio::{
    VIRTIO_ID_NET,
    net::{NetOptions, VirtioNet, mac_address},
};

pub(crate) use crate::freestanding::net::{Stack, TcpListener, TcpStream, UdpSocket, start};

/// A network device.
pub(crate) type Link = VirtioNet<AnyTransport, Line>;

/// Attaches the device of an interface.
pub(crate) fn attach(interface: &InterfaceConfig) -> Result<Link, StartError> {
    let &InterfaceConfig {
        address,
        mac,
        mtu,
        index,
        mac_addresses,
        ..
    } = interface;
    let own = mac_addresses.get(index).copied();
    let device = devices::take(VIRTIO_ID_NET, |device| {
        if mac_addresses.is_empty() {
            return Match::Exact;
        }
        match mac_address(device).map(MacAddress) {
            Some(address) if own == Some(address) => Match::Exact,
            Some(address) if mac_addresses.contains(&address) => Match::No,
            _ => Match::Fallback,
        }
    });
    let Some((device, line)) = device? else {
        return Err(StartError::new("no virtio network device was found"));
    };
    let derived = address.map(|address| mac_address::of_ipv4(address.address));
    let options = NetOptions {
        mac: mac.map(|mac| mac.0),
        fallback_mac: own.map(|own| own.0).or(derived),
        mtu,
    };
    Ok(VirtioNet::new(device, line, options)?)
}
