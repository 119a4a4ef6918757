//! Received fragments of IPv6 packets (RFC 8200, section 4.5).

use super::{
    extensions::{self, FRAGMENT, FRAGMENT_HEADER_LEN, ProblemCode, Refusal, Upper},
    icmp::{self, Reason},
    interface::Ipv6,
    output::Ipv6Output,
    packet::{HEADER_LEN, ICMPV6, Ipv6Packet, NO_NEXT_HEADER},
};
use crate::{
    net::{
        drops::DropReason,
        ip::{
            interface::Ip,
            packet::Ecn,
            reassembly::{Fragment, Key, Reassembled},
        },
        link::Transmit,
    },
    time::Instant,
};
use alloc::vec::Vec;

/// Where the length of the payload is in a packet, and where the number of the next header.
const LENGTH_OFFSET: usize = 4;
const NEXT_HEADER_OFFSET: usize = 6;

/// Adds a fragment to its packet, which [`Ip::take_reassembled`] returns if it is complete. Only sources of
/// unicast packets are told what is wrong.
#[cold]
#[inline(never)]
pub(super) fn receive(
    output: &mut Ipv6Output<'_, impl Transmit>,
    packet: &Ipv6Packet<'_>,
    upper: &Upper<'_>,
    is_unicast: bool,
) -> Result<(), DropReason> {
    let malformed = DropReason::FragmentMalformed;
    let split = upper.payload.split_first_chunk::<FRAGMENT_HEADER_LEN>();
    let (header, data) = split.ok_or(malformed)?;
    let [next_header, _, high, low, identification @ ..] = *header;
    let offset = u16::from_be_bytes([high, low]);
    let (start, more) = (offset & !7, offset & 1 != 0);
    let at = packet.bytes.len() - upper.payload.len();
    let problem = if more && !data.len().is_multiple_of(8) {
        Some((ProblemCode::Field, LENGTH_OFFSET))
    } else if at - HEADER_LEN + usize::from(start) + data.len() > usize::from(u16::MAX) {
        // No packet is longer than its length field can say.
        Some((ProblemCode::Field, at + 2))
    } else if start == 0 && !has_all_headers(packet, next_header, data)? {
        // A firewall could not tell what the packet is (RFC 7112).
        Some((ProblemCode::IncompleteHeaders, 0))
    } else {
        None
    };
    if let Some((code, pointer)) = problem {
        if is_unicast {
            output.refuse(packet.bytes, Reason::Problem(code, pointer));
        }
        return Err(malformed);
    }
    if data.is_empty() {
        return Err(malformed);
    }
    let fragment = Fragment {
        key: Key {
            source: packet.source.into(),
            destination: packet.destination.into(),
            identification: u32::from_be_bytes(identification),
            protocol: 0,
        },
        start,
        // The sum is that of a packet that is not too long.
        end: start + data.len() as u16,
        more,
        ecn: Ecn::from_class(packet.class),
        packet: packet.bytes,
    };
    let ip = &mut *output.ip;
    let complete = ip.reassembler.input(output.now, &fragment, &mut ip.drops)?;
    if let Some(Reassembled {
        mut packet,
        is_marked,
    }) = complete
    {
        set_whole(&mut packet, is_marked)?;
        ip.reassembled = Some(packet);
    }
    Ok(())
}

/// Returns whether a first fragment of `packet` has all headers, up to that of the transport protocol (RFC
/// 7112, section 5). What is wrong with them is of no interest before all fragments are received.
fn has_all_headers(
    packet: &Ipv6Packet<'_>,
    next_header: u8,
    data: &[u8],
) -> Result<bool, DropReason> {
    let rest = Ipv6Packet {
        next_header,
        payload: data,
        ..*packet
    };
    let upper = match extensions::skip(&rest) {
        Ok(upper) => upper,
        Err(refusal) => return Ok(refusal != Refusal::Silent(DropReason::Ipv6Malformed)),
    };
    let length = match upper.protocol {
        // Fragments of fragments are not packets that a host sends.
        FRAGMENT => return Err(DropReason::Ipv6Extension),
        NO_NEXT_HEADER => 0,
        6 => 20,
        17 | ICMPV6 => icmp::HEADER_LEN,
        _ => 1,
    };
    Ok(upper.payload.len() >= length)
}

/// Removes the fragment header from the first fragment of a `packet`, to which the data of all others was
/// added. The packet was marked with CE on its way if `is_marked`.
fn set_whole(packet: &mut Vec<u8>, is_marked: bool) -> Result<(), DropReason> {
    let malformed = DropReason::FragmentMalformed;
    let first = Ipv6Packet::parse_embedded(packet).ok_or(malformed)?;
    // They were skipped when it was received.
    let upper = extensions::skip(&first).map_err(|_| malformed)?;
    let at = packet.len() - upper.payload.len();
    let next_header = *upper.payload.first().ok_or(malformed)?;
    let pointer = upper.pointer;
    packet.drain(at..at + FRAGMENT_HEADER_LEN);
    // The headers of the first fragment may be longer than those of the others.
    let length = u16::try_from(packet.len() - HEADER_LEN).map_err(|_| malformed)?;
    packet[pointer] = next_header;
    packet[LENGTH_OFFSET..NEXT_HEADER_OFFSET].copy_from_slice(&length.to_be_bytes());
    if is_marked {
        packet[1] |= (Ecn::CongestionExperienced as u8) << 4;
    }
    Ok(())
}

impl Ipv6 {
    /// Gives up packets whose fragments did not come in time.
    #[cold]
    #[inline(never)]
    pub(super) fn give_up_reassembly(
        &mut self,
        ip: &mut Ip,
        now: Instant,
        transmitter: &mut impl Transmit,
    ) {
        while let Some(first) = ip.take_expired_fragment(now) {
            self.refuse_reassembly(ip, now, &first, transmitter);
        }
    }

    /// Tells the source of a first fragment that others did not come in time (RFC 4443, section 3.3).
    #[cold]
    pub(super) fn refuse_reassembly(
        &mut self,
        ip: &mut Ip,
        now: Instant,
        first: &[u8],
        transmitter: &mut impl Transmit,
    ) {
        let packet = Ipv6Packet::parse_embedded(first);
        if packet.is_some_and(|packet| self.is_looped(packet.destination)) {
            let mut output = Ipv6Output::new(self, ip, now, transmitter);
            output.refuse(first, Reason::ReassemblyTimeExceeded);
        }
    }
}
