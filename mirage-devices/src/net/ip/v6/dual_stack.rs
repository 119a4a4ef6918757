//! Interfaces with both address families.

use super::{
    egress::DualStackEgress, icmp::Reason, interface::Ipv6, output::Ipv6Output, packet::Ipv6Packet,
    sockets::Ipv6Sockets,
};
use crate::{
    net::{
        ethernet,
        ip::{
            egress::Egress,
            families::Families,
            icmp::{ErrorMessage, IcmpError},
            input::Input,
            interface::Ip,
            original::Original,
            output::IpEgress,
            predicted::Predicted,
        },
        link::Transmit,
        offload::ReceiveInfo,
    },
    time::Instant,
};
use alloc::rc::Rc;
use core::cell::RefCell;

/// The EtherType of IPv6 as it is in a frame.
const IPV6: [u8; 2] = ethernet::IPV6.to_be_bytes();

/// An interface with IPv4 and IPv6, of which it has the state. Clones are the same.
#[derive(Debug, Clone)]
pub struct DualStack(pub(super) Rc<RefCell<Ipv6>>);

impl DualStack {
    /// Returns the address families of an interface whose IPv6 layer is `ipv6`.
    pub fn new(ipv6: Ipv6) -> Self {
        Self(Rc::new(RefCell::new(ipv6)))
    }

    /// Returns the IPv6 layer as sockets know it.
    pub fn sockets(&self) -> Rc<dyn Ipv6Sockets> {
        self.0.clone()
    }
}

impl Families for DualStack {
    #[inline(always)]
    fn predicted<'a>(&self, ip: &Ip, frame: &'a [u8], info: ReceiveInfo) -> Option<Predicted<'a>> {
        match ether_type(frame) {
            Some(IPV6) => self.0.borrow().predicted(frame, info),
            _ => ip.predicted(frame, info),
        }
    }

    fn original_of<'a>(&self, frame: &'a [u8]) -> Option<Original<'a>> {
        match ether_type(frame) {
            Some(IPV6) => Some(Original {
                is_unicast: true,
                bytes: Ipv6Packet::parse(frame.get(ethernet::HEADER_LEN..)?)
                    .ok()?
                    .bytes,
            }),
            _ => Original::of_predicted(frame),
        }
    }

    #[inline]
    fn input<'a, T: Transmit>(
        &self,
        ip: &mut Ip,
        now: Instant,
        frame: &'a [u8],
        info: ReceiveInfo,
        transmitter: &mut T,
    ) -> Option<Input<'a>> {
        match ipv6_packet(frame) {
            Some(bytes) => {
                let ipv6 = &mut *self.0.borrow_mut();
                ipv6.input(ip, now, frame, bytes, info, transmitter)
            }
            None => ip.input(now, frame, info, transmitter),
        }
    }

    #[inline]
    fn input_looped<'a, T: Transmit>(
        &self,
        ip: &mut Ip,
        now: Instant,
        packet: &'a [u8],
        transmitter: &mut T,
    ) -> Option<Input<'a>> {
        match is_ipv6(packet) {
            true => {
                let ipv6 = &mut *self.0.borrow_mut();
                ipv6.input_looped(ip, now, packet, transmitter)
            }
            false => ip.input_looped(now, packet, transmitter),
        }
    }

    #[inline]
    fn input_reassembled<'a, T: Transmit>(
        &self,
        ip: &mut Ip,
        now: Instant,
        packet: &'a [u8],
        transmitter: &mut T,
    ) -> Option<Input<'a>> {
        match is_ipv6(packet) {
            true => {
                let ipv6 = &mut *self.0.borrow_mut();
                ipv6.input_reassembled(ip, now, packet, transmitter)
            }
            false => ip.input_reassembled(now, packet, transmitter),
        }
    }

    fn refuse_datagram<T: Transmit>(
        &self,
        ip: &mut Ip,
        now: Instant,
        transmitter: &mut T,
        original: &Original<'_>,
    ) {
        if !is_ipv6(original.bytes) {
            return IpEgress::new(ip, now, transmitter)
                .refuse(original, ErrorMessage::PortUnreachable);
        }
        if original.is_unicast {
            let ipv6 = &mut *self.0.borrow_mut();
            let mut output = Ipv6Output::new(ipv6, ip, now, transmitter);
            output.refuse(original.bytes, Reason::Port);
        }
    }

    #[inline]
    fn flush_fragments(&self, ip: &mut Ip, now: Instant, transmitter: &mut impl Transmit) {
        IpEgress::new(ip, now, transmitter).flush_fragments();
        let ipv6 = &mut *self.0.borrow_mut();
        Ipv6Output::new(ipv6, ip, now, transmitter).flush_fragments();
    }

    #[inline(always)]
    fn egress<'a, T: Transmit>(
        &'a self,
        ip: &'a mut Ip,
        now: Instant,
        transmitter: &'a mut T,
    ) -> impl Egress {
        DualStackEgress {
            ipv6: self.0.borrow_mut(),
            ip,
            now,
            transmitter,
        }
    }

    fn expire(
        &self,
        ip: &mut Ip,
        now: Instant,
        transmitter: &mut impl Transmit,
        mut unreachable: impl FnMut(&IcmpError<'_>),
    ) {
        let ipv6 = &mut *self.0.borrow_mut();
        if ip.has_expired_fragments(now) {
            give_up_reassembly(ipv6, ip, now, transmitter);
        }
        ip.expire(now, transmitter, &mut unreachable);
        ipv6.expire(ip, now, transmitter, unreachable);
    }

    #[inline]
    fn next_deadline(&self, ip: &Ip) -> Option<Instant> {
        let deadlines = [ip.next_deadline(), self.0.borrow().next_deadline()];
        deadlines.into_iter().flatten().min()
    }
}

/// Gives up packets of both families whose fragments did not come in time.
#[cold]
#[inline(never)]
fn give_up_reassembly(ipv6: &mut Ipv6, ip: &mut Ip, now: Instant, transmitter: &mut impl Transmit) {
    while let Some(first) = ip.take_expired_fragment(now) {
        match is_ipv6(&first) {
            true => ipv6.refuse_reassembly(ip, now, &first, transmitter),
            false => ip.refuse_reassembly(now, &first, transmitter),
        }
    }
}

#[inline(always)]
fn ether_type(frame: &[u8]) -> Option<[u8; 2]> {
    let header: &[u8; ethernet::HEADER_LEN] = frame.first_chunk()?;
    Some([header[12], header[13]])
}

/// Returns the packet of a frame if it is one of IPv6, also behind the tag of priority without VLAN.
pub(super) fn ipv6_packet(frame: &[u8]) -> Option<&[u8]> {
    let (header, bytes) = frame.split_first_chunk::<{ ethernet::HEADER_LEN }>()?;
    match *bytes {
        _ if header[12..] == IPV6 => Some(bytes),
        [high, low, a, b, ref rest @ ..]
            if header[12..] == ethernet::VLAN.to_be_bytes()
                && u16::from_be_bytes([high, low]) & 0x0fff == 0
                && [a, b] == IPV6 =>
        {
            Some(rest)
        }
        _ => None,
    }
}

fn is_ipv6(packet: &[u8]) -> bool {
    packet.first().is_some_and(|first| first >> 4 == 6)
}
