//! The address families of an interface that configures its IPv6 addresses by itself.

use super::Autoconfiguration;
use crate::{
    net::{
        ip::{
            egress::Egress,
            families::{Change, Families},
            icmp::IcmpError,
            input::Input,
            interface::Ip,
            original::Original,
            predicted::Predicted,
            v6::{
                dual_stack::{DualStack, ipv6_packet},
                sockets::Ipv6Sockets,
            },
        },
        link::Transmit,
        neighbour::{ROUTER_ADVERTISEMENT, RouterAdvertisement, is_of_no_router},
        offload::ReceiveInfo,
    },
    time::Instant,
};
use alloc::rc::Rc;
use core::{cell::RefCell, future::poll_fn, net::Ipv6Addr, task::Poll};

/// IPv4 and IPv6 whose addresses follow from what routers advertise. Clones are the same.
#[derive(Debug, Clone)]
pub struct Autoconfigured {
    families: DualStack,
    /// Absent if the addresses are static after all.
    state: Option<Rc<RefCell<Autoconfiguration>>>,
}

impl Autoconfigured {
    /// Returns the address families of an interface that processes the advertisements of routers.
    pub fn new(families: DualStack, state: Autoconfiguration) -> Self {
        Self {
            families,
            state: Some(Rc::new(RefCell::new(state))),
        }
    }

    /// Returns the address families of an interface that ignores the advertisements of routers.
    pub const fn with_static_addresses(families: DualStack) -> Self {
        Self {
            families,
            state: None,
        }
    }

    /// Returns the IPv6 layer as sockets know it.
    pub fn sockets(&self) -> Rc<dyn Ipv6Sockets> {
        self.families.sockets()
    }

    /// Waits until an address that is not link-local may be used, without a time limit: a router may start
    /// later. The stack must run meanwhile.
    pub async fn acquired(&self) {
        let acquired = poll_fn(|context| {
            let addresses = &mut self.families.0.borrow_mut().addresses;
            if addresses.has_usable() {
                return Poll::Ready(());
            }
            addresses.register(context.waker());
            Poll::Pending
        });
        acquired.await;
    }

    /// Notes conflicts of addresses.
    fn settle(&self, ip: &mut Ip, now: Instant) {
        if let Some(state) = &self.state
            && state.borrow().generation != ip.generation
        {
            let ipv6 = &mut *self.families.0.borrow_mut();
            state.borrow_mut().settle(ipv6, ip, now);
        }
    }

    /// Processes a frame if it is an advertisement of a router; returns whether it was.
    #[inline(never)]
    fn receive(
        &self,
        ip: &mut Ip,
        now: Instant,
        frame: &[u8],
        transmitter: &mut impl Transmit,
    ) -> bool {
        let (Some(state), Some(bytes)) = (&self.state, ipv6_packet(frame)) else {
            return false;
        };
        let ipv6 = &mut *self.families.0.borrow_mut();
        let Some(received) = ipv6.link_message(frame, bytes) else {
            return false;
        };
        let state = &mut *state.borrow_mut();
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

impl Families for Autoconfigured {
    #[inline(always)]
    fn predicted<'a>(&self, ip: &Ip, frame: &'a [u8], info: ReceiveInfo) -> Option<Predicted<'a>> {
        self.families.predicted(ip, frame, info)
    }

    fn original_of<'a>(&self, frame: &'a [u8]) -> Option<Original<'a>> {
        self.families.original_of(frame)
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
        match self.receive(ip, now, frame, transmitter) {
            true => None,
            false => {
                let input = self.families.input(ip, now, frame, info, transmitter);
                self.settle(ip, now);
                input
            }
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
        self.families.input_looped(ip, now, packet, transmitter)
    }

    #[inline]
    fn input_reassembled<'a, T: Transmit>(
        &self,
        ip: &mut Ip,
        now: Instant,
        packet: &'a [u8],
        transmitter: &mut T,
    ) -> Option<Input<'a>> {
        self.families
            .input_reassembled(ip, now, packet, transmitter)
    }

    fn refuse_datagram<T: Transmit>(
        &self,
        ip: &mut Ip,
        now: Instant,
        transmitter: &mut T,
        original: &Original<'_>,
    ) {
        self.families
            .refuse_datagram(ip, now, transmitter, original);
    }

    #[inline]
    fn flush_fragments(&self, ip: &mut Ip, now: Instant, transmitter: &mut impl Transmit) {
        self.families.flush_fragments(ip, now, transmitter);
    }

    #[inline(always)]
    fn egress<'a, T: Transmit>(
        &'a self,
        ip: &'a mut Ip,
        now: Instant,
        transmitter: &'a mut T,
    ) -> impl Egress {
        self.families.egress(ip, now, transmitter)
    }

    fn expire(
        &self,
        ip: &mut Ip,
        now: Instant,
        transmitter: &mut impl Transmit,
        unreachable: impl FnMut(&IcmpError<'_>),
    ) {
        self.families.expire(ip, now, transmitter, unreachable);
        if let Some(state) = &self.state {
            let ipv6 = &mut *self.families.0.borrow_mut();
            state.borrow_mut().expire(ipv6, ip, now, transmitter);
        }
    }

    #[inline]
    fn next_deadline(&self, ip: &Ip) -> Option<Instant> {
        let state = self.state.as_ref();
        let own = state.and_then(|state| state.borrow().next_deadline());
        Instant::earlier(self.families.next_deadline(ip), own)
    }

    fn take_change(&self) -> Option<Change> {
        self.state.as_ref()?.borrow_mut().changes.pop()
    }
}
