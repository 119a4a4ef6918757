//! Packets on their way to the link.

use super::{
    datagram_info::DatagramInfo,
    egress::Egress,
    groups::group_mac,
    icmp::{self, ErrorMessage},
    interface::Ip,
    ipv4::Ipv4,
    original::Original,
    packet::{Address, Ecn, NextHopHint, PacketHeader, Protocol, TransmitError},
    template::{HEADERS_LEN, Template},
    v4::{self, Ipv4Packet},
};
use crate::{
    net::{
        checksum::{self, Sum},
        drops::DropReason,
        ethernet,
        link::Transmit,
        neighbour::{MacAddress, NextHop},
        offload::{PartialChecksum, TransmitInfo},
    },
    time::Instant,
};
use core::net::Ipv4Addr;

/// The start of a refused packet that is sent back, in bytes, so that the whole packet has the 576
/// bytes that every host accepts (RFC 1812, section 4.3.2.3).
const MAX_QUOTED: usize = 576 - v4::HEADER_LEN - icmp::HEADER_LEN;

/// Sends packets of IPv4 on an interface, at a time.
#[derive(Debug)]
pub struct Ipv4Egress<'a, T> {
    pub(super) ipv4: &'a mut Ipv4,
    pub(super) ip: &'a mut Ip,
    pub(super) now: Instant,
    pub(super) transmitter: &'a mut T,
}

/// Where a packet goes.
pub(super) enum Target<A = Ipv4Addr> {
    Frame(MacAddress),
    Pending(NextHop<A>),
    Loopback,
}

/// Who computes the checksum of a segment or datagram.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Completion {
    Here,
    Link,
    /// None: the packet does not leave this host.
    Omitted,
}

impl<'a, T: Transmit> Ipv4Egress<'a, T> {
    /// Sends on `transmitter`, the link of the interface, at the time `now`.
    pub fn new(ipv4: &'a mut Ipv4, ip: &'a mut Ip, now: Instant, transmitter: &'a mut T) -> Self {
        Self {
            ipv4,
            ip,
            now,
            transmitter,
        }
    }

    /// Sends an ICMP error message about a packet to its source, unless the rate limit of that source is
    /// exceeded. This host's own packets are not limited.
    pub fn refuse(&mut self, original: &Original<'_>, error: ErrorMessage) {
        if !original.is_unicast {
            return;
        }
        let Some(packet) = Ipv4Packet::parse_embedded(original.bytes) else {
            return;
        };
        let remote = Address::from(packet.source);
        let is_looped = packet.source == packet.destination;
        if !is_looped && !self.ip.error_limit.allow(self.now, remote) {
            return self.ip.drops.count(DropReason::IcmpLimited);
        }
        let quoted = &original.bytes[..original.bytes.len().min(MAX_QUOTED)];
        let mut write = |message: &mut [u8]| icmp::write_error(message, error, quoted);
        self.answer(
            packet.destination,
            remote,
            icmp::HEADER_LEN + quoted.len(),
            &mut write,
        );
    }

    /// Answers an echo request.
    pub(super) fn echo(&mut self, local: Ipv4Addr, remote: Address, request: &[u8]) {
        let mut write = |reply: &mut [u8]| icmp::write_echo_reply(reply, request);
        self.answer(local, remote, request.len(), &mut write);
    }

    fn answer(
        &mut self,
        local: Ipv4Addr,
        remote: Address,
        length: usize,
        write: &mut dyn FnMut(&mut [u8]),
    ) {
        let header = PacketHeader {
            local: local.into(),
            remote,
            protocol: Protocol::Icmp,
            ecn: Ecn::NotCapable,
        };
        let hint = &mut NextHopHint::default();
        let sent = match v4::HEADER_LEN + length > self.ip.mtu {
            true => self.transmit_fragments(&header, v4::TTL, length, write),
            false => self.transmit(&header, hint, length, write),
        };
        if sent.is_err() {
            self.ip.drops.count(DropReason::LinkFull);
        }
    }

    /// Where a packet goes that does not go where the last one went.
    #[inline(never)]
    pub(super) fn target(
        &mut self,
        local: Ipv4Addr,
        remote: Ipv4Addr,
        hint: &mut NextHopHint,
    ) -> Result<Target, TransmitError> {
        let ipv4 = &mut *self.ipv4;
        if ipv4.is_looped(remote) && ipv4.is_looped(local) {
            return Ok(Target::Loopback);
        }
        // Without an address, only a DHCP client may ask (RFC 1122, section 3.2.1.3 (a)).
        let asks_for_address = local.is_unspecified() && remote.is_broadcast();
        if !asks_for_address && !ipv4.addresses.is_usable(local) {
            return Err(TransmitError::Unreachable);
        }
        if ipv4.addresses.is_broadcast(remote) {
            return Ok(Target::Frame([0xff; 6]));
        }
        if remote.is_multicast() {
            return Ok(Target::Frame(group_mac(remote)));
        }
        let address = ipv4.routes.next_hop(remote);
        let address = address.ok_or(TransmitError::Unreachable)?;
        if let Some(mac) = ipv4.neighbours.reachable(self.now, hint.index(), address) {
            return Ok(Target::Frame(mac));
        }
        match ipv4.neighbours.lookup(self.now, address) {
            Some((mac, index)) => {
                let in_doubt = ipv4
                    .neighbours
                    .reachable(self.now, index, address)
                    .is_none();
                *hint = NextHopHint::new(index, in_doubt);
                Ok(Target::Frame(mac))
            }
            None => Ok(Target::Pending(NextHop {
                address,
                source: local,
            })),
        }
    }

    /// Queues a packet that cannot be written to the link now. `write` is not generic, so that images
    /// have this once.
    #[inline(never)]
    pub(super) fn queue(
        &mut self,
        target: Target,
        header: &PacketHeader,
        addresses: (Ipv4Addr, Ipv4Addr),
        length: usize,
        write: &mut dyn FnMut(&mut [u8]),
    ) -> Result<(), TransmitError> {
        let completion = match target {
            Target::Loopback if header.protocol != Protocol::Icmp => Completion::Omitted,
            _ => Completion::Here,
        };
        let is_looped = matches!(target, Target::Loopback);
        let has_room = self.transmitter.has_room();
        let waiting = self
            .ip
            .waiting(is_looped, has_room, ethernet::IPV4, length)?;
        let Some(mut frame) = waiting else {
            return Ok(());
        };
        let hole = frame.len() - length;
        write_once(&mut frame[hole..], header, addresses, completion, write);
        let (now, ip) = (self.now, &mut *self.ip);
        match target {
            Target::Pending(hop) => {
                let (transmitter, drops) = (&mut *self.transmitter, &mut ip.drops);
                self.ipv4
                    .neighbours
                    .enqueue(now, hop, frame, transmitter, drops);
            }
            _ => ip.loop_back(frame),
        }
        Ok(())
    }
}

impl<T: Transmit> Egress for Ipv4Egress<'_, T> {
    #[inline]
    fn has_room(&mut self) -> bool {
        self.transmitter.has_room()
    }

    #[inline]
    fn confirm(&mut self, remote: Address, hint: &mut NextHopHint) {
        let next_hop = remote
            .as_ipv4()
            .and_then(|remote| self.ipv4.routes.next_hop(remote));
        if let Some(next_hop) = next_hop {
            self.ipv4
                .neighbours
                .confirm(self.now, hint.index(), next_hop);
        }
        *hint = NextHopHint::new(hint.index(), false);
    }

    #[inline]
    fn transmit(
        &mut self,
        header: &PacketHeader,
        hint: &mut NextHopHint,
        length: usize,
        write: impl FnOnce(&mut [u8]),
    ) -> Result<(), TransmitError> {
        let (Some(local), Some(remote)) = (header.local.as_ipv4(), header.remote.as_ipv4()) else {
            return Err(TransmitError::Unreachable);
        };
        let packet_len = v4::HEADER_LEN + length;
        if packet_len > self.ip.mtu {
            return Err(TransmitError::TooLong);
        }
        // A neighbour's entry is removed with the local address that asked it, and `local` is checked
        // when the hint is set.
        let target = match self
            .ipv4
            .neighbours
            .reachable(self.now, hint.index(), remote)
        {
            Some(mac) if self.ipv4.addresses.is_usable(local) => Target::Frame(mac),
            _ => self.target(local, remote, hint)?,
        };
        let Target::Frame(mac) = target else {
            let mut write = Some(write);
            let mut write = |payload: &mut [u8]| {
                if let Some(write) = write.take() {
                    write(payload);
                }
            };
            return self.queue(target, header, (local, remote), packet_len, &mut write);
        };
        let mut info = TransmitInfo::default();
        let mut completion = Completion::Here;
        if self.ip.offloads.checksum && header.protocol != Protocol::Icmp {
            completion = Completion::Link;
            info.checksum = Some(partial_checksum(header.protocol));
        }
        let source = self.ip.mac;
        let fill = |frame: &mut [u8]| {
            if let Some((frame_header, packet)) = frame.split_first_chunk_mut() {
                ethernet::write_header(frame_header, mac, source, ethernet::IPV4);
                write_packet(packet, header, (local, remote), completion, write);
            }
        };
        let frame_len = ethernet::HEADER_LEN + packet_len;
        let pushed = self.transmitter.push_with(frame_len, info, fill);
        pushed.ok_or(TransmitError::NoRoom)
    }

    #[inline(always)]
    fn transmit_datagram(
        &mut self,
        local_port: u16,
        info: &DatagramInfo,
        template: &mut Template,
        data: &[u8],
    ) -> Result<(), TransmitError> {
        self.transmit_by(template, local_port, info, data)
    }
}

/// What a link does that completes the checksum.
#[inline]
pub(super) const fn partial_checksum(protocol: Protocol) -> PartialChecksum {
    PartialChecksum {
        start: HEADERS_LEN as u16,
        offset: checksum_offset(protocol) as u16,
    }
}

/// Writes a packet. `write` is not generic, so that images have this once.
#[inline(never)]
pub(super) fn write_once(
    packet: &mut [u8],
    header: &PacketHeader,
    addresses: (Ipv4Addr, Ipv4Addr),
    completion: Completion,
    write: &mut dyn FnMut(&mut [u8]),
) {
    write_packet(packet, header, addresses, completion, write);
}

#[inline(always)]
fn write_packet(
    packet: &mut [u8],
    header: &PacketHeader,
    (local, remote): (Ipv4Addr, Ipv4Addr),
    completion: Completion,
    write: impl FnOnce(&mut [u8]),
) {
    let Some((ip, payload)) = packet.split_first_chunk_mut() else {
        return;
    };
    let length = payload.len() as u16;
    v4::write_header(ip, local, remote, header.protocol, header.ecn, length);
    write(payload);
    let sum = match header.protocol {
        Protocol::Icmp => Sum::ZERO,
        protocol => checksum::pseudo_header_ipv4(local, remote, protocol as u8, length),
    };
    write_checksum(header.protocol, payload, sum, completion);
}

/// Writes the checksum of a segment, datagram or message. `pseudo_header` is the sum of its pseudo-header.
#[inline(always)]
pub(super) fn write_checksum(
    protocol: Protocol,
    payload: &mut [u8],
    pseudo_header: Sum,
    completion: Completion,
) {
    let checksum = match completion {
        Completion::Here => (pseudo_header + Sum::from_bytes(payload)).checksum(),
        // Also what a receiver expects that never verifies it.
        Completion::Link | Completion::Omitted => pseudo_header.fold(),
    };
    // A UDP checksum of 0 would mean that there is none (RFC 768).
    let checksum = match protocol {
        Protocol::Udp if checksum == 0 => u16::MAX,
        _ => checksum,
    };
    let offset = checksum_offset(protocol);
    if let Some(field) = payload.get_mut(offset..offset + 2) {
        field.copy_from_slice(&checksum.to_be_bytes());
    }
}

/// Where the checksum is in a transport header.
#[inline]
pub(super) const fn checksum_offset(protocol: Protocol) -> usize {
    match protocol {
        Protocol::Icmp => 2,
        Protocol::Tcp => 16,
        Protocol::Udp => 6,
    }
}
