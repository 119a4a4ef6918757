//! A received packet that may be refused.

use super::v4::Ipv4Packet;
use crate::net::ethernet;

/// A received packet as it was on the link, for the ICMP error that refuses it
/// ([`Ipv4Egress::refuse`](super::Ipv4Egress::refuse)).
#[derive(Debug, Clone, Copy)]
pub struct Original<'a> {
    pub(super) is_unicast: bool,
    pub(super) bytes: &'a [u8],
}

impl<'a> Original<'a> {
    /// Returns the packet of a frame that was [`predicted`](super::Ipv4::predicted).
    pub fn of_predicted(frame: &'a [u8]) -> Option<Self> {
        let packet = Ipv4Packet::parse(frame.get(ethernet::HEADER_LEN..)?).ok()?;
        Some(Self {
            is_unicast: true,
            bytes: packet.bytes,
        })
    }
}
