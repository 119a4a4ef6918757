//! ICMP messages (RFC 792, RFC 1122 section 3.2.2).

use super::{
    packet::{Address, Protocol},
    v4::Ipv4Packet,
};
use crate::net::{checksum::Sum, drops::DropReason};

/// Length of the header of all messages that are processed, in bytes.
pub(super) const HEADER_LEN: usize = 8;

const ECHO_REPLY: u8 = 0;
const DESTINATION_UNREACHABLE: u8 = 3;
const ECHO_REQUEST: u8 = 8;
const TIME_EXCEEDED: u8 = 11;
const PARAMETER_PROBLEM: u8 = 12;

/// The kind of an ICMP error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum IcmpErrorKind {
    /// The network of the destination cannot be reached.
    NetworkUnreachable,
    /// The destination cannot be reached.
    HostUnreachable,
    /// The destination does not implement the transport protocol.
    ProtocolUnreachable,
    /// Nothing is bound to the port.
    PortUnreachable,
    /// The packet is longer than the next link carries, and must not be fragmented (RFC 1191).
    FragmentationNeeded {
        /// The MTU of that link; 0 if the router does not know it.
        mtu: u16,
    },
    /// A firewall refuses the packet.
    Prohibited,
    /// The packet passed too many routers.
    TimeExceeded,
    /// A field of the packet is wrong.
    ParameterProblem,
}

/// An ICMP error about a packet that this host sent. It is not authenticated.
#[derive(Debug, Clone, Copy)]
pub struct IcmpError<'a> {
    /// The kind of error.
    pub kind: IcmpErrorKind,
    /// The source of the packet: an address of this host.
    pub local: Address,
    /// The destination of the packet.
    pub remote: Address,
    /// The transport protocol of the packet.
    pub protocol: Protocol,
    /// The start of its transport header: at least eight bytes.
    pub payload: &'a [u8],
}

impl<'a> IcmpError<'a> {
    /// An error about a packet, of which `bytes` are at least the start.
    pub(super) fn about(kind: IcmpErrorKind, bytes: &'a [u8]) -> Option<Self> {
        let packet = Ipv4Packet::parse_embedded(bytes)?;
        Some(Self {
            kind,
            local: packet.source.into(),
            remote: packet.destination.into(),
            protocol: match packet.protocol {
                6 => Protocol::Tcp,
                17 => Protocol::Udp,
                _ => return None,
            },
            payload: packet.payload,
        })
    }
}

/// A message that is processed.
#[derive(Debug, Clone, Copy)]
pub(super) enum Message<'a> {
    EchoRequest,
    Error(IcmpError<'a>),
}

/// Parses a message.
pub(super) fn parse(message: &[u8]) -> Result<Message<'_>, DropReason> {
    let Some((header, rest)) = message.split_first_chunk::<HEADER_LEN>() else {
        return Err(DropReason::IcmpMalformed);
    };
    if !Sum::from_bytes(message).is_correct() {
        return Err(DropReason::IcmpChecksum);
    }
    let [kind, code, _, _, _, _, high, low] = *header;
    let kind = match (kind, code) {
        (ECHO_REQUEST, _) => return Ok(Message::EchoRequest),
        (DESTINATION_UNREACHABLE, 0 | 5..=8 | 11) => IcmpErrorKind::NetworkUnreachable,
        (DESTINATION_UNREACHABLE, 1 | 12) => IcmpErrorKind::HostUnreachable,
        (DESTINATION_UNREACHABLE, 2) => IcmpErrorKind::ProtocolUnreachable,
        (DESTINATION_UNREACHABLE, 3) => IcmpErrorKind::PortUnreachable,
        (DESTINATION_UNREACHABLE, 4) => IcmpErrorKind::FragmentationNeeded {
            mtu: u16::from_be_bytes([high, low]),
        },
        (DESTINATION_UNREACHABLE, 9 | 10 | 13..=15) => IcmpErrorKind::Prohibited,
        // Code 1 is about reassembly, not about the path.
        (TIME_EXCEEDED, 0) => IcmpErrorKind::TimeExceeded,
        (PARAMETER_PROBLEM, _) => IcmpErrorKind::ParameterProblem,
        // Source quench too (RFC 6633).
        _ => return Err(DropReason::IcmpIgnored),
    };
    let error = IcmpError::about(kind, rest).ok_or(DropReason::IcmpForeign)?;
    Ok(Message::Error(error))
}

/// Writes the reply to an echo request, without its checksum.
pub(super) fn write_echo_reply(reply: &mut [u8], request: &[u8]) {
    reply.copy_from_slice(request);
    reply[..4].copy_from_slice(&[ECHO_REPLY, 0, 0, 0]);
}

/// An error message that this host sends about a packet that it received.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorMessage {
    /// This host does not implement the transport protocol.
    ProtocolUnreachable,
    /// Nothing is bound to the port.
    PortUnreachable,
    /// Fragments of the packet did not come in time.
    FragmentReassemblyTimeExceeded,
}

impl ErrorMessage {
    /// Returns type and code of the message.
    const fn kind(self) -> (u8, u8) {
        match self {
            Self::ProtocolUnreachable => (DESTINATION_UNREACHABLE, 2),
            Self::PortUnreachable => (DESTINATION_UNREACHABLE, 3),
            Self::FragmentReassemblyTimeExceeded => (TIME_EXCEEDED, 1),
        }
    }
}

/// Writes an error message about a packet, of which `start` is the start, without the checksum.
pub(super) fn write_error(message: &mut [u8], error: ErrorMessage, start: &[u8]) {
    let (header, rest) = message.split_at_mut(HEADER_LEN);
    let (kind, code) = error.kind();
    header.copy_from_slice(&[kind, code, 0, 0, 0, 0, 0, 0]);
    rest.copy_from_slice(start);
}
