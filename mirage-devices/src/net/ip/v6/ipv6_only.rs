//! Interfaces with IPv6 only.

use super::{
    egress::Ipv6Egress, icmp::Reason, interface::Ipv6, output::Ipv6Output, packet::Ipv6Packet,
    sockets::Ipv6Sockets,
};
use crate::{
    net::{
        drops::DropReason,
        ethernet,
        ip::{
            egress::Egress,
            families::{Families, Layers},
            icmp::IcmpError,
            input::Input,
            interface::Ip,
            original::Original,
            predicted::Predicted,
        },
        link::Transmit,
        offload::ReceiveInfo,
    },
    time::Instant,
};
use alloc::rc::Rc;
use core::{
    cell::{RefCell, RefMut},
    future::poll_fn,
    task::Poll,
};

/// The EtherType of IPv6 as it is in a frame.
pub(super) const IPV6: [u8; 2] = ethernet::IPV6.to_be_bytes();

/// An interface with IPv6 only, of which it has the layer. Clones are the same.
#[derive(Debug, Clone)]
pub struct Ipv6Only(pub(super) Rc<RefCell<Ipv6>>);

impl Ipv6Only {
    /// Returns the address family of an interface whose IPv6 layer is `ipv6`.
    pub fn new(ipv6: Ipv6) -> Self {
        Self(Rc::new(RefCell::new(ipv6)))
    }

    /// Returns the address family whose layer is shared as `layer`.
    pub const fn for_layer(layer: Rc<RefCell<Ipv6>>) -> Self {
        Self(layer)
    }

    /// Returns the IPv6 layer as sockets know it.
    pub fn sockets(&self) -> Rc<dyn Ipv6Sockets> {
        self.0.clone()
    }

    /// Waits until an address that is not link-local may be used, without a time limit: a router may start
    /// later. The stack must run meanwhile.
    pub async fn acquired(&self) {
        let acquired = poll_fn(|context| {
            let addresses = &mut self.0.borrow_mut().addresses;
            if addresses.has_usable() {
                return Poll::Ready(());
            }
            addresses.register(context.waker());
            Poll::Pending
        });
        acquired.await;
    }
}

/// Address families of which one is IPv6.
pub trait Ipv6Families: for<'a> Families<Layers<'a>: HasIpv6> {}

impl<F> Ipv6Families for F where F: for<'a> Families<Layers<'a>: HasIpv6> {}

/// Layers of which one is that of IPv6.
pub trait HasIpv6: Layers {
    /// Returns the layer of IPv6.
    fn ipv6(&mut self) -> &mut Ipv6;
}

impl HasIpv6 for RefMut<'_, Ipv6> {
    #[inline(always)]
    fn ipv6(&mut self) -> &mut Ipv6 {
        self
    }
}

impl Families for Ipv6Only {
    type Layers<'a> = RefMut<'a, Ipv6>;

    #[inline(always)]
    fn layers(&self) -> RefMut<'_, Ipv6> {
        self.0.borrow_mut()
    }
}

impl Layers for RefMut<'_, Ipv6> {
    #[inline(always)]
    fn predicted<'a>(&self, _ip: &Ip, frame: &'a [u8], info: ReceiveInfo) -> Option<Predicted<'a>> {
        match ether_type(frame) {
            Some(IPV6) => Ipv6::predicted(self, frame, info),
            _ => None,
        }
    }

    fn original_of<'a>(&self, frame: &'a [u8]) -> Option<Original<'a>> {
        original_of(frame)
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
        match ipv6_packet(frame) {
            Some(bytes) => Ipv6::input(self, ip, now, frame, bytes, info, transmitter),
            None => {
                ip.drops.count(refusal_of(frame));
                None
            }
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
        Ipv6::input_looped(self, ip, now, packet, transmitter)
    }

    #[inline]
    fn input_reassembled<'a, T: Transmit>(
        &mut self,
        ip: &mut Ip,
        now: Instant,
        packet: &'a [u8],
        transmitter: &mut T,
    ) -> Option<Input<'a>> {
        Ipv6::input_reassembled(self, ip, now, packet, transmitter)
    }

    fn refuse_datagram<T: Transmit>(
        &mut self,
        ip: &mut Ip,
        now: Instant,
        transmitter: &mut T,
        original: &Original<'_>,
    ) {
        if original.is_unicast {
            let mut output = Ipv6Output::new(self, ip, now, transmitter);
            output.refuse(original.bytes, Reason::Port);
        }
    }

    #[inline(always)]
    fn egress<'a, T: Transmit>(
        &'a mut self,
        ip: &'a mut Ip,
        now: Instant,
        transmitter: &'a mut T,
    ) -> impl Egress {
        Ipv6Egress(Ipv6Output::new(self, ip, now, transmitter))
    }

    #[inline(always)]
    fn flush_fragments<T: Transmit>(&mut self, ip: &mut Ip, now: Instant, transmitter: &mut T) {
        Ipv6Output::new(self, ip, now, transmitter).flush_fragments();
    }

    fn expire(
        &mut self,
        ip: &mut Ip,
        now: Instant,
        transmitter: &mut impl Transmit,
        unreachable: impl FnMut(&IcmpError<'_>),
    ) {
        if ip.has_expired_fragments(now) {
            self.give_up_reassembly(ip, now, transmitter);
        }
        Ipv6::expire(self, ip, now, transmitter, unreachable);
    }

    #[inline]
    fn next_deadline(&self) -> Option<Instant> {
        Ipv6::next_deadline(self)
    }
}

#[inline(always)]
pub(super) fn ether_type(frame: &[u8]) -> Option<[u8; 2]> {
    let header: &[u8; ethernet::HEADER_LEN] = frame.first_chunk()?;
    Some([header[12], header[13]])
}

/// Returns why a frame without a packet of IPv6 is dropped.
fn refusal_of(frame: &[u8]) -> DropReason {
    match ether_type(frame).map(u16::from_be_bytes) {
        None => DropReason::FrameMalformed,
        Some(ethernet::VLAN | ethernet::SERVICE_VLAN) => DropReason::VlanTag,
        Some(_) => DropReason::EtherType,
    }
}

/// Returns the packet of a frame that was predicted.
pub(super) fn original_of(frame: &[u8]) -> Option<Original<'_>> {
    let packet = Ipv6Packet::parse(frame.get(ethernet::HEADER_LEN..)?).ok()?;
    Some(Original {
        is_unicast: true,
        bytes: packet.bytes,
    })
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
