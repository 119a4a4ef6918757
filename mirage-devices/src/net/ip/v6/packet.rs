//! IPv6 headers (RFC 8200, section 3).

use crate::net::{
    drops::DropReason,
    ip::packet::{Ecn, Protocol},
};
use core::net::Ipv6Addr;

/// Length of a header in bytes.
pub(in crate::net::ip) const HEADER_LEN: usize = 40;

/// Hop limit of what this host sends (RFC 1700).
pub(super) const HOP_LIMIT: u8 = 64;

/// The numbers of protocols and of extension headers in a header.
pub(super) const ICMPV6: u8 = 58;
pub(super) const NO_NEXT_HEADER: u8 = 59;

/// A received packet.
#[derive(Debug, Clone, Copy)]
pub struct Ipv6Packet<'a> {
    /// The source.
    pub source: Ipv6Addr,
    /// The destination.
    pub destination: Ipv6Addr,
    /// What follows the header: a transport protocol or an extension header.
    pub next_header: u8,
    /// How many more routers may forward it.
    pub hop_limit: u8,
    /// The ECN field.
    pub class: &'a [u8; 2],
    /// Header and payload, without what padded the frame.
    pub bytes: &'a [u8],
    /// What follows the header.
    pub payload: &'a [u8],
}

impl<'a> Ipv6Packet<'a> {
    /// Parses the payload of a frame.
    ///
    /// # Errors
    /// Returns [`DropReason::Ipv6Malformed`] if version or length are wrong.
    #[inline]
    pub fn parse(frame: &'a [u8]) -> Result<Self, DropReason> {
        let malformed = DropReason::Ipv6Malformed;
        let header = frame.first_chunk().ok_or(malformed)?;
        let length = usize::from(u16::from_be_bytes([header[4], header[5]]));
        let bytes = frame.get(..HEADER_LEN + length).ok_or(malformed)?;
        if header[0] >> 4 != 6 {
            return Err(malformed);
        }
        Ok(Self::new(header, bytes))
    }

    /// Parses the packet that an ICMP error is about, of which the end may be missing.
    pub fn parse_embedded(bytes: &'a [u8]) -> Option<Self> {
        let header = bytes.first_chunk()?;
        (header[0] >> 4 == 6).then(|| Self::new(header, bytes))
    }

    #[inline(always)]
    fn new(header: &'a [u8; HEADER_LEN], bytes: &'a [u8]) -> Self {
        let [_, _, _, _, _, _, next_header, hop_limit, ..] = *header;
        Self {
            source: address(header, 8),
            destination: address(header, 24),
            next_header,
            hop_limit,
            class: header.first_chunk().unwrap_or(&[0; 2]),
            bytes,
            payload: &bytes[HEADER_LEN..],
        }
    }
}

/// Writes the header of a packet with `payload_len` bytes of payload.
#[inline]
pub(super) fn write_header(
    header: &mut [u8; HEADER_LEN],
    source: Ipv6Addr,
    destination: Ipv6Addr,
    (protocol, hop_limit): (Protocol, u8),
    ecn: Ecn,
    payload_len: u16,
) {
    let [high, low] = payload_len.to_be_bytes();
    let ecn = (ecn as u8) << 4;
    let protocol = protocol_number(protocol);
    header[..8].copy_from_slice(&[0x60, ecn, 0, 0, high, low, protocol, hop_limit]);
    header[8..24].copy_from_slice(&source.octets());
    header[24..].copy_from_slice(&destination.octets());
}

/// The number of a protocol over IPv6.
#[inline]
pub(super) const fn protocol_number(protocol: Protocol) -> u8 {
    match protocol {
        Protocol::Icmp => ICMPV6,
        protocol => protocol as u8,
    }
}

#[inline]
fn address(header: &[u8; HEADER_LEN], at: usize) -> Ipv6Addr {
    let mut octets = [0; 16];
    octets.copy_from_slice(&header[at..at + 16]);
    Ipv6Addr::from_octets(octets)
}
