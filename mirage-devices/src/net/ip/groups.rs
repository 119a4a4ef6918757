//! IPv4 groups (RFC 1112), as the IP layer of an interface knows them.

use super::{
    addresses::{Addresses, Recipient},
    datagram_info::DatagramInfo,
    igmp::Igmp,
    interface::Ip,
    loopback::Loopback,
    members::{Member, MembershipError},
    v4::Ipv4Packet,
};
use crate::{
    allocation,
    net::{
        drops::{DropReason, Drops},
        link::{Transmit, push_frame},
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

impl Ip {
    /// Adds a member to a group, which is reported if it is the first member.
    ///
    /// # Errors
    /// Returns why the member is not added.
    pub fn join_group(
        &mut self,
        now: Instant,
        group: Ipv4Addr,
        member: Member,
    ) -> Result<(), MembershipError> {
        if !group.is_multicast() {
            return Err(MembershipError::NotAGroup);
        }
        let out_of_memory = MembershipError::OutOfMemory;
        let groups = match &mut self.groups {
            Some(groups) => groups,
            none => {
                let igmp = Igmp::new(self.mac, self.random.clone());
                let igmp = igmp.map_err(|_| out_of_memory)?;
                none.insert(allocation::boxed(igmp).ok_or(out_of_memory)?)
            }
        };
        groups.join(now, group, member)?;
        // Own datagrams to the group are received from now on.
        self.generation += 1;
        Ok(())
    }

    /// Removes a member from a group.
    ///
    /// # Errors
    /// Returns [`MembershipError::NotJoined`] if it is not in the group.
    pub fn leave_group(
        &mut self,
        now: Instant,
        group: Ipv4Addr,
        member: Member,
    ) -> Result<(), MembershipError> {
        let groups = self.groups.as_mut().ok_or(MembershipError::NotJoined)?;
        groups.leave(now, group, member)?;
        self.generation += 1;
        Ok(())
    }

    /// Returns whether a member has joined a group so far.
    #[inline]
    pub fn has_groups(&self) -> bool {
        self.groups.is_some()
    }

    /// Removes a member from all its groups.
    pub fn leave_groups(&mut self, now: Instant, member: Member) {
        if let Some(groups) = &mut self.groups {
            groups.leave_all(now, member);
            self.generation += 1;
        }
    }

    /// Returns for whom a packet is that is not for this host alone.
    #[inline(never)]
    pub(super) fn group_recipient(&self, destination: Ipv4Addr) -> Result<Recipient, DropReason> {
        match &self.groups {
            Some(groups) if groups.is_joined(destination) => Ok(Recipient::Broadcast),
            _ => Err(DropReason::Destination),
        }
    }

    /// Sends the reports that are due. One for which the link has no room is lost, as by the link.
    #[inline]
    pub(super) fn report_groups(&mut self, now: Instant, transmitter: &mut impl Transmit) {
        if let Some(groups) = &mut self.groups {
            while let Some(report) = groups.next_frame(now, &self.addresses) {
                push_frame(transmitter, report);
            }
        }
    }

    /// Returns the earlier of a deadline and that of [`report_groups`](Self::report_groups).
    #[inline]
    pub(super) fn earlier_report(&self, deadline: Option<Instant>) -> Option<Instant> {
        match &self.groups {
            Some(groups) => groups.earlier_deadline(deadline),
            None => deadline,
        }
    }
}
