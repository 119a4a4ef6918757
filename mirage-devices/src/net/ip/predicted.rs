//! The frames that are expected: to this host alone, with a segment or datagram that is correct, in an
//! IPv4 packet without options.
//!
//! Nearly all frames are like that, and they are parsed in one pass. All others, among them those that are
//! dropped, are parsed step by step by `input.rs`, which comes to the same result for these, too.

use super::{
    input::{to_packet, verified_datagram, verify_segment},
    ipv4::Ipv4,
    packet::Packet,
    v4::{self, Ipv4Packet},
};
use crate::net::{ethernet, offload::ReceiveInfo};

/// Length of the headers of Ethernet and IPv4, and of the shortest transport header, in bytes.
const HEADERS_LEN: usize = ethernet::HEADER_LEN + v4::HEADER_LEN + 8;

/// The bytes 12 to 14 of the frame in little-endian order: the EtherType of IPv4, its version and the
/// length of a header without options.
const WITHOUT_OPTIONS: u32 = 0x45_0008;

/// What a frame contains that is expected.
#[derive(Debug)]
pub enum Predicted<'a> {
    /// A segment.
    Tcp(Packet<'a>),
    /// A datagram.
    Udp(Packet<'a>),
}

impl Ipv4 {
    /// Returns what a received frame contains, from its Ethernet header on. Returns `None` if it is not
    /// one that is expected; then [`input`](Self::input) processes it.
    #[inline(always)]
    pub fn predicted<'a>(&self, frame: &'a [u8], info: ReceiveInfo) -> Option<Predicted<'a>> {
        let headers: &[u8; HEADERS_LEN] = frame.first_chunk()?;
        let kind = u32::from_le_bytes([headers[12], headers[13], headers[14], headers[15]]);
        let is_expected =
            headers[..6] == self.mac && headers[6] & 1 == 0 && kind & 0xff_ffff == WITHOUT_OPTIONS;
        if !is_expected {
            return None;
        }
        let total = usize::from(u16::from_be_bytes([headers[16], headers[17]]));
        let bytes = frame.get(ethernet::HEADER_LEN..ethernet::HEADER_LEN + total)?;
        let packet = Ipv4Packet::parse_without_options(bytes)?;
        if !self.addresses.expects(packet.source, packet.destination) {
            return None;
        }
        match packet.protocol {
            6 => {
                verify_segment(&packet, info).ok()?;
                Some(Predicted::Tcp(to_packet(&packet, packet.payload)))
            }
            17 => {
                let datagram = verified_datagram(&packet, info).ok()?;
                Some(Predicted::Udp(to_packet(&packet, datagram)))
            }
            _ => None,
        }
    }
}
