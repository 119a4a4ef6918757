//! IPv6 packets on their way to the link.

use super::{
    addresses::{Recipient, is_of_host},
    fragmenter::is_fragmented,
    icmp::{self, Reason},
    interface::Ipv6,
    packet::{self, HEADER_LEN, HOP_LIMIT, Ipv6Packet, protocol_number},
};
use crate::{
    net::{
        checksum,
        drops::DropReason,
        ethernet::{self, MIN_IPV6_MTU},
        ip::{
            datagram_info::DatagramInfo,
            interface::Ip,
            multicast_options::MulticastOptions,
            output::{Completion, Target, checksum_offset, write_checksum},
            packet::{
                Address, Ecn, NextHopHint, PacketHeader, Protocol, TransmitError, UDP_HEADER_LEN,
            },
            template::{Template, write_datagram},
        },
        link::Transmit,
        neighbour::{MacAddress, NextHop, group_mac},
        offload::{PartialChecksum, TransmitInfo},
    },
    time::Instant,
};
use core::net::Ipv6Addr;

/// The start of a refused packet that is sent back, in bytes, so that the whole packet fits every link
/// (RFC 4443, section 2.4 (c)).
const MAX_QUOTED: usize = MIN_IPV6_MTU as usize - HEADER_LEN - icmp::HEADER_LEN;

/// Sends packets on an interface, at a time.
pub(super) struct Ipv6Output<'a, T> {
    pub(super) ipv6: &'a mut Ipv6,
    pub(super) ip: &'a mut Ip,
    pub(super) now: Instant,
    pub(super) transmitter: &'a mut T,
}

impl<'a, T: Transmit> Ipv6Output<'a, T> {
    pub(super) fn new(
        ipv6: &'a mut Ipv6,
        ip: &'a mut Ip,
        now: Instant,
        transmitter: &'a mut T,
    ) -> Self {
        Self {
            ipv6,
            ip,
            now,
            transmitter,
        }
    }

    /// Sends an ICMP error to the source of a refused packet, unless it is one that is never answered
    /// (RFC 4443, section 2.4 (e)) or the rate limit of that source is exceeded.
    pub(super) fn refuse(&mut self, original: &[u8], reason: Reason) {
        let Some(packet) = Ipv6Packet::parse_embedded(original) else {
            return;
        };
        if packet.source.is_unspecified() || icmp::is_error(&packet) {
            return;
        }
        if !self.ip.error_limit.allow(self.now, packet.source.into()) {
            return self.ip.drops.count(DropReason::IcmpLimited);
        }
        let quoted = &original[..original.len().min(MAX_QUOTED)];
        let mut write = |message: &mut [u8]| icmp::write_error(message, reason, quoted);
        let length = icmp::HEADER_LEN + quoted.len();
        self.answer(packet.destination, packet.source, length, &mut write);
    }

    /// Answers an echo request to `local`, which may be a group.
    pub(super) fn echo(&mut self, local: Ipv6Addr, remote: Ipv6Addr, request: &[u8]) {
        let mut write = |reply: &mut [u8]| icmp::write_echo_reply(reply, request);
        self.answer(local, remote, request.len(), &mut write);
    }

    fn answer(
        &mut self,
        local: Ipv6Addr,
        remote: Ipv6Addr,
        length: usize,
        write: &mut dyn FnMut(&mut [u8]),
    ) {
        let local = match local.is_multicast() {
            true => self.ipv6.source_for(remote),
            false => Some(local),
        };
        let Some(local) = local else { return };
        let header = PacketHeader {
            local: local.into(),
            remote: remote.into(),
            protocol: Protocol::Icmp,
            ecn: Ecn::NotCapable,
        };
        let (ends, hint) = ((local, remote), &mut NextHopHint::default());
        let sent = match HEADER_LEN + length > self.ip.mtu {
            true => self.transmit_fragments(HOP_LIMIT, ends, &header, length, write),
            false => self.transmit(ends, &header, hint, length, write),
        };
        if sent == Err(TransmitError::NoRoom) {
            self.ip.drops.count(DropReason::LinkFull);
        }
    }

    /// Sends a datagram to a group, and queues one for this host if it is in the group and the socket wants that.
    #[inline(never)]
    pub(super) fn transmit_to_group(
        &mut self,
        local_port: u16,
        info: &DatagramInfo,
        template: &mut Template,
        data: &[u8],
    ) -> Result<(), TransmitError> {
        let (Some(local), Some(remote)) = (ipv6_of(info.local), ipv6_of(info.remote)) else {
            return Err(TransmitError::Unreachable);
        };
        let (ends, header) = ((local, remote), info.packet());
        let length = UDP_HEADER_LEN + data.len();
        let is_fragmented = is_fragmented(template.mtu_discover, self.ip.mtu, data.len());
        if !is_fragmented && HEADER_LEN + length > self.ip.mtu {
            return Err(TransmitError::TooLong);
        }
        if !self.ipv6.addresses.is_usable(local) {
            return Err(TransmitError::Unreachable);
        }
        if !self.transmitter.has_room() {
            return Err(TransmitError::NoRoom);
        }
        let udp = info.udp_header(local_port, data.len());
        let mut write = |datagram: &mut [u8]| write_datagram(datagram, udp, data);
        let MulticastOptions { ttl, is_looped } = template.multicast_v6();
        if is_looped && self.ipv6.recipient(remote) == Recipient::Group {
            let target = Target::Loopback;
            let queued = self.queue(target, &header, ends, HEADER_LEN + length, &mut write);
            if queued.is_err() {
                self.ip.drops.count(DropReason::LoopbackFull);
            }
        }
        if ttl == 0 || is_of_host(remote) {
            return Ok(());
        }
        if is_fragmented {
            return self.transmit_fragments(ttl, ends, &header, length, &mut write);
        }
        let hint = &mut template.next_hop;
        self.transmit_within(ttl, ends, &header, hint, length, &mut write)
    }

    /// Sends a packet, as [`Egress::transmit`](crate::net::ip::Egress::transmit) does. `write` is not
    /// generic, so that images have this once.
    #[inline]
    pub(super) fn transmit(
        &mut self,
        (local, remote): (Ipv6Addr, Ipv6Addr),
        header: &PacketHeader,
        hint: &mut NextHopHint,
        length: usize,
        write: &mut dyn FnMut(&mut [u8]),
    ) -> Result<(), TransmitError> {
        self.transmit_within(HOP_LIMIT, (local, remote), header, hint, length, write)
    }

    /// Sends a packet with this hop limit.
    #[inline(never)]
    fn transmit_within(
        &mut self,
        hop_limit: u8,
        (local, remote): (Ipv6Addr, Ipv6Addr),
        header: &PacketHeader,
        hint: &mut NextHopHint,
        length: usize,
        write: &mut dyn FnMut(&mut [u8]),
    ) -> Result<(), TransmitError> {
        let packet_len = HEADER_LEN + length;
        if packet_len > self.ip.mtu {
            return Err(TransmitError::TooLong);
        }
        // A neighbour is known by the hint only if `local` was checked when the hint was set.
        let neighbours = &mut self.ipv6.neighbours;
        let target = match neighbours.reachable(self.now, hint.index(), remote) {
            Some(mac) if self.ipv6.addresses.is_usable(local) => Target::Frame(mac),
            _ => self.target(local, remote, hint)?,
        };
        match target {
            Target::Frame(mac) => self.push(mac, hop_limit, (local, remote), header, length, write),
            _ => self.queue(target, header, (local, remote), packet_len, write),
        }
    }

    /// Sends a datagram to a host.
    #[inline]
    pub(super) fn transmit_datagram(
        &mut self,
        local_port: u16,
        info: &DatagramInfo,
        template: &mut Template,
        data: &[u8],
    ) -> Result<(), TransmitError> {
        let (Some(local), Some(remote)) = (ipv6_of(info.local), ipv6_of(info.remote)) else {
            return Err(TransmitError::Unreachable);
        };
        let (ends, header) = ((local, remote), info.packet());
        let udp = info.udp_header(local_port, data.len());
        let length = UDP_HEADER_LEN + data.len();
        let mut write = |datagram: &mut [u8]| write_datagram(datagram, udp, data);
        let hint = &mut template.next_hop;
        match self.reachable_mac(local, remote, hint, length) {
            Some(mac) => self.push(mac, HOP_LIMIT, ends, &header, length, write),
            None => self.transmit(ends, &header, hint, length, &mut write),
        }
    }

    /// Returns the MAC address of a neighbour to which a packet of `length` bytes behind the header can be sent at
    /// once, because it is where it was last time.
    #[inline]
    pub(super) fn reachable_mac(
        &mut self,
        local: Ipv6Addr,
        remote: Ipv6Addr,
        hint: &NextHopHint,
        length: usize,
    ) -> Option<MacAddress> {
        let neighbours = &mut self.ipv6.neighbours;
        let mac = neighbours.reachable(self.now, hint.index(), remote)?;
        let is_sent = HEADER_LEN + length <= self.ip.mtu && self.ipv6.addresses.is_usable(local);
        is_sent.then_some(mac)
    }

    /// Writes a packet to the link.
    #[inline(always)]
    pub(super) fn push(
        &mut self,
        mac: MacAddress,
        hop_limit: u8,
        (local, remote): (Ipv6Addr, Ipv6Addr),
        header: &PacketHeader,
        length: usize,
        write: impl FnOnce(&mut [u8]),
    ) -> Result<(), TransmitError> {
        let mut info = TransmitInfo::default();
        let mut completion = Completion::Here;
        if self.ip.offloads.checksum && header.protocol != Protocol::Icmp {
            completion = Completion::Link;
            info.checksum = Some(PartialChecksum {
                start: (ethernet::HEADER_LEN + HEADER_LEN) as u16,
                offset: checksum_offset(header.protocol) as u16,
            });
        }
        let source = self.ip.mac;
        let fill = |frame: &mut [u8]| {
            if let Some((frame_header, packet)) = frame.split_first_chunk_mut() {
                ethernet::write_header(frame_header, mac, source, ethernet::IPV6);
                let addressing = (local, remote, hop_limit);
                write_packet(packet, header, addressing, completion, write);
            }
        };
        let frame_len = ethernet::HEADER_LEN + HEADER_LEN + length;
        let pushed = self.transmitter.push_with(frame_len, info, fill);
        pushed.ok_or(TransmitError::NoRoom)
    }

    /// Where a packet goes that does not go where the last one went.
    #[inline(never)]
    pub(super) fn target(
        &mut self,
        local: Ipv6Addr,
        remote: Ipv6Addr,
        hint: &mut NextHopHint,
    ) -> Result<Target<Ipv6Addr>, TransmitError> {
        let ipv6 = &mut *self.ipv6;
        if ipv6.is_looped(remote) && ipv6.is_looped(local) {
            return Ok(Target::Loopback);
        }
        if !ipv6.addresses.is_usable(local) {
            return Err(TransmitError::Unreachable);
        }
        if remote.is_multicast() {
            return Ok(Target::Frame(group_mac(remote)));
        }
        let address = ipv6.routes.next_hop(remote);
        let address = address.ok_or(TransmitError::Unreachable)?;
        let neighbours = &mut ipv6.neighbours;
        if let Some(mac) = neighbours.reachable(self.now, hint.index(), address) {
            return Ok(Target::Frame(mac));
        }
        match neighbours.lookup(self.now, address) {
            Some((mac, index)) => {
                let in_doubt = neighbours.reachable(self.now, index, address).is_none();
                *hint = NextHopHint::new(index, in_doubt);
                Ok(Target::Frame(mac))
            }
            None => Ok(Target::Pending(NextHop {
                address,
                source: local,
            })),
        }
    }

    /// Queues a packet that cannot be written to the link now.
    #[inline(never)]
    pub(super) fn queue(
        &mut self,
        target: Target<Ipv6Addr>,
        header: &PacketHeader,
        ends: (Ipv6Addr, Ipv6Addr),
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
            .waiting(is_looped, has_room, ethernet::IPV6, length)?;
        let Some(mut frame) = waiting else {
            return Ok(());
        };
        let hole = frame.len() - length;
        let addressing = (ends.0, ends.1, HOP_LIMIT);
        write_packet(&mut frame[hole..], header, addressing, completion, write);
        match target {
            Target::Pending(hop) => {
                let (neighbours, drops) = (&mut self.ipv6.neighbours, &mut self.ip.drops);
                neighbours.enqueue(self.now, hop, frame, self.transmitter, drops);
            }
            _ => self.ip.loop_back(frame),
        }
        Ok(())
    }

    /// Notes that the transport protocol made progress with a peer.
    #[inline]
    pub(super) fn confirm(&mut self, remote: Ipv6Addr, hint: &mut NextHopHint) {
        if let Some(next_hop) = self.ipv6.routes.next_hop(remote) {
            let neighbours = &mut self.ipv6.neighbours;
            neighbours.confirm(self.now, hint.index(), next_hop);
        }
        *hint = NextHopHint::new(hint.index(), false);
    }
}

/// Returns the IPv6 address of an [`Address`] that is not one of IPv4.
#[inline]
pub(super) fn ipv6_of(address: Address) -> Option<Ipv6Addr> {
    match address.as_ipv4() {
        Some(_) => None,
        None => Some(Ipv6Addr::from_octets(*address.as_bytes())),
    }
}

#[inline(always)]
pub(super) fn write_packet(
    packet: &mut [u8],
    header: &PacketHeader,
    (local, remote, hop_limit): (Ipv6Addr, Ipv6Addr, u8),
    completion: Completion,
    write: impl FnOnce(&mut [u8]),
) {
    let Some((ip, payload)) = packet.split_first_chunk_mut() else {
        return;
    };
    let length = payload.len() as u16;
    let next = (header.protocol, hop_limit);
    packet::write_header(ip, local, remote, next, header.ecn, length);
    write(payload);
    let protocol = protocol_number(header.protocol);
    let sum = checksum::pseudo_header_ipv6(local, remote, protocol, length);
    write_checksum(header.protocol, payload, sum, completion);
}
