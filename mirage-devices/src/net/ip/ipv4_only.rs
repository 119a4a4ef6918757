//! Interfaces with IPv4 only.

use super::{
    egress::Egress,
    families::{Families, Layers},
    icmp::{ErrorMessage, IcmpError},
    input::Input,
    interface::Ip,
    ipv4::Ipv4,
    ipv4_sockets::Ipv4Sockets,
    original::Original,
    output::Ipv4Egress,
    predicted::Predicted,
};
use crate::{
    net::{link::Transmit, offload::ReceiveInfo},
    time::Instant,
};
use alloc::rc::Rc;
use core::cell::{RefCell, RefMut};

/// An interface with IPv4 only, of which it has the layer. Clones are the same.
#[derive(Debug, Clone)]
pub struct Ipv4Only(pub(super) Rc<RefCell<Ipv4>>);

impl Ipv4Only {
    /// Returns the address family of an interface whose IPv4 layer is `ipv4`.
    pub fn new(ipv4: Ipv4) -> Self {
        Self(Rc::new(RefCell::new(ipv4)))
    }

    /// Returns the address family whose layer is shared as `layer`.
    pub const fn for_layer(layer: Rc<RefCell<Ipv4>>) -> Self {
        Self(layer)
    }

    /// Returns the IPv4 layer as sockets know it.
    pub fn sockets(&self) -> Rc<dyn Ipv4Sockets> {
        self.0.clone()
    }
}

impl Families for Ipv4Only {
    type Layers<'a> = RefMut<'a, Ipv4>;

    #[inline(always)]
    fn layers(&self) -> RefMut<'_, Ipv4> {
        self.0.borrow_mut()
    }
}

impl Layers for RefMut<'_, Ipv4> {
    #[inline(always)]
    fn predicted<'a>(&self, _ip: &Ip, frame: &'a [u8], info: ReceiveInfo) -> Option<Predicted<'a>> {
        Ipv4::predicted(self, frame, info)
    }

    #[inline(always)]
    fn original_of<'a>(&self, frame: &'a [u8]) -> Option<Original<'a>> {
        Original::of_predicted(frame)
    }

    #[inline(always)]
    fn input<'a, T: Transmit>(
        &mut self,
        ip: &mut Ip,
        now: Instant,
        frame: &'a [u8],
        info: ReceiveInfo,
        transmitter: &mut T,
    ) -> Option<Input<'a>> {
        Ipv4::input(self, ip, now, frame, info, transmitter)
    }

    #[inline(always)]
    fn input_reassembled<'a, T: Transmit>(
        &mut self,
        ip: &mut Ip,
        now: Instant,
        packet: &'a [u8],
        transmitter: &mut T,
    ) -> Option<Input<'a>> {
        // What a link verifies is one frame.
        self.input_packet(ip, now, packet, false, ReceiveInfo::default(), transmitter)
    }

    #[inline(always)]
    fn input_looped<'a, T: Transmit>(
        &mut self,
        ip: &mut Ip,
        now: Instant,
        packet: &'a [u8],
        transmitter: &mut T,
    ) -> Option<Input<'a>> {
        Ipv4::input_looped(self, ip, now, packet, transmitter)
    }

    #[inline(always)]
    fn refuse_datagram<T: Transmit>(
        &mut self,
        ip: &mut Ip,
        now: Instant,
        transmitter: &mut T,
        original: &Original<'_>,
    ) {
        let mut egress = Ipv4Egress::new(self, ip, now, transmitter);
        egress.refuse(original, ErrorMessage::PortUnreachable);
    }

    #[inline(always)]
    fn egress<'a, T: Transmit>(
        &'a mut self,
        ip: &'a mut Ip,
        now: Instant,
        transmitter: &'a mut T,
    ) -> impl Egress {
        Ipv4Egress::new(self, ip, now, transmitter)
    }

    #[inline(always)]
    fn flush_fragments<T: Transmit>(&mut self, ip: &mut Ip, now: Instant, transmitter: &mut T) {
        Ipv4Egress::new(self, ip, now, transmitter).flush_fragments();
    }

    #[inline(always)]
    fn expire(
        &mut self,
        ip: &mut Ip,
        now: Instant,
        transmitter: &mut impl Transmit,
        unreachable: impl FnMut(&IcmpError<'_>),
    ) {
        Ipv4::expire(self, ip, now, transmitter, unreachable);
    }

    #[inline(always)]
    fn next_deadline(&self) -> Option<Instant> {
        Ipv4::next_deadline(self)
    }
}
