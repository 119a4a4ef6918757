//! Packets that are longer than the MTU, on their way to the link (RFC 8200, section 4.5).
//!
//! Only what asks for it is fragmented, and what fits into one packet is not (RFC 8021). As over IPv4, the
//! rest of one packet waits here while the link has no room, or the MAC address of the next hop is not known.
//!
//! Routers do not fragment packets, and this host does not keep how much the path to a host carries: all
//! fragments fit the smallest MTU that a link may have.

use super::{
    fragmenter::{HEADERS_LEN, Outgoing},
    output::{Ipv6Output, ipv6_of, write_packet},
    packet::{HEADER_LEN, HOP_LIMIT},
};
use crate::net::{
    drops::DropReason,
    ip::{
        datagram_info::DatagramInfo,
        output::{Completion, Target},
        packet::{PacketHeader, TransmitError, UDP_HEADER_LEN},
        template::write_datagram,
    },
    link::Transmit,
    spare::has_spare,
};
use alloc::vec::Vec;
use core::net::Ipv6Addr;

impl<T: Transmit> Ipv6Output<'_, T> {
    /// Sends fragments that wait, as far as the link has room.
    #[inline]
    pub(super) fn flush_fragments(&mut self) {
        if self.ipv6.fragmenter.waiting.is_some() {
            self.send_fragments();
        }
    }

    /// Sends a datagram in fragments, to a host.
    #[cold]
    #[inline(never)]
    pub(super) fn transmit_in_fragments(
        &mut self,
        local_port: u16,
        info: &DatagramInfo,
        data: &[u8],
    ) -> Result<(), TransmitError> {
        let (Some(local), Some(remote)) = (ipv6_of(info.local), ipv6_of(info.remote)) else {
            return Err(TransmitError::Unreachable);
        };
        let udp = info.udp_header(local_port, data.len());
        let length = UDP_HEADER_LEN + data.len();
        let ends = (local, remote);
        self.transmit_fragments(HOP_LIMIT, ends, &info.packet(), length, &mut |datagram| {
            write_datagram(datagram, udp, data);
        })
    }

    /// Sends a packet in fragments. `write` writes the transport header and payload, which have `length` bytes.
    #[cold]
    #[inline(never)]
    pub(super) fn transmit_fragments(
        &mut self,
        hop_limit: u8,
        (local, remote): (Ipv6Addr, Ipv6Addr),
        header: &PacketHeader,
        length: usize,
        write: &mut dyn FnMut(&mut [u8]),
    ) -> Result<(), TransmitError> {
        if length > usize::from(u16::MAX) {
            return Err(TransmitError::TooLong);
        }
        let packet_len = HEADER_LEN + length;
        let target = self.target(local, remote, &mut Default::default())?;
        if matches!(target, Target::Loopback) {
            return self.queue(target, header, (local, remote), packet_len, write);
        }
        self.flush_fragments();
        if !self.transmitter.has_room() {
            return Err(TransmitError::NoRoom);
        }
        let drops = &mut self.ip.drops;
        let fragmenter = &mut self.ipv6.fragmenter;
        // The link has room, so that it waits for a next hop.
        if fragmenter.waiting.take().is_some() {
            drops.count(DropReason::NeighbourEvicted);
        }
        let mut packet = Vec::new();
        if packet.try_reserve_exact(packet_len).is_err() || !has_spare(0, 0) {
            drops.count(DropReason::OutOfMemory);
            return Ok(());
        }
        packet.resize(packet_len, 0);
        let addressing = (local, remote, hop_limit);
        write_packet(&mut packet, header, addressing, Completion::Here, write);
        fragmenter.waiting = Some(Outgoing {
            local,
            remote,
            protocol: header.protocol,
            identification: fragmenter.identifications.next(remote),
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
        let Some(mut outgoing) = self.ipv6.fragmenter.waiting.take() else {
            return;
        };
        let target = self.target(outgoing.local, outgoing.remote, &mut Default::default());
        let source = self.ip.mac;
        while let Some(length) = outgoing.next_len() {
            let neighbours = &mut self.ipv6.neighbours;
            let sent = match &target {
                Ok(Target::Frame(mac)) => {
                    let fill = |frame: &mut [u8]| outgoing.write_next(frame, *mac, source);
                    self.transmitter.push(length, fill).is_some()
                }
                // The solicitation needs a frame.
                Ok(Target::Pending(_)) if !self.transmitter.has_room() => false,
                Ok(Target::Pending(hop)) if outgoing.sent == 0 => {
                    let mut frame = Vec::new();
                    if frame.try_reserve_exact(length).is_err() {
                        return self.ip.drops.count(DropReason::OutOfMemory);
                    }
                    frame.resize(length, 0);
                    outgoing.write_next(&mut frame, [0; 6], source);
                    let drops = &mut self.ip.drops;
                    neighbours.enqueue(self.now, *hop, frame, self.transmitter, drops);
                    true
                }
                // The first fragment waits for the next hop.
                Ok(Target::Pending(hop)) if neighbours.is_resolving(hop.address) => false,
                _ => return self.ip.drops.count(DropReason::NeighbourUnreachable),
            };
            if !sent {
                self.ipv6.fragmenter.waiting = Some(outgoing);
                return;
            }
            outgoing.sent += length - HEADERS_LEN;
        }
    }
}
