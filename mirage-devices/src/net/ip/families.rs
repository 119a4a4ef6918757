//! The address families of an interface, as an exchange of frames uses them.
//!
//! They are a type parameter of the exchange, as the link is: an image whose interfaces have IPv4 only has
//! nothing of IPv6.

use super::{
    egress::Egress,
    icmp::{ErrorMessage, IcmpError},
    input::Input,
    interface::Ip,
    original::Original,
    output::IpEgress,
    packet::Address,
    predicted::Predicted,
};
use crate::{
    net::{link::Transmit, offload::ReceiveInfo},
    time::Instant,
};

/// What TCP has to know about the interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// An address is no longer one of this host.
    Lost(Address),
    /// The largest packet has this many bytes.
    Mtu(u16),
}

/// The address families of an interface.
pub trait Families: 'static {
    /// Returns what a received frame contains if it is one that is expected; otherwise
    /// [`input`](Self::input) processes it.
    fn predicted<'a>(&self, ip: &Ip, frame: &'a [u8], info: ReceiveInfo) -> Option<Predicted<'a>>;

    /// Returns the packet of a frame that was [`predicted`](Self::predicted).
    fn original_of<'a>(&self, frame: &'a [u8]) -> Option<Original<'a>>;

    /// Processes a received frame. Answers that are not of a transport protocol are sent on
    /// `transmitter`.
    fn input<'a, T: Transmit>(
        &self,
        ip: &mut Ip,
        now: Instant,
        frame: &'a [u8],
        info: ReceiveInfo,
        transmitter: &mut T,
    ) -> Option<Input<'a>>;

    /// Processes a packet from this host to itself, which [`Ip::take_looped`] returned.
    fn input_looped<'a, T: Transmit>(
        &self,
        ip: &mut Ip,
        now: Instant,
        packet: &'a [u8],
        transmitter: &mut T,
    ) -> Option<Input<'a>>;

    /// Processes a packet whose fragments were received, which [`Ip::take_reassembled`] returned.
    fn input_reassembled<'a, T: Transmit>(
        &self,
        ip: &mut Ip,
        now: Instant,
        packet: &'a [u8],
        transmitter: &mut T,
    ) -> Option<Input<'a>>;

    /// Tells the source of a datagram that its port is closed.
    fn refuse_datagram<T: Transmit>(
        &self,
        ip: &mut Ip,
        now: Instant,
        transmitter: &mut T,
        original: &Original<'_>,
    );

    /// Sends fragments that wait, as far as the link has room.
    fn flush_fragments(&self, ip: &mut Ip, now: Instant, transmitter: &mut impl Transmit);

    /// Returns what sends packets of transport protocols.
    fn egress<'a, T: Transmit>(
        &'a self,
        ip: &'a mut Ip,
        now: Instant,
        transmitter: &'a mut T,
    ) -> impl Egress;

    /// Sends what is due. `unreachable` is called for each packet whose next hop did not answer.
    fn expire(
        &self,
        ip: &mut Ip,
        now: Instant,
        transmitter: &mut impl Transmit,
        unreachable: impl FnMut(&IcmpError<'_>),
    );

    /// Returns when [`expire`](Self::expire) is to be called next.
    fn next_deadline(&self, ip: &Ip) -> Option<Instant>;

    /// Takes a change that TCP has to know.
    #[inline(always)]
    fn take_change(&self) -> Option<Change> {
        None
    }
}

/// An interface with IPv4 only.
#[derive(Debug, Clone, Copy, Default)]
pub struct Ipv4Only;

impl Families for Ipv4Only {
    #[inline(always)]
    fn predicted<'a>(&self, ip: &Ip, frame: &'a [u8], info: ReceiveInfo) -> Option<Predicted<'a>> {
        ip.predicted(frame, info)
    }

    #[inline(always)]
    fn original_of<'a>(&self, frame: &'a [u8]) -> Option<Original<'a>> {
        Original::of_predicted(frame)
    }

    #[inline(always)]
    fn input<'a, T: Transmit>(
        &self,
        ip: &mut Ip,
        now: Instant,
        frame: &'a [u8],
        info: ReceiveInfo,
        transmitter: &mut T,
    ) -> Option<Input<'a>> {
        ip.input(now, frame, info, transmitter)
    }

    #[inline(always)]
    fn input_looped<'a, T: Transmit>(
        &self,
        ip: &mut Ip,
        now: Instant,
        packet: &'a [u8],
        transmitter: &mut T,
    ) -> Option<Input<'a>> {
        ip.input_looped(now, packet, transmitter)
    }

    #[inline(always)]
    fn input_reassembled<'a, T: Transmit>(
        &self,
        ip: &mut Ip,
        now: Instant,
        packet: &'a [u8],
        transmitter: &mut T,
    ) -> Option<Input<'a>> {
        ip.input_reassembled(now, packet, transmitter)
    }

    #[inline(always)]
    fn refuse_datagram<T: Transmit>(
        &self,
        ip: &mut Ip,
        now: Instant,
        transmitter: &mut T,
        original: &Original<'_>,
    ) {
        IpEgress::new(ip, now, transmitter).refuse(original, ErrorMessage::PortUnreachable);
    }

    #[inline(always)]
    fn flush_fragments(&self, ip: &mut Ip, now: Instant, transmitter: &mut impl Transmit) {
        IpEgress::new(ip, now, transmitter).flush_fragments();
    }

    #[inline(always)]
    fn egress<'a, T: Transmit>(
        &'a self,
        ip: &'a mut Ip,
        now: Instant,
        transmitter: &'a mut T,
    ) -> impl Egress {
        IpEgress::new(ip, now, transmitter)
    }

    #[inline(always)]
    fn expire(
        &self,
        ip: &mut Ip,
        now: Instant,
        transmitter: &mut impl Transmit,
        unreachable: impl FnMut(&IcmpError<'_>),
    ) {
        ip.expire(now, transmitter, unreachable);
    }

    #[inline(always)]
    fn next_deadline(&self, ip: &Ip) -> Option<Instant> {
        ip.next_deadline()
    }
}
