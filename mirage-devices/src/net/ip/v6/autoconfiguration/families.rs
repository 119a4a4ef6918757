//! The address families of an interface that configures its IPv6 addresses by itself.

use super::Autoconfiguration;
use crate::{
    net::{
        ip::{
            egress::Egress,
            families::{Change, Families, Layers},
            icmp::IcmpError,
            input::Input,
            interface::Ip,
            original::Original,
            predicted::Predicted,
            v6::ipv6_only::{HasIpv6, Ipv6Families, ipv6_packet},
        },
        link::Transmit,
        neighbour::{ROUTER_ADVERTISEMENT, RouterAdvertisement, is_of_no_router},
        offload::ReceiveInfo,
    },
    time::Instant,
};
use alloc::rc::Rc;
use core::{
    cell::{RefCell, RefMut},
    net::Ipv6Addr,
};

/// The address families `F` of an interface, whose IPv6 addresses follow from what routers advertise. Clones are the
/// same.
#[derive(Debug, Clone)]
pub struct Autoconfigured<F> {
    families: F,
    /// Absent if the addresses are static after all.
    state: Option<Rc<RefCell<Autoconfiguration>>>,
}

impl<F> Autoconfigured<F> {
    /// Returns the address families of an interface that processes the advertisements of routers.
    pub fn new(families: F, state: Autoconfiguration) -> Self {
        Self {
            families,
            state: Some(Rc::new(RefCell::new(state))),
        }
    }

    /// Returns the address families of an interface that ignores the advertisements of routers.
    pub const fn with_static_addresses(families: F) -> Self {
        Self {
            families,
            state: None,
        }
    }
}

impl<F: Ipv6Families> Families for Autoconfigured<F> {
    type Layers<'a> = AutoconfiguredLayers<'a, F::Layers<'a>>;

    #[inline(always)]
    fn layers(&self) -> Self::Layers<'_> {
        AutoconfiguredLayers {
            layers: self.families.layers(),
            state: self.state.as_ref().map(|state| state.borrow_mut()),
        }
    }
}

/// The layers of the families, and what routers have advertised.
#[derive(Debug)]
pub struct AutoconfiguredLayers<'a, L> {
    layers: L,
    state: Option<RefMut<'a, Autoconfiguration>>,
}

impl<L: HasIpv6> AutoconfiguredLayers<'_, L> {
    /// Notes conflicts of addresses.
    fn settle(&mut self, ip: &mut Ip, now: Instant) {
        if let Some(state) = &mut self.state
            && state.generation != ip.generation
        {
            state.settle(self.layers.ipv6(), ip, now);
        }
    }

    /// Processes a frame if it is an advertisement of a router; returns whether it was.
    #[inline(never)]
    fn receive(
        &mut self,
        ip: &mut Ip,
        now: Instant,
        frame: &[u8],
        transmitter: &mut impl Transmit,
    ) -> bool {
        let (Some(state), Some(bytes)) = (&mut self.state, ipv6_packet(frame)) else {
            return false;
        };
        let ipv6 = self.layers.ipv6();
        let Some(received) = ipv6.link_message(frame, bytes) else {
            return false;
        };
        if is_of_no_router(received.message) {
            // Neighbour discovery processes it, too.
            let target = received.message[8..].first_chunk();
            let target = target.map(|target| Ipv6Addr::from_octets(*target));
            if let Some(target) = target {
                state.on_no_router((ipv6, ip), now, target);
            }
            return false;
        }
        if received.message.first() != Some(&ROUTER_ADVERTISEMENT) {
            return false;
        }
        match RouterAdvertisement::parse(&received) {
            Ok(advertisement) => {
                state.on_advertisement((ipv6, ip), now, &advertisement, transmitter);
            }
            Err(reason) => ip.drops.count(reason),
        }
        true
    }
}

impl<L: HasIpv6> Layers for AutoconfiguredLayers<'_, L> {
    #[inline(always)]
    fn predicted<'a>(&self, ip: &Ip, frame: &'a [u8], info: ReceiveInfo) -> Option<Predicted<'a>> {
        self.layers.predicted(ip, frame, info)
    }

    fn original_of<'a>(&self, frame: &'a [u8]) -> Option<Original<'a>> {
        self.layers.original_of(frame)
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
        match self.receive(ip, now, frame, transmitter) {
            true => None,
            false => {
                let input = self.layers.input(ip, now, frame, info, transmitter);
                self.settle(ip, now);
                input
            }
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
        self.layers.input_reassembled(ip, now, packet, transmitter)
    }

    #[inline]
    fn input_looped<'a, T: Transmit>(
        &mut self,
        ip: &mut Ip,
        now: Instant,
        packet: &'a [u8],
        transmitter: &mut T,
    ) -> Option<Input<'a>> {
        self.layers.input_looped(ip, now, packet, transmitter)
    }

    fn refuse_datagram<T: Transmit>(
        &mut self,
        ip: &mut Ip,
        now: Instant,
        transmitter: &mut T,
        original: &Original<'_>,
    ) {
        self.layers.refuse_datagram(ip, now, transmitter, original);
    }

    #[inline(always)]
    fn egress<'a, T: Transmit>(
        &'a mut self,
        ip: &'a mut Ip,
        now: Instant,
        transmitter: &'a mut T,
    ) -> impl Egress {
        self.layers.egress(ip, now, transmitter)
    }

    #[inline]
    fn flush_fragments<T: Transmit>(&mut self, ip: &mut Ip, now: Instant, transmitter: &mut T) {
        self.layers.flush_fragments(ip, now, transmitter);
    }

    fn expire(
        &mut self,
        ip: &mut Ip,
        now: Instant,
        transmitter: &mut impl Transmit,
        unreachable: impl FnMut(&IcmpError<'_>),
    ) {
        self.layers.expire(ip, now, transmitter, unreachable);
        if let Some(state) = &mut self.state {
            state.expire(self.layers.ipv6(), ip, now, transmitter);
        }
    }

    #[inline]
    fn next_deadline(&self) -> Option<Instant> {
        let state = self.state.as_ref();
        let own = state.and_then(|state| state.next_deadline());
        Instant::earlier(self.layers.next_deadline(), own)
    }

    fn take_change(&mut self) -> Option<Change> {
        self.state.as_mut()?.changes.pop()
    }
}
