//! IPv4 headers (RFC 791).

use super::packet::{Ecn, Protocol};
use crate::net::{checksum::Sum, drops::DropReason};
use core::{net::Ipv4Addr, ops::Range};

/// Length of a header without options, in bytes.
pub const HEADER_LEN: usize = 20;

/// Time to live of what this host sends (RFC 1700).
pub const TTL: u8 = 64;

/// Where the time to live is in a header.
pub const TTL_OFFSET: usize = 8;

/// The flag DF: a packet that is not fragmented, so that its identification may be 0 (RFC 6864).
const DO_NOT_FRAGMENT: u16 = 0x4000;

/// The flag MF: more fragments follow.
const MORE_FRAGMENTS: u16 = 0x2000;

/// A received packet.
#[derive(Debug, Clone, Copy)]
pub struct Ipv4Packet<'a> {
    /// The source.
    pub source: Ipv4Addr,
    /// The destination.
    pub destination: Ipv4Addr,
    /// The number of the transport protocol.
    pub protocol: u8,
    /// The first two bytes, which include the ECN field.
    pub class: &'a [u8; 2],
    /// Header and payload, without what padded the frame.
    pub bytes: &'a [u8],
    /// The transport header and its payload.
    pub payload: &'a [u8],
}

/// Which fragment of which packet a fragment is.
#[derive(Debug, Clone, Copy)]
pub struct Fragmentation {
    /// The identification that the fragments of a packet share.
    pub identification: u16,
    /// Where the payload is in that of the packet, in bytes.
    pub offset: u16,
    /// Whether more fragments follow.
    pub more: bool,
}

impl<'a> Ipv4Packet<'a> {
    /// Parses the payload of a frame. Options are skipped. A TTL of 0 is accepted (RFC 1122, section
    /// 3.2.1.7). The packet may be a [fragment](Self::fragmentation).
    ///
    /// # Errors
    /// Returns [`DropReason::Ipv4Malformed`] if version or lengths are wrong, and
    /// [`DropReason::Ipv4Checksum`] if the header's checksum is.
    #[inline]
    pub fn parse(frame: &'a [u8]) -> Result<Self, DropReason> {
        let header: &'a [u8; HEADER_LEN] = frame.first_chunk().ok_or(DropReason::Ipv4Malformed)?;
        let header_len = header_len(header);
        let total = usize::from(u16::from_be_bytes([header[2], header[3]]));
        if header[0] >> 4 != 4 || header_len < HEADER_LEN || total < header_len {
            return Err(DropReason::Ipv4Malformed);
        }
        let bytes = frame.get(..total).ok_or(DropReason::Ipv4Malformed)?;
        let (header_bytes, payload) = bytes.split_at(header_len);
        let sum = match header_len {
            HEADER_LEN => Sum::from_bytes(header),
            _ => with_options(header_bytes),
        };
        if !sum.is_correct() {
            return Err(DropReason::Ipv4Checksum);
        }
        Ok(Self::new(header, bytes, payload))
    }

    /// Parses a packet that has no options, without what padded its frame: the caller has checked version
    /// and lengths. Returns `None` if the header's checksum is wrong, or the packet is a fragment.
    #[inline(always)]
    pub fn parse_without_options(bytes: &'a [u8]) -> Option<Self> {
        let (header, payload) = bytes.split_first_chunk()?;
        if !Sum::from_bytes(header).is_correct() || fragment_field(header) != 0 {
            return None;
        }
        Some(Self::new(header, bytes, payload))
    }

    #[inline(always)]
    fn new(header: &'a [u8; HEADER_LEN], bytes: &'a [u8], payload: &'a [u8]) -> Self {
        Self {
            source: address(header, 12),
            destination: address(header, 16),
            protocol: header[9],
            class: class(header),
            bytes,
            payload,
        }
    }

    /// Returns which fragment of which packet this is, if it is a fragment.
    #[inline(always)]
    pub fn fragmentation(&self) -> Option<Fragmentation> {
        let header: &'a [u8; HEADER_LEN] = self.bytes.first_chunk()?;
        let field = fragment_field(header);
        (field != 0).then(|| Fragmentation {
            identification: u16::from_be_bytes([header[4], header[5]]),
            offset: (field & !MORE_FRAGMENTS) * 8,
            more: field & MORE_FRAGMENTS != 0,
        })
    }

    /// Parses the packet that an ICMP error is about: perhaps only its header and eight bytes, with a
    /// header checksum that routers have changed. Returns `None` if even these are missing.
    pub fn parse_embedded(bytes: &'a [u8]) -> Option<Self> {
        let header: &'a [u8; HEADER_LEN] = bytes.first_chunk()?;
        let header_len = header_len(header);
        let offset = u16::from_be_bytes([header[6] & 0x1f, header[7]]);
        let payload = bytes.get(header_len..)?;
        if header[0] >> 4 != 4 || header_len < HEADER_LEN || offset != 0 || payload.len() < 8 {
            return None;
        }
        Some(Self {
            source: address(header, 12),
            destination: address(header, 16),
            protocol: header[9],
            class: class(header),
            bytes,
            payload,
        })
    }
}

/// The sum of a header with options, which is rare.
#[cold]
fn with_options(header: &[u8]) -> Sum {
    Sum::from_bytes(header)
}

/// Writes the header of a packet with `payload_len` bytes of payload.
#[inline]
pub fn write_header(
    header: &mut [u8; HEADER_LEN],
    source: Ipv4Addr,
    destination: Ipv4Addr,
    protocol: Protocol,
    ecn: Ecn,
    payload_len: u16,
) {
    let first = 0x4500 | u16::from(ecn as u8);
    let total = HEADER_LEN as u16 + payload_len;
    let ttl_protocol = u16::from_be_bytes([TTL, protocol as u8]);
    let sum = Sum::ZERO
        .add_ipv4(source)
        .add_ipv4(destination)
        .add_u16(first)
        .add_u16(total)
        .add_u16(DO_NOT_FRAGMENT)
        .add_u16(ttl_protocol);
    header[..2].copy_from_slice(&first.to_be_bytes());
    header[2..4].copy_from_slice(&total.to_be_bytes());
    header[4..6].fill(0);
    header[6..8].copy_from_slice(&DO_NOT_FRAGMENT.to_be_bytes());
    header[8..10].copy_from_slice(&ttl_protocol.to_be_bytes());
    header[10..12].copy_from_slice(&sum.checksum().to_be_bytes());
    header[12..16].copy_from_slice(&source.octets());
    header[16..].copy_from_slice(&destination.octets());
}

/// Makes the header of a whole packet that of a fragment, with the `range` of its payload.
pub fn set_fragment(
    header: &mut [u8; HEADER_LEN],
    identification: u16,
    range: &Range<usize>,
    more: bool,
) {
    let total = (HEADER_LEN + range.len()) as u16;
    let more = if more { MORE_FRAGMENTS } else { 0 };
    header[2..4].copy_from_slice(&total.to_be_bytes());
    header[4..6].copy_from_slice(&identification.to_be_bytes());
    header[6..8].copy_from_slice(&(more | (range.start / 8) as u16).to_be_bytes());
    update_checksum(header);
}

/// Makes the header of a first fragment that of the whole `packet`, which was marked with CE on its way if
/// `is_marked`.
pub fn set_whole(packet: &mut [u8], is_marked: bool) {
    // No packet that was reassembled is longer.
    let total = packet.len() as u16;
    let header_len = packet.first_chunk().map_or(0, header_len);
    let Some(header) = packet.get_mut(..header_len.max(HEADER_LEN)) else {
        return;
    };
    if is_marked {
        header[1] |= 3;
    }
    header[2..4].copy_from_slice(&total.to_be_bytes());
    header[6..8].fill(0);
    update_checksum(header);
}

#[cold]
#[inline(never)]
fn update_checksum(header: &mut [u8]) {
    header[10..12].fill(0);
    let checksum = Sum::from_bytes(header).checksum();
    header[10..12].copy_from_slice(&checksum.to_be_bytes());
}

/// Returns the flag MF and the offset in units of eight bytes. The reserved flag is ignored.
#[inline(always)]
fn fragment_field(header: &[u8; HEADER_LEN]) -> u16 {
    u16::from_be_bytes([header[6] & 0x3f, header[7]])
}

#[inline]
fn header_len(header: &[u8; HEADER_LEN]) -> usize {
    usize::from(header[0] & 0x0f) * 4
}

#[inline(always)]
fn class(header: &[u8; HEADER_LEN]) -> &[u8; 2] {
    header.first_chunk().expect("a header has 20 bytes")
}

#[inline]
fn address(header: &[u8; HEADER_LEN], at: usize) -> Ipv4Addr {
    Ipv4Addr::new(header[at], header[at + 1], header[at + 2], header[at + 3])
}
