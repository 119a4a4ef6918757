//! IPv4 groups (RFC 1112), as the IP layer of an interface knows them.

use super::{
    addresses::Addresses,
    datagram_info::DatagramInfo,
    loopback::Loopback,
    members::{Member, MembershipError},
    v4::Ipv4Packet,
};
use crate::{
    net::{
        drops::{DropReason, Drops},
        neighbour::MacAddress,
    },
    time::Instant,
};
use core::{fmt::Debug, net::Ipv4Addr};

/// The groups of an interface. The IP layer knows them by this trait only, so that an image whose sockets
/// join no group has nothing of IGMP.
pub(super) trait Groups: Debug {
    /// Adds a member to a group.
    fn join(
        &mut self,
        now: Instant,
        group: Ipv4Addr,
        member: Member,
    ) -> Result<(), MembershipError>;

    /// Removes a member from a group.
    fn leave(
        &mut self,
        now: Instant,
        group: Ipv4Addr,
        member: Member,
    ) -> Result<(), MembershipError>;

    /// Removes a member from all its groups.
    fn leave_all(&mut self, now: Instant, member: Member);

    /// Returns whether this host receives packets to `group`.
    fn is_joined(&self, group: Ipv4Addr) -> bool;

    /// Processes a packet with an IGMP message.
    fn input(&mut self, now: Instant, packet: &Ipv4Packet<'_>) -> Result<(), DropReason>;

    /// Queues a datagram for this host which is in the group to which it is sent.
    fn loop_back(
        &self,
        queue: (&mut Loopback, &mut Drops),
        local_port: u16,
        info: &DatagramInfo,
        data: &[u8],
    );

    /// Returns the next frame that is due, of the interface with these addresses.
    fn next_frame(&mut self, now: Instant, addresses: &Addresses) -> Option<&[u8]>;

    /// Returns the earlier of a deadline and of when [`next_frame`](Self::next_frame) is to be called next.
    fn earlier_deadline(&self, deadline: Option<Instant>) -> Option<Instant>;
}

/// Returns the MAC address of frames to a group (RFC 1112, section 6.4).
pub(super) const fn group_mac(group: Ipv4Addr) -> MacAddress {
    let [_, second, third, fourth] = group.octets();
    [1, 0, 0x5e, second & 0x7f, third, fourth]
}
