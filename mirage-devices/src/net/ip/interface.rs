//! What the address families of an interface share.

use super::{loopback::Loopback, packet::TransmitError, reassembly::Reassembler};
use crate::{
    net::{
        drops::{DropReason, Drops},
        ethernet,
        neighbour::MacAddress,
        offload::Offloads,
        rate_limit::RateLimit,
    },
    random::Random,
    time::Instant,
};
use alloc::vec::Vec;
use core::time::Duration;

/// How often a source's echo requests are answered: in bursts of 100, and 1,000 per second.
const ECHO: (Duration, u16) = (Duration::from_millis(1), 100);

/// How often a source is sent ICMP errors: in bursts of 20, and 10 per second.
const ERRORS: (Duration, u16) = (Duration::from_millis(100), 20);

/// What the address families of an interface share: the properties of its link, the packets of this host to itself,
/// rate limits and counters. [`Ipv4`](super::Ipv4) and [`Ipv6`](super::Ipv6) are the layers of the families.
#[derive(Debug)]
pub struct Ip {
    pub(super) mac: MacAddress,
    pub(super) mtu: usize,
    pub(super) offloads: Offloads,
    pub(super) loopback: Loopback,
    pub(super) echo_limit: RateLimit,
    pub(super) error_limit: RateLimit,
    pub(super) drops: Drops,
    /// Packets of both families whose fragments have not all been received.
    pub(super) reassembler: Reassembler,
    /// The packet whose last fragment was received.
    pub(super) reassembled: Option<Vec<u8>>,
    /// How often something has changed on which the headers of packets depend.
    pub(super) generation: u64,
}

impl Ip {
    /// Creates what the families of an interface share. `mac`, `mtu` and `offloads` are those of its link.
    pub fn new(mac: MacAddress, mtu: usize, offloads: Offloads, random: Random) -> Self {
        Self {
            mac,
            mtu,
            offloads,
            loopback: Loopback::default(),
            echo_limit: RateLimit::new(ECHO.0, ECHO.1, random.clone()),
            error_limit: RateLimit::new(ERRORS.0, ERRORS.1, random),
            drops: Drops::default(),
            reassembler: Reassembler::default(),
            reassembled: None,
            generation: 0,
        }
    }

    /// Returns how often something has changed on which routes and the headers of packets depend: while the
    /// number is the same, they are.
    #[inline]
    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// Returns the largest packet that is sent, in bytes.
    pub fn mtu(&self) -> u16 {
        // No link carries more than 64 KiB: see `Stack::new`.
        u16::try_from(self.mtu).unwrap_or(u16::MAX)
    }

    /// Changes the largest packet that is sent, which must not exceed what the link carries.
    pub fn set_mtu(&mut self, mtu: u16) {
        self.generation += 1;
        self.mtu = mtu.into();
    }

    /// Returns how many bytes the transport header and payload of a packet can have. It is that of IPv4, whose
    /// header is the shortest.
    pub fn max_payload(&self) -> usize {
        self.mtu - super::v4::HEADER_LEN
    }

    /// Takes the packet whose last fragment was received, for
    /// [`Layers::input_reassembled`](super::Layers::input_reassembled).
    #[inline]
    pub fn take_reassembled(&mut self) -> Option<Vec<u8>> {
        self.reassembled.take()
    }

    /// Returns whether there are packets whose fragments did not come in time.
    #[inline]
    pub(super) fn has_expired_fragments(&self, now: Instant) -> bool {
        let deadline = self.reassembler.next_deadline();
        deadline.is_some_and(|deadline| deadline <= now)
    }

    /// Takes the first fragment of a packet whose fragments did not come in time. It is empty if it was not
    /// received.
    pub(super) fn take_expired_fragment(&mut self, now: Instant) -> Option<Vec<u8>> {
        let bytes = self.reassembler.take_expired(now)?;
        self.drops.count(DropReason::ReassemblyTimeout);
        Some(bytes)
    }

    /// Returns when fragments are given up next, which the layers do.
    pub fn next_deadline(&self) -> Option<Instant> {
        self.reassembler.next_deadline()
    }

    /// Takes the next packet from this host to itself, for
    /// [`Layers::input_looped`](super::Layers::input_looped).
    pub fn take_looped(&mut self) -> Option<Vec<u8>> {
        self.loopback.pop()
    }

    /// Returns whether there are packets from this host to itself.
    #[cfg(test)]
    pub fn has_looped(&self) -> bool {
        !self.loopback.is_empty()
    }

    /// Queues a packet for this host.
    pub(super) fn loop_back(&mut self, packet: Vec<u8>) {
        let pushed = self.loopback.push(packet);
        pushed.unwrap_or_else(|reason| self.drops.count(reason));
    }

    /// Counts a packet that a transport protocol dropped.
    pub fn count_drop(&mut self, reason: DropReason) {
        self.drops.count(reason);
    }

    /// Returns how many packets were dropped, for each reason.
    pub fn drops(&self) -> &Drops {
        &self.drops
    }

    /// Returns memory for a packet of `length` bytes that waits: for this host if it is looped, else for the MAC
    /// address of its next hop, behind an Ethernet header. `None` if memory is exhausted, and the packet lost. The
    /// question for the address needs room on the link.
    pub(super) fn waiting(
        &mut self,
        is_looped: bool,
        link_has_room: bool,
        ether_type: u16,
        length: usize,
    ) -> Result<Option<Vec<u8>>, TransmitError> {
        let (has_room, hole) = match is_looped {
            true => (self.loopback.has_room(), 0),
            false => (link_has_room, ethernet::HEADER_LEN),
        };
        if !has_room {
            return Err(TransmitError::NoRoom);
        }
        let mut frame = Vec::new();
        if frame.try_reserve_exact(hole + length).is_err() {
            self.drops.count(DropReason::OutOfMemory);
            return Ok(None);
        }
        frame.resize(hole + length, 0);
        if let Some(header) = frame[..hole].first_chunk_mut() {
            ethernet::write_header(header, [0; 6], self.mac, ether_type);
        }
        Ok(Some(frame))
    }
}
