//! What the transport protocols and the IP layer hand each other.
//!
//! Neither TCP nor UDP knows an address family: an [`Address`] is the same 16 bytes for both, and the
//! IP layer verifies and computes all checksums, because only it knows the pseudo-header and what the
//! link does itself.

use core::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

/// Length of a UDP header in bytes.
pub(in crate::net) const UDP_HEADER_LEN: usize = 8;

/// The longest datagram in bytes, without its header: that of the longest IPv6 packet.
pub(in crate::net) const MAX_DATAGRAM_LEN: usize = 65_535 - UDP_HEADER_LEN;

/// An IP address of either family: IPv6, or IPv4 mapped into IPv6 (RFC 4291, section 2.5.5.2).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Address([u8; 16]);

/// The bytes 8 to 12 of a mapped IPv4 address, in little-endian order. Those before are 0.
const MAPPED: u32 = 0xffff_0000;

impl Address {
    /// The unspecified address of IPv6, `::`.
    pub const UNSPECIFIED: Self = Self([0; 16]);

    /// The IPv4 address, if it is one.
    #[inline]
    pub const fn as_ipv4(&self) -> Option<Ipv4Addr> {
        let bits = u128::from_le_bytes(self.0);
        if bits as u64 == 0 && (bits >> 64) as u32 == MAPPED {
            Some(Ipv4Addr::from_octets(((bits >> 96) as u32).to_le_bytes()))
        } else {
            None
        }
    }

    /// The 16 bytes, in network order.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// The address as the standard library has it.
    pub const fn to_ip(self) -> IpAddr {
        match self.as_ipv4() {
            Some(address) => IpAddr::V4(address),
            None => IpAddr::V6(Ipv6Addr::from_octets(self.0)),
        }
    }
}

/// Returns the length of the header of packets to `address`, without options, in bytes.
#[inline]
pub(in crate::net) const fn ip_header_len(address: Address) -> u16 {
    match address.as_ipv4() {
        Some(_) => 20,
        None => 40,
    }
}

/// Returns the length of the longest datagram to `address` without its header, in bytes. The length of an IPv6
/// packet does not include that of its header.
pub(in crate::net) const fn max_datagram_len(address: Address) -> usize {
    match address.as_ipv4() {
        Some(_) => MAX_DATAGRAM_LEN - 20,
        None => MAX_DATAGRAM_LEN,
    }
}

impl From<Ipv4Addr> for Address {
    #[inline]
    fn from(address: Ipv4Addr) -> Self {
        // As two numbers as they lie in memory, so that it is neither copied byte by byte nor swapped.
        let bits = u64::from(u32::from_le_bytes(address.octets())) << 32 | u64::from(MAPPED);
        Self((u128::from(bits) << 64).to_le_bytes())
    }
}

impl From<Ipv6Addr> for Address {
    fn from(address: Ipv6Addr) -> Self {
        Self(address.octets())
    }
}

impl From<IpAddr> for Address {
    fn from(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(address) => address.into(),
            IpAddr::V6(address) => address.into(),
        }
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.to_ip(), f)
    }
}

/// The ECN field of an IP header (RFC 3168, section 5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[repr(u8)]
pub enum Ecn {
    /// Not-ECT: the transport does not support ECN.
    #[default]
    NotCapable = 0,
    /// ECT(1).
    Capable1 = 1,
    /// ECT(0).
    Capable0 = 2,
    /// CE: congestion was experienced on the path.
    CongestionExperienced = 3,
}

impl Ecn {
    /// Returns the field of an IP header that begins with `class`.
    pub const fn from_class(class: &[u8; 2]) -> Self {
        // The traffic class of IPv6 begins in the middle of a byte.
        let bits = if class[0] >> 4 == 6 {
            class[1] >> 4
        } else {
            class[1]
        };
        match bits & 3 {
            0 => Self::NotCapable,
            1 => Self::Capable1,
            2 => Self::Capable0,
            _ => Self::CongestionExperienced,
        }
    }

    /// Returns the first two bytes of an IPv4 header with this field.
    #[cfg(test)]
    pub const fn class(self) -> &'static [u8; 2] {
        match self {
            Self::NotCapable => &[0x45, 0],
            Self::Capable1 => &[0x45, 1],
            Self::Capable0 => &[0x45, 2],
            Self::CongestionExperienced => &[0x45, 3],
        }
    }
}

/// A transport protocol, with its number in the IP header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Protocol {
    /// ICMP (RFC 792), or ICMPv6 (RFC 4443), whose number is another.
    Icmp = 1,
    /// TCP (RFC 9293).
    Tcp = 6,
    /// UDP (RFC 768).
    Udp = 17,
}

/// A received packet, as the IP layer hands it to a transport protocol. Its checksums are correct.
#[derive(Debug, Clone, Copy)]
pub struct Packet<'a> {
    /// The destination: an address of this host, a broadcast address, or a group.
    pub local: Address,
    /// The source.
    pub remote: Address,
    /// The first two bytes of the IP header: the version, and the traffic class with the ECN field. It is a
    /// reference, so that the field takes no register while a segment is processed that needs it only if it
    /// turns out to be an unusual one.
    pub class: &'a [u8; 2],
    /// The header of the transport protocol and its payload.
    pub payload: &'a [u8],
}

impl Packet<'_> {
    /// Returns the ECN field.
    pub const fn ecn(&self) -> Ecn {
        Ecn::from_class(self.class)
    }

    /// Returns whether congestion was experienced on the path.
    #[inline(always)]
    pub const fn is_marked(&self) -> bool {
        // The field is at bit 0 of this byte, or at bit 4 with IPv6: most packets have neither set.
        let byte = self.class[1];
        byte & byte >> 1 & 0x11 != 0 && matches!(self.ecn(), Ecn::CongestionExperienced)
    }
}

/// The header of a packet to send.
#[derive(Debug, Clone, Copy)]
pub struct PacketHeader {
    /// The source: an address of this host.
    pub local: Address,
    /// The destination.
    pub remote: Address,
    /// The transport protocol, by which the IP layer finds the checksum field.
    pub protocol: Protocol,
    /// The ECN field.
    pub ecn: Ecn,
}

/// Where the IP layer found the next hop of a destination last time. A hint: a wrong one costs a
/// lookup.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct NextHopHint {
    index: u16,
    in_doubt: bool,
}

impl NextHopHint {
    /// The neighbour was found at `index`. It is in doubt if it has not been confirmed for long.
    pub(in crate::net) const fn new(index: u16, in_doubt: bool) -> Self {
        Self { index, in_doubt }
    }

    /// Where the neighbour was found.
    #[inline]
    pub(in crate::net) const fn index(self) -> u16 {
        self.index
    }

    /// Returns whether [`Egress::confirm`](super::Egress::confirm) has an effect.
    #[inline]
    pub const fn is_in_doubt(self) -> bool {
        self.in_doubt
    }
}

/// Why a packet was not sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TransmitError {
    /// The link has no room for a frame now.
    NoRoom,
    /// There is no route to the destination, or no local address.
    Unreachable,
    /// The packet is longer than the link carries.
    TooLong,
}
