//! Packets that are longer than the MTU, on their way to the link (RFC 791, section 3.2).
//!
//! Only what asks for it is fragmented. The link rarely has room for all fragments of a packet at once:
//! the rest of one packet waits here. If the MAC address of the next hop is not known, the first fragment
//! waits for it as any packet does, and the others wait here.

use super::{
    fragmenter::Outgoing,
    output::{Completion, Ipv4Egress, Target, write_once},
    packet::{PacketHeader, TransmitError},
    template::HEADERS_LEN,
    v4,
};
use crate::net::{
    drops::DropReason, ethernet, link::Transmit, neighbour::MacAddress, spare::has_spare,
};
use alloc::vec::Vec;

impl Outgoing {
    /// Writes the next fragment as a frame of the length of `frame`.
    fn write_next(&self, frame: &mut [u8], destination: MacAddress, source: MacAddress) {
        let (headers, data) = frame.split_at_mut(HEADERS_LEN);
        let (whole, payload) = self.packet.split_at(v4::HEADER_LEN);
        let range = self.sent..self.sent + data.len();
        if let Some((link, header)) = headers.split_first_chunk_mut()
            && let Some(header) = header.first_chunk_mut()
        {
            ethernet::write_header(link, destination, source, ethernet::IPV4);
            header.copy_from_slice(whole);
            let more = range.end < payload.len();
            v4::set_fragment(header, self.identification, &range, more);
        }
        data.copy_from_slice(&payload[range]);
    }
}

impl<T: Transmit> Ipv4Egress<'_, T> {
    /// Sends fragments that wait, as far as the link has room.
    #[inline]
    pub fn flush_fragments(&mut self) {
        if self.ipv4.fragmenter.waiting.is_some() {
            self.send_fragments();
        }
    }

    /// Sends a packet that may be fragmented, and is if it is longer than the MTU. `write` writes the transport
    /// header and payload, which have `length` bytes.
    ///
    /// # Errors
    /// Returns a [`TransmitError`], without calling `write`, if the packet cannot be sent.
    #[cold]
    #[inline(never)]
    pub(super) fn transmit_fragments(
        &mut self,
        header: &PacketHeader,
        ttl: u8,
        length: usize,
        write: &mut dyn FnMut(&mut [u8]),
    ) -> Result<(), TransmitError> {
        let (Some(local), Some(remote)) = (header.local.as_ipv4(), header.remote.as_ipv4()) else {
            return Err(TransmitError::Unreachable);
        };
        let packet_len = v4::HEADER_LEN + length;
        if packet_len > usize::from(u16::MAX) {
            return Err(TransmitError::TooLong);
        }
        let ends = (local, remote);
        let target = self.target(local, remote, &mut Default::default())?;
        if matches!(target, Target::Loopback) {
            return self.queue(target, header, ends, packet_len, write);
        }
        self.flush_fragments();
        if !self.transmitter.has_room() {
            return Err(TransmitError::NoRoom);
        }
        let ip = &mut *self.ip;
        // The link has room, so that it waits for a next hop.
        if self.ipv4.fragmenter.waiting.take().is_some() {
            ip.drops.count(DropReason::NeighbourEvicted);
        }
        let mut packet = Vec::new();
        if packet.try_reserve_exact(packet_len).is_err() || !has_spare(0, 0) {
            ip.drops.count(DropReason::OutOfMemory);
            return Ok(());
        }
        packet.resize(packet_len, 0);
        write_once(&mut packet, header, ends, Completion::Here, write);
        // The checksum of each fragment's header is computed later.
        packet[v4::TTL_OFFSET] = ttl;
        self.ipv4.fragmenter.waiting = Some(Outgoing {
            local,
            remote,
            identification: self.ipv4.fragmenter.identifications.next(header.remote),
            packet,
            sent: 0,
        });
        self.send_fragments();
        Ok(())
    }

    /// Sends fragments of the packet that waits until the link has no room.
    #[cold]
    #[inline(never)]
    fn send_fragments(&mut self) {
        let Some(mut outgoing) = self.ipv4.fragmenter.waiting.take() else {
            return;
        };
        let target = self.target(outgoing.local, outgoing.remote, &mut Default::default());
        let (source, mtu) = (self.ip.mac, self.ip.mtu);
        while let Some(length) = outgoing.next_len(mtu) {
            let sent = match &target {
                Ok(Target::Frame(mac)) => {
                    let fill = |frame: &mut [u8]| outgoing.write_next(frame, *mac, source);
                    self.transmitter.push(length, fill).is_some()
                }
                // The request needs a frame.
                Ok(Target::Pending(_)) if !self.transmitter.has_room() => false,
                Ok(Target::Pending(hop)) if outgoing.sent == 0 => {
                    let mut frame = Vec::new();
                    if frame.try_reserve_exact(length).is_err() {
                        return self.ip.drops.count(DropReason::OutOfMemory);
                    }
                    frame.resize(length, 0);
                    outgoing.write_next(&mut frame, [0; 6], source);
                    let (transmitter, drops) = (&mut *self.transmitter, &mut self.ip.drops);
                    let neighbours = &mut self.ipv4.neighbours;
                    neighbours.enqueue(self.now, *hop, frame, transmitter, drops);
                    true
                }
                // The first fragment waits for the next hop.
                Ok(Target::Pending(hop)) if self.ipv4.neighbours.is_resolving(hop.address) => false,
                _ => return self.ip.drops.count(DropReason::NeighbourUnreachable),
            };
            if !sent {
                self.ipv4.fragmenter.waiting = Some(outgoing);
                return;
            }
            outgoing.sent += length - HEADERS_LEN;
        }
    }
}
