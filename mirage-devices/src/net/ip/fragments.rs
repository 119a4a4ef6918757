//! Received fragments of IPv4 packets.

use super::{
    icmp::ErrorMessage,
    interface::Ip,
    ipv4::Ipv4,
    original::Original,
    output::Ipv4Egress,
    packet::Ecn,
    reassembly::{Fragment, Key, Reassembled},
    v4::{self, Fragmentation, Ipv4Packet},
};
use crate::{
    net::{drops::DropReason, link::Transmit},
    time::Instant,
};

impl Ipv4 {
    /// Adds a fragment to its packet, which [`take_reassembled`](Ip::take_reassembled) returns if it is
    /// complete.
    #[cold]
    #[inline(never)]
    pub(super) fn fragment(
        &mut self,
        ip: &mut Ip,
        now: Instant,
        packet: &Ipv4Packet<'_>,
        fragmentation: Fragmentation,
    ) -> Result<(), DropReason> {
        let key = Key {
            source: packet.source.into(),
            destination: packet.destination.into(),
            identification: fragmentation.identification.into(),
            protocol: packet.protocol,
        };
        let header_len = packet.bytes.len() - packet.payload.len();
        let end = usize::from(fragmentation.offset) + packet.payload.len();
        // Only the last fragment may have any length (RFC 791), and no packet is longer than its length
        // field can say.
        let is_valid = !packet.payload.is_empty()
            && (!fragmentation.more || packet.payload.len().is_multiple_of(8))
            && header_len + end <= usize::from(u16::MAX);
        if !is_valid {
            return Err(DropReason::FragmentMalformed);
        }
        let fragment = Fragment {
            key,
            start: fragmentation.offset,
            end: end as u16,
            more: fragmentation.more,
            ecn: Ecn::from_class(packet.class),
            packet: packet.bytes,
        };
        let complete = ip.reassembler.input(now, &fragment, &mut ip.drops)?;
        if let Some(Reassembled {
            mut packet,
            is_marked,
        }) = complete
        {
            // The options of the first fragment may be longer than those of the others.
            if packet.len() > u16::MAX.into() {
                return Err(DropReason::FragmentMalformed);
            }
            v4::set_whole(&mut packet, is_marked);
            ip.reassembled = Some(packet);
        }
        Ok(())
    }

    /// Gives up packets whose fragments did not come in time (RFC 792; RFC 1122, section 3.3.2).
    #[inline]
    pub(super) fn expire_fragments(
        &mut self,
        ip: &mut Ip,
        now: Instant,
        transmitter: &mut impl Transmit,
    ) {
        if ip.has_expired_fragments(now) {
            self.give_up_reassembly(ip, now, transmitter);
        }
    }

    #[cold]
    #[inline(never)]
    fn give_up_reassembly(&mut self, ip: &mut Ip, now: Instant, transmitter: &mut impl Transmit) {
        while let Some(first) = ip.take_expired_fragment(now) {
            self.refuse_reassembly(ip, now, &first, transmitter);
        }
    }

    /// Tells the source of a first fragment that others did not come in time.
    pub(super) fn refuse_reassembly(
        &mut self,
        ip: &mut Ip,
        now: Instant,
        first: &[u8],
        transmitter: &mut impl Transmit,
    ) {
        let packet = Ipv4Packet::parse_embedded(first);
        let original = Original {
            is_unicast: packet.is_some_and(|packet| self.is_looped(packet.destination)),
            bytes: first,
        };
        let mut egress = Ipv4Egress::new(self, ip, now, transmitter);
        egress.refuse(&original, ErrorMessage::FragmentReassemblyTimeExceeded);
    }
}
