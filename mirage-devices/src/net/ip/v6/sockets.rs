//! What sockets ask the IPv6 layer.

use super::interface::Ipv6;
use crate::{
    net::{
        ip::members::{Member, MembershipError},
        neighbour::ClaimStatus,
    },
    time::Instant,
};
use alloc::{rc::Rc, vec::Vec};
use core::{
    cell::RefCell,
    fmt,
    net::Ipv6Addr,
    task::{Context, Poll},
};

/// What sockets ask the IPv6 layer. They know it by this trait only, so that an image in which no
/// interface has IPv6 has nothing of it.
pub trait Ipv6Sockets {
    /// Returns the address of the interface that peers are told.
    fn address(&self) -> Option<Ipv6Addr>;

    /// Returns the local address from which packets are sent to `remote`, or `None` if there is no
    /// route or no address.
    fn source_for(&self, remote: Ipv6Addr) -> Option<Ipv6Addr>;

    /// Returns whether `address` is an address of this host that may be used.
    fn is_usable(&self, address: Ipv6Addr) -> bool;

    /// Returns the host on the link to which packets for `destination` are sent, this host itself
    /// included.
    fn next_hop(&self, destination: Ipv6Addr) -> Option<Ipv6Addr>;

    /// Completes when the status of an address is no longer `status`, and returns what it is.
    fn poll_status(
        &self,
        address: Ipv6Addr,
        status: ClaimStatus,
        context: &Context<'_>,
    ) -> Poll<ClaimStatus>;

    /// Returns the name servers that routers have advertised.
    fn name_servers(&self) -> Vec<Ipv6Addr>;

    /// Wakes those that wait for the status of an address.
    fn wake_all(&self);

    /// Adds a member to a group.
    ///
    /// # Errors
    /// Returns why the member is not added.
    fn join_group(
        &self,
        now: Instant,
        group: Ipv6Addr,
        member: Member,
    ) -> Result<(), MembershipError>;

    /// Removes a member from a group.
    ///
    /// # Errors
    /// Returns [`MembershipError::NotJoined`] if it is not in the group.
    fn leave_group(
        &self,
        now: Instant,
        group: Ipv6Addr,
        member: Member,
    ) -> Result<(), MembershipError>;

    /// Removes a member from all its groups.
    fn leave_groups(&self, now: Instant, member: Member);

    /// Writes the address of the interface that peers are told, in brackets: images without IPv6 display none of
    /// its addresses.
    fn display_address(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result;

    /// Returns the layer itself.
    fn layer(self: Rc<Self>) -> Rc<RefCell<Ipv6>>;
}

impl Ipv6Sockets for RefCell<Ipv6> {
    fn address(&self) -> Option<Ipv6Addr> {
        self.borrow().addresses.first()
    }

    fn source_for(&self, remote: Ipv6Addr) -> Option<Ipv6Addr> {
        self.borrow().source_for(remote)
    }

    fn is_usable(&self, address: Ipv6Addr) -> bool {
        self.borrow().addresses.is_usable(address)
    }

    fn next_hop(&self, destination: Ipv6Addr) -> Option<Ipv6Addr> {
        match destination.is_loopback() || destination.is_multicast() {
            true => Some(destination),
            false => self.borrow().routes.next_hop(destination),
        }
    }

    fn poll_status(
        &self,
        address: Ipv6Addr,
        status: ClaimStatus,
        context: &Context<'_>,
    ) -> Poll<ClaimStatus> {
        let addresses = &mut self.borrow_mut().addresses;
        let new = addresses.status(address);
        if new != status {
            return Poll::Ready(new);
        }
        addresses.register(context.waker());
        Poll::Pending
    }

    fn name_servers(&self) -> Vec<Ipv6Addr> {
        self.borrow().name_servers.clone()
    }

    fn wake_all(&self) {
        self.borrow_mut().addresses.wake_all();
    }

    fn join_group(
        &self,
        now: Instant,
        group: Ipv6Addr,
        member: Member,
    ) -> Result<(), MembershipError> {
        self.borrow_mut().membership.join(now, group, member)
    }

    fn leave_group(
        &self,
        now: Instant,
        group: Ipv6Addr,
        member: Member,
    ) -> Result<(), MembershipError> {
        self.borrow_mut().membership.leave(now, group, member)
    }

    fn leave_groups(&self, now: Instant, member: Member) {
        self.borrow_mut().membership.leave_all(now, member);
    }

    fn display_address(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let address = Ipv6Sockets::address(self);
        write!(f, "[{}]", address.unwrap_or(Ipv6Addr::UNSPECIFIED))
    }

    fn layer(self: Rc<Self>) -> Rc<Self> {
        self
    }
}
