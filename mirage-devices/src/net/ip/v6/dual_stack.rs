//! Interfaces with both address families.

use super::{
    egress::Ipv6Egress,
    interface::Ipv6,
    ipv6_only::{HasIpv6, IPV6, Ipv6Only, ether_type, ipv6_packet, original_of},
    output::{Ipv6Output, ipv6_of},
};
use crate::{
    net::{
        drops::DropReason,
        ip::{
            datagram_info::DatagramInfo,
            egress::Egress,
            families::{Families, Family, Layers},
            icmp::IcmpError,
            input::Input,
            interface::Ip,
            ipv4::Ipv4,
            ipv4_only::Ipv4Only,
            original::Original,
            output::Ipv4Egress,
            packet::{Address, NextHopHint, PacketHeader, TransmitError},
            predicted::Predicted,
            template::Template,
        },
        link::Transmit,
        offload::ReceiveInfo,
    },
    time::Instant,
};
use core::cell::RefMut;

/// An interface with IPv4 and IPv6. Clones are the same.
#[derive(Debug, Clone)]
pub struct DualStack {
    ipv4: Ipv4Only,
    ipv6: Ipv6Only,
    /// The one whose frames are processed, if they are not those of both.
    only: Option<Family>,
}

impl DualStack {
    /// Returns both families of an interface.
    pub const fn new(ipv4: Ipv4Only, ipv6: Ipv6Only) -> Self {
        Self {
            ipv4,
            ipv6,
            only: None,
        }
    }

    /// Has only the frames of one family processed. The layer of the other must have no address.
    #[must_use]
    pub fn with_only(self, only: Family) -> Self {
        Self {
            only: Some(only),
            ..self
        }
    }
}

impl Families for DualStack {
    type Layers<'a> = DualStackLayers<'a>;

    #[inline(always)]
    fn layers(&self) -> DualStackLayers<'_> {
        DualStackLayers {
            ipv4: self.ipv4.layers(),
            ipv6: self.ipv6.layers(),
            only: self.only,
        }
    }
}

/// The layers of both families.
#[derive(Debug)]
pub struct DualStackLayers<'a> {
    ipv4: RefMut<'a, Ipv4>,
    ipv6: RefMut<'a, Ipv6>,
    only: Option<Family>,
}

impl HasIpv6 for DualStackLayers<'_> {
    #[inline(always)]
    fn ipv6(&mut self) -> &mut Ipv6 {
        &mut self.ipv6
    }
}

impl Layers for DualStackLayers<'_> {
    #[inline(always)]
    fn predicted<'a>(&self, ip: &Ip, frame: &'a [u8], info: ReceiveInfo) -> Option<Predicted<'a>> {
        match ether_type(frame) {
            Some(IPV6) => Ipv6::predicted(&self.ipv6, frame, info),
            _ => Layers::predicted(&self.ipv4, ip, frame, info),
        }
    }

    fn original_of<'a>(&self, frame: &'a [u8]) -> Option<Original<'a>> {
        match ether_type(frame) {
            Some(IPV6) => original_of(frame),
            _ => Original::of_predicted(frame),
        }
    }

    #[inline]
    fn input<'a, T: Transmit>(
        &mut self,
        ip: &mut Ip,
        now: Instant,
        frame: &'a [u8],
        info: ReceiveInfo,
        transmitter: &mut T,
    ) -> Option<Input<'a>> {
        match (ipv6_packet(frame), self.only) {
            (Some(_), Some(Family::V4)) | (None, Some(Family::V6)) => {
                ip.drops.count(DropReason::EtherType);
                None
            }
            (Some(bytes), _) => {
                Ipv6::input(&mut self.ipv6, ip, now, frame, bytes, info, transmitter)
            }
            (None, _) => Layers::input(&mut self.ipv4, ip, now, frame, info, transmitter),
        }
    }

    #[inline]
    fn input_reassembled<'a, T: Transmit>(
        &mut self,
        ip: &mut Ip,
        now: Instant,
        packet: &'a [u8],
        transmitter: &mut T,
    ) -> Option<Input<'a>> {
        match is_ipv6(packet) {
            true => Layers::input_reassembled(&mut self.ipv6, ip, now, packet, transmitter),
            false => Layers::input_reassembled(&mut self.ipv4, ip, now, packet, transmitter),
        }
    }

    #[inline]
    fn input_looped<'a, T: Transmit>(
        &mut self,
        ip: &mut Ip,
        now: Instant,
        packet: &'a [u8],
        transmitter: &mut T,
    ) -> Option<Input<'a>> {
        match is_ipv6(packet) {
            true => Layers::input_looped(&mut self.ipv6, ip, now, packet, transmitter),
            false => Layers::input_looped(&mut self.ipv4, ip, now, packet, transmitter),
        }
    }

    fn refuse_datagram<T: Transmit>(
        &mut self,
        ip: &mut Ip,
        now: Instant,
        transmitter: &mut T,
        original: &Original<'_>,
    ) {
        match is_ipv6(original.bytes) {
            true => self.ipv6.refuse_datagram(ip, now, transmitter, original),
            false => self.ipv4.refuse_datagram(ip, now, transmitter, original),
        }
    }

    #[inline(always)]
    fn egress<'a, T: Transmit>(
        &'a mut self,
        ip: &'a mut Ip,
        now: Instant,
        transmitter: &'a mut T,
    ) -> impl Egress {
        DualStackEgress {
            ipv4: &mut self.ipv4,
            ipv6: &mut self.ipv6,
            ip,
            now,
            transmitter,
        }
    }

    #[inline]
    fn flush_fragments<T: Transmit>(&mut self, ip: &mut Ip, now: Instant, transmitter: &mut T) {
        Layers::flush_fragments(&mut self.ipv4, ip, now, transmitter);
        Layers::flush_fragments(&mut self.ipv6, ip, now, transmitter);
    }

    fn expire(
        &mut self,
        ip: &mut Ip,
        now: Instant,
        transmitter: &mut impl Transmit,
        mut unreachable: impl FnMut(&IcmpError<'_>),
    ) {
        if ip.has_expired_fragments(now) {
            self.give_up_reassembly(ip, now, transmitter);
        }
        Layers::expire(&mut self.ipv4, ip, now, transmitter, &mut unreachable);
        Layers::expire(&mut self.ipv6, ip, now, transmitter, unreachable);
    }

    #[inline]
    fn next_deadline(&self) -> Option<Instant> {
        let deadlines = [
            Layers::next_deadline(&self.ipv4),
            Layers::next_deadline(&self.ipv6),
        ];
        deadlines.into_iter().flatten().min()
    }
}

impl DualStackLayers<'_> {
    /// Gives up packets of both families whose fragments did not come in time.
    #[cold]
    #[inline(never)]
    fn give_up_reassembly(&mut self, ip: &mut Ip, now: Instant, transmitter: &mut impl Transmit) {
        while let Some(first) = ip.take_expired_fragment(now) {
            match is_ipv6(&first) {
                true => self.ipv6.refuse_reassembly(ip, now, &first, transmitter),
                false => self.ipv4.refuse_reassembly(ip, now, &first, transmitter),
            }
        }
    }
}

/// Sends packets of both families on an interface, at a time.
struct DualStackEgress<'a, T> {
    ipv4: &'a mut Ipv4,
    ipv6: &'a mut Ipv6,
    ip: &'a mut Ip,
    now: Instant,
    transmitter: &'a mut T,
}

impl<T: Transmit> DualStackEgress<'_, T> {
    #[inline(always)]
    fn ipv4(&mut self) -> Ipv4Egress<'_, T> {
        Ipv4Egress::new(self.ipv4, self.ip, self.now, self.transmitter)
    }

    #[inline(always)]
    fn ipv6(&mut self) -> Ipv6Egress<'_, T> {
        Ipv6Egress(Ipv6Output::new(
            self.ipv6,
            self.ip,
            self.now,
            self.transmitter,
        ))
    }
}

impl<T: Transmit> Egress for DualStackEgress<'_, T> {
    #[inline]
    fn has_room(&mut self) -> bool {
        self.transmitter.has_room()
    }

    #[inline]
    fn confirm(&mut self, remote: Address, hint: &mut NextHopHint) {
        match ipv6_of(remote) {
            Some(_) => self.ipv6().confirm(remote, hint),
            None => self.ipv4().confirm(remote, hint),
        }
    }

    #[inline]
    fn transmit(
        &mut self,
        header: &PacketHeader,
        hint: &mut NextHopHint,
        length: usize,
        write: impl FnOnce(&mut [u8]),
    ) -> Result<(), TransmitError> {
        match ipv6_of(header.local) {
            Some(_) => self.ipv6().transmit(header, hint, length, write),
            None => self.ipv4().transmit(header, hint, length, write),
        }
    }

    #[inline]
    fn transmit_datagram(
        &mut self,
        local_port: u16,
        info: &DatagramInfo,
        template: &mut Template,
        data: &[u8],
    ) -> Result<(), TransmitError> {
        match info.remote.as_ipv4() {
            Some(_) => self
                .ipv4()
                .transmit_datagram(local_port, info, template, data),
            None => self
                .ipv6()
                .transmit_datagram(local_port, info, template, data),
        }
    }
}

fn is_ipv6(packet: &[u8]) -> bool {
    packet.first().is_some_and(|first| first >> 4 == 6)
}
