//! The headers of datagrams to a peer, kept from one datagram to the next.
//!
//! They are right for as long as nothing has changed on which they depend: addresses, routes, and where
//! the next hop is. A generation counts such changes for all templates of an interface together, and the
//! neighbour's state is known to last for a certain time.

use super::{
    datagram_info::DatagramInfo,
    mtu_discover::MtuDiscover,
    multicast_options::MulticastOptions,
    packet::{Address, Ecn, NextHopHint},
    v4,
};
use crate::{
    net::{
        checksum::{self, Sum},
        ethernet,
        offload::TransmitInfo,
    },
    time::Instant,
};

/// Length of the headers before the transport header, in bytes.
pub(super) const HEADERS_LEN: usize = ethernet::HEADER_LEN + v4::HEADER_LEN;

/// Where the total length and the checksum are in the headers of Ethernet and IPv4.
const TOTAL_LEN: usize = ethernet::HEADER_LEN + 2;
const CHECKSUM: usize = ethernet::HEADER_LEN + 10;

/// The headers of datagrams to a peer. The default is that of no peer.
#[derive(Debug, Clone, Default)]
pub struct Template {
    /// Whether the datagrams are fragmented.
    pub(super) mtu_discover: MtuDiscover,
    pub(super) multicast_v4: MulticastOptions,
    multicast_v6: MulticastOptions,
    pub(super) next_hop: NextHopHint,
    pub(super) headers: Option<Headers>,
}

/// Headers, and how long they are right.
#[derive(Debug, Clone)]
pub(super) struct Headers {
    pub(super) generation: u64,
    pub(super) until: Instant,
    pub(super) local: Address,
    pub(super) remote: Address,
    pub(super) ecn: Ecn,
    /// The headers of Ethernet and IPv4, of a packet without payload.
    pub(super) bytes: [u8; HEADERS_LEN],
    /// The sum of the IPv4 header without the total length.
    pub(super) sum: u16,
    /// The sum of the pseudo-header without the length.
    pub(super) pseudo_header: Sum,
    pub(super) info: TransmitInfo,
}

impl Template {
    /// Sets whether the datagrams are fragmented.
    pub fn set_mtu_discover(&mut self, mtu_discover: MtuDiscover) {
        self.mtu_discover = mtu_discover;
        self.headers = None;
    }

    /// Returns how datagrams to IPv4 groups are sent.
    pub fn multicast_v4(&self) -> MulticastOptions {
        self.multicast_v4
    }

    /// Sets how datagrams to IPv4 groups are sent.
    pub fn set_multicast_v4(&mut self, options: MulticastOptions) {
        self.multicast_v4 = options;
        self.headers = None;
    }

    /// Returns how datagrams to IPv6 groups are sent.
    pub fn multicast_v6(&self) -> MulticastOptions {
        self.multicast_v6
    }

    /// Sets how datagrams to IPv6 groups are sent.
    pub fn set_multicast_v6(&mut self, options: MulticastOptions) {
        self.multicast_v6 = options;
    }

    /// Returns the headers if they are right for a datagram with `info`.
    #[inline(always)]
    pub(super) fn valid(
        &self,
        generation: u64,
        now: Instant,
        info: &DatagramInfo,
    ) -> Option<&Headers> {
        let headers = self.headers.as_ref()?;
        let is_valid = headers.generation == generation
            && now < headers.until
            && headers.local == info.local
            && headers.remote == info.remote
            && headers.ecn == info.ecn;
        is_valid.then_some(headers)
    }
}

impl Headers {
    /// Writes a frame whose packet has `packet_len` bytes. `udp` is the UDP header without the checksum.
    #[inline(always)]
    pub(super) fn write(&self, frame: &mut [u8], packet_len: u16, udp: u64, data: &[u8]) {
        let Some((headers, datagram)) = frame.split_first_chunk_mut::<HEADERS_LEN>() else {
            return;
        };
        *headers = self.bytes;
        headers[TOTAL_LEN..TOTAL_LEN + 2].copy_from_slice(&packet_len.to_be_bytes());
        let checksum = !checksum::add(self.sum, packet_len);
        headers[CHECKSUM..CHECKSUM + 2].copy_from_slice(&checksum.to_be_bytes());
        let sum = self
            .pseudo_header
            .add_u16(packet_len - v4::HEADER_LEN as u16);
        let checksum = match self.info.checksum {
            Some(_) => sum.fold(),
            None => {
                let header = Sum::from_bytes(&udp.to_be_bytes());
                (Sum::from_bytes(data) + header + sum).checksum()
            }
        };
        // A checksum of 0 would mean that there is none (RFC 768).
        let checksum = if checksum == 0 { u16::MAX } else { checksum };
        write_datagram(datagram, udp | u64::from(checksum), data);
    }
}

#[inline(always)]
pub(super) fn write_datagram(datagram: &mut [u8], udp: u64, data: &[u8]) {
    if let Some((header, payload)) = datagram.split_first_chunk_mut() {
        *header = udp.to_be_bytes();
        payload.copy_from_slice(data);
    }
}
