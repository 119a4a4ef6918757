//! What waits of a packet that is sent in fragments.

use super::{
    extensions::{FRAGMENT, FRAGMENT_HEADER_LEN},
    identification::Identifications,
    packet::{HEADER_LEN, protocol_number},
};
use crate::{
    net::{
        ethernet::{self, MIN_IPV6_MTU},
        ip::{
            mtu_discover::MtuDiscover,
            packet::{Protocol, UDP_HEADER_LEN},
        },
        neighbour::MacAddress,
    },
    random::Random,
};
use alloc::vec::Vec;
use core::net::Ipv6Addr;

/// Length of the headers of a fragment, in bytes.
pub(super) const HEADERS_LEN: usize = ethernet::HEADER_LEN + HEADER_LEN + FRAGMENT_HEADER_LEN;

/// How much data a fragment has at most, in bytes. All but the last have a multiple of eight.
const MAX_DATA_LEN: usize = (MIN_IPV6_MTU as usize - HEADER_LEN - FRAGMENT_HEADER_LEN) & !7;

/// Returns whether a datagram with `data_len` bytes is fragmented. If nobody finds out what the path carries,
/// only the smallest MTU is safe (RFC 8201, section 1).
#[inline]
pub(super) fn is_fragmented(mtu_discover: MtuDiscover, mtu: usize, data_len: usize) -> bool {
    let longest = match mtu_discover {
        MtuDiscover::Do => return false,
        MtuDiscover::Want => mtu,
        MtuDiscover::Dont => MIN_IPV6_MTU.into(),
    };
    HEADER_LEN + UDP_HEADER_LEN + data_len > longest
}

/// A packet of which fragments wait to be sent.
#[derive(Debug)]
pub(super) struct Outgoing {
    pub(super) local: Ipv6Addr,
    pub(super) remote: Ipv6Addr,
    pub(super) protocol: Protocol,
    pub(super) identification: u32,
    /// The whole packet, with its header.
    pub(super) packet: Vec<u8>,
    /// How many bytes of its payload were sent.
    pub(super) sent: usize,
}

impl Outgoing {
    /// Returns the length of the frame with the next fragment, or `None` if all were sent.
    pub(super) fn next_len(&self) -> Option<usize> {
        let left = self.packet.len() - HEADER_LEN - self.sent;
        (left > 0).then(|| HEADERS_LEN + left.min(MAX_DATA_LEN))
    }

    /// Writes the next fragment as a frame of the length of `frame`.
    pub(super) fn write_next(&self, frame: &mut [u8], destination: MacAddress, source: MacAddress) {
        let (headers, data) = frame.split_at_mut(HEADERS_LEN);
        let (whole, payload) = self.packet.split_at(HEADER_LEN);
        let range = self.sent..self.sent + data.len();
        if let Some((link, headers)) = headers.split_first_chunk_mut() {
            ethernet::write_header(link, destination, source, ethernet::IPV6);
            let (header, fragment) = headers.split_at_mut(HEADER_LEN);
            header.copy_from_slice(whole);
            let length = (FRAGMENT_HEADER_LEN + data.len()) as u16;
            header[4..6].copy_from_slice(&length.to_be_bytes());
            header[6] = FRAGMENT;
            // Starts are multiples of eight: the flag has a place of its own.
            let more = u16::from(range.end < payload.len());
            let field = range.start as u16 | more;
            fragment[..2].copy_from_slice(&[protocol_number(self.protocol), 0]);
            fragment[2..4].copy_from_slice(&field.to_be_bytes());
            fragment[4..].copy_from_slice(&self.identification.to_be_bytes());
        }
        data.copy_from_slice(&payload[range]);
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
