//! ICMPv6 messages (RFC 4443).

use super::{
    extensions::{ProblemCode, skip_embedded},
    membership::QUERY,
    packet::{ICMPV6, Ipv6Packet},
};
use crate::net::{
    drops::DropReason,
    ethernet::MIN_IPV6_MTU,
    ip::{
        icmp::{IcmpError, IcmpErrorKind},
        packet::Protocol,
    },
    neighbour::{ADVERTISEMENT, SOLICITATION},
};

/// Length of the header of all messages that are processed, in bytes.
pub(super) const HEADER_LEN: usize = 8;

const DESTINATION_UNREACHABLE: u8 = 1;
const PACKET_TOO_BIG: u8 = 2;
const TIME_EXCEEDED: u8 = 3;
const PARAMETER_PROBLEM: u8 = 4;
const ECHO_REQUEST: u8 = 128;
const ECHO_REPLY: u8 = 129;

/// The types from here on are not about a packet that was sent.
const FIRST_INFORMATIONAL: u8 = 128;

/// A message that is processed.
#[derive(Debug, Clone, Copy)]
pub(super) enum Message<'a> {
    EchoRequest,
    Error(IcmpError<'a>),
    Discovery,
    Query,
}

/// Parses a message, whose checksum is correct.
pub(super) fn parse(message: &[u8]) -> Result<Message<'_>, DropReason> {
    let Some((header, rest)) = message.split_first_chunk::<HEADER_LEN>() else {
        return Err(DropReason::IcmpMalformed);
    };
    let [kind, code, _, _, mtu @ ..] = *header;
    let kind = match (kind, code) {
        (ECHO_REQUEST, _) => return Ok(Message::EchoRequest),
        (SOLICITATION | ADVERTISEMENT, _) => return Ok(Message::Discovery),
        (QUERY, _) => return Ok(Message::Query),
        (DESTINATION_UNREACHABLE, 0) => IcmpErrorKind::NetworkUnreachable,
        (DESTINATION_UNREACHABLE, 1 | 5 | 6) => IcmpErrorKind::Prohibited,
        (DESTINATION_UNREACHABLE, 2 | 3) => IcmpErrorKind::HostUnreachable,
        (DESTINATION_UNREACHABLE, 4) => IcmpErrorKind::PortUnreachable,
        (PACKET_TOO_BIG, _) => {
            let mtu = u16::try_from(u32::from_be_bytes(mtu)).unwrap_or(u16::MAX);
            // No link of a path carries less (RFC 8201, section 4).
            if mtu < MIN_IPV6_MTU {
                return Err(DropReason::IcmpIgnored);
            }
            IcmpErrorKind::FragmentationNeeded { mtu }
        }
        // Code 1 is about reassembly, not about the path.
        (TIME_EXCEEDED, 0) => IcmpErrorKind::TimeExceeded,
        (PARAMETER_PROBLEM, 1) => IcmpErrorKind::ProtocolUnreachable,
        (PARAMETER_PROBLEM, _) => IcmpErrorKind::ParameterProblem,
        _ => return Err(DropReason::IcmpIgnored),
    };
    let error = about(kind, rest).ok_or(DropReason::IcmpForeign)?;
    Ok(Message::Error(error))
}

/// An error about a packet, of which `bytes` are at least the start.
pub(super) fn about(kind: IcmpErrorKind, bytes: &[u8]) -> Option<IcmpError<'_>> {
    let packet = Ipv6Packet::parse_embedded(bytes)?;
    let (protocol, payload) = skip_embedded(&packet)?;
    // An address of IPv4 would name a flow of IPv4.
    if packet.destination.to_ipv4_mapped().is_some() || payload.len() < 8 {
        return None;
    }
    Some(IcmpError {
        kind,
        local: packet.source.into(),
        remote: packet.destination.into(),
        protocol: match protocol {
            6 => Protocol::Tcp,
            17 => Protocol::Udp,
            _ => return None,
        },
        payload,
    })
}

/// Returns whether a packet, of which `bytes` are at least the start, is an error itself, which is never
/// answered by another one.
pub(super) fn is_error(packet: &Ipv6Packet<'_>) -> bool {
    match skip_embedded(packet) {
        Some((ICMPV6, [kind, ..])) => *kind < FIRST_INFORMATIONAL,
        Some((protocol, _)) => protocol == ICMPV6,
        // It cannot be told.
        None => true,
    }
}

/// Writes the reply to an echo request, without its checksum.
pub(super) fn write_echo_reply(reply: &mut [u8], request: &[u8]) {
    reply.copy_from_slice(request);
    reply[..4].copy_from_slice(&[ECHO_REPLY, 0, 0, 0]);
}

/// Why this host refuses a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reason {
    /// Nothing is bound to the port.
    Port,
    /// A field is wrong.
    Problem(ProblemCode, usize),
    /// Fragments did not come in time.
    ReassemblyTimeExceeded,
}

/// Writes that a packet, of which `start` is the start, is refused, without the checksum.
pub(super) fn write_error(message: &mut [u8], reason: Reason, start: &[u8]) {
    let (header, rest) = message.split_at_mut(HEADER_LEN);
    let (kind, code, pointer) = match reason {
        Reason::Port => (DESTINATION_UNREACHABLE, 4, 0),
        Reason::ReassemblyTimeExceeded => (TIME_EXCEEDED, 1, 0),
        Reason::Problem(code, pointer) => (PARAMETER_PROBLEM, code as u8, pointer as u32),
    };
    header[..4].copy_from_slice(&[kind, code, 0, 0]);
    header[4..].copy_from_slice(&pointer.to_be_bytes());
    rest.copy_from_slice(start);
}
