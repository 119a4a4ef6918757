//! The members of an interface's IPv4 groups: joining and leaving.

use super::{
    addresses::Recipient,
    igmp::Igmp,
    interface::Ip,
    ipv4::Ipv4,
    members::{Member, MembershipError},
};
use crate::{
    allocation,
    net::{
        drops::DropReason,
        link::{Transmit, push_frame},
    },
    time::Instant,
};
use core::net::Ipv4Addr;

impl Ipv4 {
    /// Adds a member to a group, which is reported if it is the first member.
    ///
    /// # Errors
    /// Returns why the member is not added.
    pub fn join_group(
        &mut self,
        ip: &mut Ip,
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
        ip.generation += 1;
        Ok(())
    }

    /// Removes a member from a group.
    ///
    /// # Errors
    /// Returns [`MembershipError::NotJoined`] if it is not in the group.
    pub fn leave_group(
        &mut self,
        ip: &mut Ip,
        now: Instant,
        group: Ipv4Addr,
        member: Member,
    ) -> Result<(), MembershipError> {
        let groups = self.groups.as_mut().ok_or(MembershipError::NotJoined)?;
        groups.leave(now, group, member)?;
        ip.generation += 1;
        Ok(())
    }

    /// Returns whether a member has joined a group so far.
    #[inline]
    pub fn has_groups(&self) -> bool {
        self.groups.is_some()
    }

    /// Removes a member from all its groups.
    pub fn leave_groups(&mut self, ip: &mut Ip, now: Instant, member: Member) {
        if let Some(groups) = &mut self.groups {
            groups.leave_all(now, member);
            ip.generation += 1;
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
