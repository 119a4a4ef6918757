//! Ethernet frames: sizes, types and the header.

/// A MAC address.
pub type MacAddress = [u8; 6];

/// Length of an Ethernet II header in bytes: destination, source, type.
pub const HEADER_LEN: usize = 14;

/// MTU of ordinary Ethernet in bytes (RFC 894).
pub const DEFAULT_MTU: u16 = 1500;

/// Smallest MTU that IPv4 allows, in bytes (RFC 791, section 3.2).
pub const MIN_IPV4_MTU: u16 = 68;

/// The EtherType of IPv4.
pub(super) const IPV4: u16 = 0x0800;

/// Smallest MTU that IPv6 allows, in bytes (RFC 8200, section 5).
pub const MIN_IPV6_MTU: u16 = 1280;

/// The EtherType of IPv6.
pub(super) const IPV6: u16 = 0x86dd;

/// The EtherType of ARP.
pub(super) const ARP: u16 = 0x0806;

/// The EtherType of a tag (IEEE 802.1Q).
pub(super) const VLAN: u16 = 0x8100;

/// The EtherType of a service provider's tag (IEEE 802.1ad).
pub(super) const SERVICE_VLAN: u16 = 0x88a8;

/// Writes the header of a frame.
#[inline]
pub(super) fn write_header(
    header: &mut [u8; HEADER_LEN],
    destination: MacAddress,
    source: MacAddress,
    ether_type: u16,
) {
    header[..6].copy_from_slice(&destination);
    header[6..12].copy_from_slice(&source);
    header[12..].copy_from_slice(&ether_type.to_be_bytes());
}
