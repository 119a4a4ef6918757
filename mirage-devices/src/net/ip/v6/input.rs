//! Received frames with IPv6 packets.

use super::{
    addresses::Recipient,
    discovery,
    extensions::{self, FRAGMENT, Refusal, Upper},
    fragments,
    icmp::{self, Message, Reason},
    interface::Ipv6,
    output::Ipv6Output,
    packet::{ICMPV6, Ipv6Packet, NO_NEXT_HEADER},
};
use crate::{
    net::{
        checksum::{self, Sum},
        drops::DropReason,
        ethernet,
        ip::{
            input::Input, interface::Ip, original::Original, packet::Packet, predicted::Predicted,
        },
        link::Transmit,
        neighbour::{MacAddress, Received, group_mac},
        offload::{ChecksumState, ReceiveInfo},
    },
    time::Instant,
};
use core::net::Ipv6Addr;

/// Length of the headers of Ethernet and IPv6, and of the shortest transport header, in bytes.
const HEADERS_LEN: usize = ethernet::HEADER_LEN + super::packet::HEADER_LEN + 8;

/// A packet from the link, and its frame.
struct FromLink<'a> {
    packet: Ipv6Packet<'a>,
    /// The MAC address that sent it.
    sender: MacAddress,
    recipient: Recipient,
    /// Whether it was received in fragments.
    is_reassembled: bool,
    /// Why only neighbour discovery can have this source.
    is_discovery_only: Option<DropReason>,
}

impl Ipv6 {
    /// Returns what a frame contains that is expected, as [`Ip::predicted`] does.
    #[inline]
    pub(super) fn predicted<'a>(
        &self,
        frame: &'a [u8],
        info: ReceiveInfo,
    ) -> Option<Predicted<'a>> {
        let headers: &[u8; HEADERS_LEN] = frame.first_chunk()?;
        if headers[..6] != self.mac || headers[6] & 1 != 0 {
            return None;
        }
        let packet = Ipv6Packet::parse(&frame[ethernet::HEADER_LEN..]).ok()?;
        if !self.addresses.is_usable(packet.destination)
            || packet.source.is_unspecified()
            || self.addresses.check_source(packet.source).is_err()
        {
            return None;
        }
        match packet.next_header {
            6 => {
                verify(&packet, 6, packet.payload, info).ok()?;
                Some(Predicted::Tcp(to_packet(&packet, packet.payload)))
            }
            17 => {
                let datagram = verified_datagram(&packet, packet.payload, info).ok()?;
                Some(Predicted::Udp(to_packet(&packet, datagram)))
            }
            _ => None,
        }
    }

    /// Processes the packet of a received frame.
    #[inline(never)]
    pub(super) fn input<'a, T: Transmit>(
        &mut self,
        ip: &mut Ip,
        now: Instant,
        frame: &'a [u8],
        bytes: &'a [u8],
        info: ReceiveInfo,
        transmitter: &mut T,
    ) -> Option<Input<'a>> {
        let result = self.addressed(frame, bytes).and_then(|from| {
            let mut output = Ipv6Output::new(self, ip, now, transmitter);
            receive(&mut output, &from, info)
        });
        result.unwrap_or_else(|reason| {
            ip.drops.count(reason);
            None
        })
    }

    /// Returns the ICMPv6 message of a frame if it is correct and has not been forwarded or fragmented
    /// (RFC 6980), as those of neighbour discovery.
    pub(super) fn link_message<'a>(
        &self,
        frame: &'a [u8],
        bytes: &'a [u8],
    ) -> Option<Received<'a>> {
        let from = self.addressed(frame, bytes).ok()?;
        let packet = &from.packet;
        let upper = extensions::skip(packet).ok()?;
        let is_of_link = packet.hop_limit == u8::MAX && from.is_discovery_only.is_none();
        if !is_of_link || upper.protocol != ICMPV6 || upper.was_fragmented {
            return None;
        }
        let sum = pseudo_header(packet, ICMPV6, upper.payload) + Sum::from_bytes(upper.payload);
        sum.is_correct().then_some(Received {
            source: packet.source,
            destination: packet.destination,
            hop_limit: packet.hop_limit,
            message: upper.payload,
        })
    }

    /// Processes a packet from this host to itself.
    pub(super) fn input_looped<'a, T: Transmit>(
        &mut self,
        ip: &mut Ip,
        now: Instant,
        bytes: &'a [u8],
        transmitter: &mut T,
    ) -> Option<Input<'a>> {
        // The checksum is that of the pseudo-header.
        let info = ReceiveInfo {
            checksum: ChecksumState::Partial,
            segment_size: None,
        };
        let result = Ipv6Packet::parse(bytes).and_then(|packet| {
            // The address may have been lost meanwhile, and the group left.
            let recipient = match self.is_looped(packet.destination) {
                true => Recipient::Host,
                false => self.recipient(packet.destination),
            };
            if recipient == Recipient::Other {
                return Err(DropReason::Destination);
            }
            let from = FromLink {
                packet,
                sender: self.mac,
                recipient,
                is_reassembled: false,
                is_discovery_only: None,
            };
            let mut output = Ipv6Output::new(self, ip, now, transmitter);
            receive(&mut output, &from, info)
        });
        result.unwrap_or_else(|reason| {
            ip.drops.count(reason);
            None
        })
    }

    /// Processes a packet that was received in fragments.
    pub(super) fn input_reassembled<'a, T: Transmit>(
        &mut self,
        ip: &mut Ip,
        now: Instant,
        bytes: &'a [u8],
        transmitter: &mut T,
    ) -> Option<Input<'a>> {
        let result = Ipv6Packet::parse(bytes).and_then(|packet| {
            let from = FromLink {
                packet,
                // That is of interest to neighbour discovery only, which uses no fragments.
                sender: MacAddress::default(),
                recipient: self.recipient(packet.destination),
                is_reassembled: true,
                is_discovery_only: None,
            };
            let mut output = Ipv6Output::new(self, ip, now, transmitter);
            // What a link verifies is one frame.
            receive(&mut output, &from, ReceiveInfo::default())
        });
        result.unwrap_or_else(|reason| {
            ip.drops.count(reason);
            None
        })
    }

    /// Checks the addresses of a frame and of its packet.
    fn addressed<'a>(&self, frame: &'a [u8], bytes: &'a [u8]) -> Result<FromLink<'a>, DropReason> {
        let header: &[u8; 12] = frame.first_chunk().ok_or(DropReason::FrameMalformed)?;
        let [a, b, c, d, e, f, sender @ ..] = *header;
        let to = [a, b, c, d, e, f];
        let is_group = to[..2] == [0x33, 0x33];
        if to != self.mac && !is_group {
            return Err(DropReason::FrameDestination);
        }
        if sender[0] & 1 != 0 {
            return Err(DropReason::FrameMalformed);
        }
        let packet = Ipv6Packet::parse(bytes)?;
        let is_discovery_only = match self.addresses.check_source(packet.source) {
            Err(DropReason::SourceMartian) => return Err(DropReason::SourceMartian),
            Err(reason) => Some(reason),
            // It asks whether an address is in use.
            Ok(()) if packet.source.is_unspecified() => Some(DropReason::SourceMartian),
            Ok(()) => None,
        };
        let recipient = self.recipient(packet.destination);
        match recipient {
            Recipient::Other => return Err(DropReason::Destination),
            Recipient::Host if is_group => return Err(DropReason::FrameBroadcast),
            Recipient::Group if is_group && to != group_mac(packet.destination) => {
                return Err(DropReason::FrameBroadcast);
            }
            _ => {}
        }
        Ok(FromLink {
            packet,
            sender,
            recipient,
            is_reassembled: false,
            is_discovery_only,
        })
    }
}

/// Processes what follows the header of a packet.
fn receive<'a>(
    output: &mut Ipv6Output<'_, impl Transmit>,
    from: &FromLink<'a>,
    info: ReceiveInfo,
) -> Result<Option<Input<'a>>, DropReason> {
    let packet = &from.packet;
    let is_unicast = from.recipient == Recipient::Host;
    let original = Original {
        is_unicast,
        bytes: packet.bytes,
    };
    let upper = match extensions::skip(packet) {
        Ok(upper) => upper,
        Err(Refusal::Silent(reason)) => return Err(reason),
        Err(Refusal::Problem {
            code,
            pointer,
            to_group,
        }) => {
            if is_unicast || to_group {
                output.refuse(original.bytes, Reason::Problem(code, pointer));
            }
            return Err(DropReason::Ipv6Extension);
        }
    };
    if let Some(reason) = from.is_discovery_only
        && upper.protocol != ICMPV6
    {
        return Err(reason);
    }
    match upper.protocol {
        6 if !is_unicast => Err(DropReason::TransportBroadcast),
        6 => {
            verify(packet, 6, upper.payload, info)?;
            Ok(Some(Input::Tcp(to_packet(packet, upper.payload))))
        }
        17 => {
            let datagram = verified_datagram(packet, upper.payload, info)?;
            Ok(Some(Input::Udp(to_packet(packet, datagram), original)))
        }
        ICMPV6 => receive_icmp(output, from, &upper),
        // Fragments of fragments are not packets that a host sends.
        FRAGMENT if from.is_reassembled || upper.was_fragmented => Err(DropReason::Ipv6Extension),
        FRAGMENT => {
            fragments::receive(output, packet, &upper, is_unicast)?;
            Ok(None)
        }
        NO_NEXT_HEADER => Err(DropReason::Protocol),
        _ => {
            if is_unicast {
                let reason = Reason::Problem(extensions::ProblemCode::NextHeader, upper.pointer);
                output.refuse(original.bytes, reason);
            }
            Err(DropReason::Protocol)
        }
    }
}

#[inline(never)]
fn receive_icmp<'a>(
    output: &mut Ipv6Output<'_, impl Transmit>,
    from: &FromLink<'a>,
    upper: &Upper<'a>,
) -> Result<Option<Input<'a>>, DropReason> {
    let packet = &from.packet;
    // Links do not verify or complete this checksum.
    let pseudo_header = pseudo_header(packet, ICMPV6, upper.payload);
    if !(pseudo_header + Sum::from_bytes(upper.payload)).is_correct() {
        return Err(DropReason::IcmpChecksum);
    }
    let message = icmp::parse(upper.payload)?;
    if let Some(reason) = from.is_discovery_only
        && !matches!(message, Message::Discovery)
    {
        return Err(reason);
    }
    match message {
        Message::EchoRequest => {
            let remote = packet.source.into();
            if !output.ip.echo_limit.allow(output.now, remote) {
                return Err(DropReason::EchoLimited);
            }
            output.echo(packet.destination, packet.source, upper.payload);
            Ok(None)
        }
        Message::Error(error) => {
            // Errors about `::1` come from there only.
            let sent_by_us = |local: Ipv6Addr| {
                output.ipv6.is_looped(local)
                    && (!local.is_loopback() || packet.source.is_loopback())
            };
            let is_ours = from.recipient == Recipient::Host
                && sent_by_us(Ipv6Addr::from_octets(*error.local.as_bytes()));
            match is_ours {
                true => Ok(Some(Input::Error(error))),
                false => Err(DropReason::IcmpForeign),
            }
        }
        Message::Query => {
            // RFC 3810, section 6.2.
            let is_of_link = packet.source.is_unicast_link_local() && packet.hop_limit == 1;
            if !is_of_link || !upper.has_router_alert {
                return Err(DropReason::IcmpIgnored);
            }
            let Ipv6 {
                addresses,
                membership,
                random,
                ..
            } = &mut *output.ipv6;
            let is_joined = |group| addresses.groups().any(|joined| joined == group);
            membership.on_query(output.now, upper.payload, is_joined, random)?;
            Ok(None)
        }
        Message::Discovery => {
            // RFC 6980.
            if upper.was_fragmented || from.is_reassembled {
                return Err(DropReason::NdpMalformed);
            }
            let received = Received {
                source: packet.source,
                destination: packet.destination,
                hop_limit: packet.hop_limit,
                message: upper.payload,
            };
            discovery::receive(output, from.sender, &received)?;
            Ok(None)
        }
    }
}

/// Returns the datagram of a packet, which may have bytes after it (RFC 768). Over IPv6, its checksum is
/// not optional (RFC 8200, section 8.1).
#[inline(always)]
fn verified_datagram<'a>(
    packet: &Ipv6Packet<'_>,
    payload: &'a [u8],
    info: ReceiveInfo,
) -> Result<&'a [u8], DropReason> {
    let malformed = DropReason::TransportMalformed;
    let header: &[u8; 8] = payload.first_chunk().ok_or(malformed)?;
    let length = usize::from(u16::from_be_bytes([header[4], header[5]]));
    if length < header.len() {
        return Err(malformed);
    }
    let datagram = payload.get(..length).ok_or(malformed)?;
    if header[6..] == [0, 0] {
        return Err(DropReason::TransportChecksum);
    }
    verify(packet, 17, datagram, info)?;
    Ok(datagram)
}

/// Verifies the checksum of a segment or datagram.
#[inline(always)]
fn verify(
    packet: &Ipv6Packet<'_>,
    protocol: u8,
    transport: &[u8],
    info: ReceiveInfo,
) -> Result<(), DropReason> {
    if info.checksum != ChecksumState::Unknown {
        return Ok(());
    }
    let sum = pseudo_header(packet, protocol, transport) + Sum::from_bytes(transport);
    let correct = sum.is_correct();
    correct.then_some(()).ok_or(DropReason::TransportChecksum)
}

#[inline(always)]
fn pseudo_header(packet: &Ipv6Packet<'_>, protocol: u8, transport: &[u8]) -> Sum {
    let length = transport.len() as u16;
    checksum::pseudo_header_ipv6(packet.source, packet.destination, protocol, length)
}

#[inline(always)]
fn to_packet<'a>(packet: &Ipv6Packet<'a>, payload: &'a [u8]) -> Packet<'a> {
    Packet {
        local: packet.destination.into(),
        remote: packet.source.into(),
        class: packet.class,
        payload,
    }
}
