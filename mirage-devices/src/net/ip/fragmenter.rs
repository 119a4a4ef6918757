//! What waits of a packet that is sent in fragments.

use super::{identification::Identifications, template::HEADERS_LEN, v4};
use crate::random::Random;
use alloc::vec::Vec;
use core::net::Ipv4Addr;

/// A packet of which fragments wait to be sent.
#[derive(Debug)]
pub(super) struct Outgoing {
    pub(super) local: Ipv4Addr,
    pub(super) remote: Ipv4Addr,
    pub(super) identification: u16,
    /// The whole packet, with its header.
    pub(super) packet: Vec<u8>,
    /// How many bytes of its payload were sent.
    pub(super) sent: usize,
}

impl Outgoing {
    /// Returns the length of the frame with the next fragment if a packet has up to `mtu` bytes, or `None` if all
    /// were sent.
    pub(super) fn next_len(&self, mtu: usize) -> Option<usize> {
        let left = self.packet.len() - v4::HEADER_LEN - self.sent;
        // All but the last have a multiple of eight bytes.
        let longest = (mtu - v4::HEADER_LEN) & !7;
        (left > 0).then(|| HEADERS_LEN + left.min(longest))
    }
}

/// The packet of which fragments wait to be sent.
#[derive(Debug)]
pub(super) struct Fragmenter {
    pub(super) waiting: Option<Outgoing>,
    pub(super) identifications: Identifications,
}

impl Fragmenter {
    pub(super) fn new(random: &mut Random) -> Self {
        Self {
            waiting: None,
            identifications: Identifications::new(random),
        }
    }
}
