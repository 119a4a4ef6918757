//! Received frames: Ethernet, ARP, IPv4 and ICMP.

use super::{
    addresses::Recipient,
    icmp::{self, ErrorMessage, IcmpError, Message},
    igmp,
    interface::Ip,
    ipv4::Ipv4,
    original::Original,
    output::Ipv4Egress,
    packet::{Address, Packet},
    v4::Ipv4Packet,
};
use crate::{
    net::{
        checksum::{self, Sum},
        drops::DropReason,
        ethernet,
        link::Transmit,
        neighbour::{Arp, Conflict, MacAddress},
        offload::{ChecksumState, ReceiveInfo},
    },
    time::Instant,
};
use core::net::Ipv4Addr;

/// What a frame contained that the layers above process.
#[derive(Debug)]
pub enum Input<'a> {
    /// A segment, to an address of this host.
    Tcp(Packet<'a>),
    /// A datagram, to an address of this host, to all hosts, or to a group.
    Udp(Packet<'a>, Original<'a>),
    /// An error about a packet of this host.
    Error(IcmpError<'a>),
    /// Another host, with this MAC address, uses an address of this host.
    Conflict(Ipv4Addr, MacAddress, Conflict),
}

/// A frame without its link layer.
enum Payload<'a> {
    Ipv4 { bytes: &'a [u8], is_group: bool },
    Arp(&'a [u8]),
}

impl Ipv4 {
    /// Processes a received frame, from its Ethernet header on. Those that are
    /// [`predicted`](Self::predicted) need not be passed to this. Answers that are not of a transport
    /// protocol are sent on `transmitter`.
    #[inline(never)]
    pub fn input<'a, T: Transmit>(
        &mut self,
        ip: &mut Ip,
        now: Instant,
        frame: &'a [u8],
        info: ReceiveInfo,
        transmitter: &mut T,
    ) -> Option<Input<'a>> {
        let result = match parse_ethernet(frame, self.mac, self.groups.is_some()) {
            Ok(Payload::Ipv4 { bytes, is_group }) => {
                return self.input_packet(ip, now, bytes, is_group, info, transmitter);
            }
            Ok(Payload::Arp(bytes)) => self.arp(ip, now, bytes, transmitter),
            Err(reason) => Err(reason),
        };
        counted(ip, result)
    }

    /// Processes a packet from this host to itself, which
    /// [`take_looped`](Ip::take_looped) returned.
    pub fn input_looped<'a, T: Transmit>(
        &mut self,
        ip: &mut Ip,
        now: Instant,
        packet: &'a [u8],
        transmitter: &mut T,
    ) -> Option<Input<'a>> {
        // The checksum is that of the pseudo-header.
        let info = ReceiveInfo {
            checksum: ChecksumState::Partial,
            segment_size: None,
        };
        let result = Ipv4Packet::parse(packet).and_then(|packet| {
            // The address may have been removed meanwhile, and the group left.
            let recipient = match self.is_looped(packet.destination) {
                true => Recipient::Host,
                false => self.group_recipient(packet.destination)?,
            };
            self.transport(ip, now, &packet, recipient, info, transmitter)
        });
        counted(ip, result)
    }

    #[inline(never)]
    fn arp<'a>(
        &mut self,
        ip: &mut Ip,
        now: Instant,
        bytes: &[u8],
        transmitter: &mut impl Transmit,
    ) -> Result<Option<Input<'a>>, DropReason> {
        let arp = Arp::parse(bytes)?;
        if let Some((address, conflict)) = self.addresses.input(now, &arp, transmitter) {
            // The address may be lost.
            ip.generation += 1;
            return Ok(Some(Input::Conflict(address, arp.sender_mac, conflict)));
        }
        // A hub or bridge has sent it back.
        if arp.sender_mac == self.mac {
            return Ok(None);
        }
        let local = self.addresses.is_usable(arp.target);
        let on_link = self.routes.is_on_link(arp.sender)
            && !arp.sender.is_unspecified()
            && !self.addresses.is_broadcast(arp.sender);
        let drops = &mut ip.drops;
        let moved = self
            .neighbours
            .input(now, &arp, local, on_link, transmitter, drops);
        ip.generation += u64::from(moved);
        Ok(None)
    }

    /// Processes a packet from the link: that of a frame, which was to several hosts if `is_group`, or one
    /// that [`take_reassembled`](Ip::take_reassembled) returned.
    #[inline(never)]
    pub fn input_packet<'a, T: Transmit>(
        &mut self,
        ip: &mut Ip,
        now: Instant,
        bytes: &'a [u8],
        is_group: bool,
        info: ReceiveInfo,
        transmitter: &mut T,
    ) -> Option<Input<'a>> {
        let result = self.packet_from_link(ip, now, bytes, is_group, info, transmitter);
        counted(ip, result)
    }

    #[inline(always)]
    fn packet_from_link<'a, T: Transmit>(
        &mut self,
        ip: &mut Ip,
        now: Instant,
        bytes: &'a [u8],
        is_group: bool,
        info: ReceiveInfo,
        transmitter: &mut T,
    ) -> Result<Option<Input<'a>>, DropReason> {
        let packet = Ipv4Packet::parse(bytes)?;
        // A host without an address asks for one (RFC 1122, section 3.2.1.3 (a)).
        let may_lack_source = packet.destination.is_broadcast()
            // A switch without an address asks for members.
            || packet.protocol == igmp::PROTOCOL && packet.destination.is_multicast();
        if !packet.source.is_unspecified() || !may_lack_source {
            self.addresses.check_source(packet.source)?;
        }
        let mut recipient = self.addresses.recipient(packet.destination);
        match recipient {
            Recipient::Other => recipient = self.group_recipient(packet.destination)?,
            // RFC 1122, section 3.3.6.
            Recipient::Host if is_group => return Err(DropReason::FrameBroadcast),
            _ => {}
        }
        if let Some(fragmentation) = packet.fragmentation() {
            self.fragment(ip, now, &packet, fragmentation)?;
            return Ok(None);
        }
        self.transport(ip, now, &packet, recipient, info, transmitter)
    }

    #[inline(always)]
    fn transport<'a, T: Transmit>(
        &mut self,
        ip: &mut Ip,
        now: Instant,
        packet: &Ipv4Packet<'a>,
        recipient: Recipient,
        info: ReceiveInfo,
        transmitter: &mut T,
    ) -> Result<Option<Input<'a>>, DropReason> {
        let is_unicast = recipient == Recipient::Host;
        let original = Original {
            is_unicast,
            bytes: packet.bytes,
        };
        match packet.protocol {
            6 if !is_unicast => Err(DropReason::TransportBroadcast),
            6 => {
                verify_segment(packet, info)?;
                Ok(Some(Input::Tcp(to_packet(packet, packet.payload))))
            }
            17 => {
                let datagram = verified_datagram(packet, info)?;
                Ok(Some(Input::Udp(to_packet(packet, datagram), original)))
            }
            1 => {
                let ends = (packet.source, packet.destination);
                self.icmp(ip, now, ends, packet.payload, is_unicast, transmitter)
            }
            _ => self.other_protocol(ip, now, packet, original, transmitter),
        }
    }

    #[cold]
    fn other_protocol<'a>(
        &mut self,
        ip: &mut Ip,
        now: Instant,
        packet: &Ipv4Packet<'_>,
        original: Original<'_>,
        transmitter: &mut impl Transmit,
    ) -> Result<Option<Input<'a>>, DropReason> {
        if let (igmp::PROTOCOL, Some(groups)) = (packet.protocol, &mut self.groups) {
            return groups.input(now, packet).map(|()| None);
        }
        Ipv4Egress::new(self, ip, now, transmitter)
            .refuse(&original, ErrorMessage::ProtocolUnreachable);
        Err(DropReason::Protocol)
    }

    // The packet is passed in parts, so that it stays in registers where no message is received.
    #[inline(never)]
    fn icmp<'a>(
        &mut self,
        ip: &mut Ip,
        now: Instant,
        (source, destination): (Ipv4Addr, Ipv4Addr),
        payload: &'a [u8],
        is_unicast: bool,
        transmitter: &mut impl Transmit,
    ) -> Result<Option<Input<'a>>, DropReason> {
        if !is_unicast {
            return Err(DropReason::TransportBroadcast);
        }
        match icmp::parse(payload)? {
            Message::EchoRequest => {
                let remote = Address::from(source);
                if !ip.echo_limit.allow(now, remote) {
                    return Err(DropReason::EchoLimited);
                }
                let mut egress = Ipv4Egress::new(self, ip, now, transmitter);
                egress.echo(destination, remote, payload);
                Ok(None)
            }
            Message::Error(error) => {
                // Errors about 127.0.0.0/8 come from there only.
                let sent_by_us = |local: Ipv4Addr| {
                    self.is_looped(local) && (!local.is_loopback() || source.is_loopback())
                };
                if !error.local.as_ipv4().is_some_and(sent_by_us) {
                    return Err(DropReason::IcmpForeign);
                }
                Ok(Some(Input::Error(error)))
            }
        }
    }
}

#[inline(always)]
fn counted<'a>(ip: &mut Ip, result: Result<Option<Input<'a>>, DropReason>) -> Option<Input<'a>> {
    result.unwrap_or_else(|reason| {
        ip.drops.count(reason);
        None
    })
}

/// Parses the Ethernet header, and the tag of priority without VLAN (IEEE 802.1Q, VLAN 0). Frames to groups are
/// let through if `has_groups`.
#[inline(always)]
fn parse_ethernet(
    frame: &[u8],
    mac: MacAddress,
    has_groups: bool,
) -> Result<Payload<'_>, DropReason> {
    let malformed = DropReason::FrameMalformed;
    let (header, mut bytes) = frame
        .split_first_chunk::<{ ethernet::HEADER_LEN }>()
        .ok_or(malformed)?;
    let is_group = header[0] & 1 != 0;
    let is_multicast = has_groups && header[..3] == [1, 0, 0x5e];
    if header[..6] != mac && header[..6] != [0xff; 6] && !is_multicast {
        return Err(DropReason::FrameDestination);
    }
    if header[6] & 1 != 0 {
        return Err(malformed);
    }
    let mut ether_type = u16::from_be_bytes([header[12], header[13]]);
    if ether_type == ethernet::VLAN {
        let (tag, rest) = bytes.split_first_chunk::<4>().ok_or(malformed)?;
        if u16::from_be_bytes([tag[0], tag[1]]) & 0x0fff != 0 {
            return Err(DropReason::VlanTag);
        }
        (ether_type, bytes) = (u16::from_be_bytes([tag[2], tag[3]]), rest);
    }
    match ether_type {
        ethernet::IPV4 => Ok(Payload::Ipv4 { bytes, is_group }),
        ethernet::ARP => Ok(Payload::Arp(bytes)),
        ethernet::VLAN | ethernet::SERVICE_VLAN => Err(DropReason::VlanTag),
        _ => Err(DropReason::EtherType),
    }
}

/// Returns the datagram of a packet, which may have bytes after it (RFC 768).
#[inline(always)]
pub(super) fn verified_datagram<'a>(
    packet: &Ipv4Packet<'a>,
    info: ReceiveInfo,
) -> Result<&'a [u8], DropReason> {
    let malformed = DropReason::TransportMalformed;
    let header: &[u8; 8] = packet.payload.first_chunk().ok_or(malformed)?;
    let length = u16::from_be_bytes([header[4], header[5]]);
    let datagram = packet.payload.get(..length.into()).ok_or(malformed)?;
    let data = datagram.get(header.len()..).ok_or(malformed)?;
    if header[6..] != [0, 0] {
        let sum = || Sum::from_bytes(header) + Sum::from_bytes(data);
        verify(packet, length, info, sum)?;
    }
    Ok(datagram)
}

/// Verifies the checksum of a segment.
#[inline(always)]
pub(super) fn verify_segment(packet: &Ipv4Packet<'_>, info: ReceiveInfo) -> Result<(), DropReason> {
    let segment = packet.payload;
    verify(packet, segment.len() as u16, info, || {
        Sum::from_bytes(segment)
    })
}

/// Verifies the checksum of a segment or datagram whose sum is `sum`.
#[inline(always)]
fn verify(
    packet: &Ipv4Packet<'_>,
    length: u16,
    info: ReceiveInfo,
    sum: impl FnOnce() -> Sum,
) -> Result<(), DropReason> {
    if info.checksum != ChecksumState::Unknown {
        return Ok(());
    }
    let (source, destination, protocol) = (packet.source, packet.destination, packet.protocol);
    let pseudo_header = checksum::pseudo_header_ipv4(source, destination, protocol, length);
    let correct = (pseudo_header + sum()).is_correct();
    correct.then_some(()).ok_or(DropReason::TransportChecksum)
}

#[inline(always)]
pub(super) fn to_packet<'a>(packet: &Ipv4Packet<'a>, payload: &'a [u8]) -> Packet<'a> {
    Packet {
        local: packet.destination.into(),
        remote: packet.source.into(),
        class: packet.class,
        payload,
    }
}
