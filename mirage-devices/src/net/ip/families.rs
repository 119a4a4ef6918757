//! The address families of an interface, as an exchange of frames uses them.
//!
//! They are a type parameter of the exchange, as the link is: an image whose interfaces have one family only has
//! nothing of the other.

use super::{
    egress::Egress, icmp::IcmpError, input::Input, interface::Ip, original::Original,
    packet::Address, predicted::Predicted,
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

/// One of both address families.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// IPv4.
    V4,
    /// IPv6.
    V6,
}

/// The address families of an interface, whose layers the sockets share. Clones are the same.
pub trait Families: Clone + 'static {
    /// The layers of the families, while they are borrowed.
    type Layers<'a>: Layers;

    /// Borrows the layers for an exchange of frames. Sockets must not be used meanwhile.
    fn layers(&self) -> Self::Layers<'_>;
}

/// The layers of the address families of an interface. `ip` is what they share.
pub trait Layers {
    /// Returns what a received frame contains if it is one that is expected; otherwise
    /// [`input`](Self::input) processes it.
    fn predicted<'a>(&self, ip: &Ip, frame: &'a [u8], info: ReceiveInfo) -> Option<Predicted<'a>>;

    /// Returns the packet of a frame that was [`predicted`](Self::predicted).
    fn original_of<'a>(&self, frame: &'a [u8]) -> Option<Original<'a>>;

    /// Processes a received frame. Answers that are not of a transport protocol are sent on
    /// `transmitter`.
    fn input<'a, T: Transmit>(
        &mut self,
        ip: &mut Ip,
        now: Instant,
        frame: &'a [u8],
        info: ReceiveInfo,
        transmitter: &mut T,
    ) -> Option<Input<'a>>;

    /// Processes a packet from this host to itself, which [`Ip::take_looped`] returned.
    fn input_looped<'a, T: Transmit>(
        &mut self,
        ip: &mut Ip,
        now: Instant,
        packet: &'a [u8],
        transmitter: &mut T,
    ) -> Option<Input<'a>>;

    /// Processes a packet whose fragments were received, which [`Ip::take_reassembled`] returned.
    fn input_reassembled<'a, T: Transmit>(
        &mut self,
        ip: &mut Ip,
        now: Instant,
        packet: &'a [u8],
        transmitter: &mut T,
    ) -> Option<Input<'a>>;

    /// Tells the source of a datagram that its port is closed.
    fn refuse_datagram<T: Transmit>(
        &mut self,
        ip: &mut Ip,
        now: Instant,
        transmitter: &mut T,
        original: &Original<'_>,
    );

    /// Sends fragments that wait, as far as the link has room.
    fn flush_fragments<T: Transmit>(&mut self, ip: &mut Ip, now: Instant, transmitter: &mut T);

    /// Returns what sends packets of transport protocols.
    fn egress<'a, T: Transmit>(
        &'a mut self,
        ip: &'a mut Ip,
        now: Instant,
        transmitter: &'a mut T,
    ) -> impl Egress;

    /// Sends what is due. `unreachable` is called for each packet whose next hop did not answer.
    fn expire(
        &mut self,
        ip: &mut Ip,
        now: Instant,
        transmitter: &mut impl Transmit,
        unreachable: impl FnMut(&IcmpError<'_>),
    );

    /// Returns when [`expire`](Self::expire) is to be called next.
    fn next_deadline(&self) -> Option<Instant>;

    /// Takes a change that TCP has to know.
    #[inline(always)]
    fn take_change(&mut self) -> Option<Change> {
        None
    }
}
