//! What sockets ask the IPv4 layer.

use super::{interface::Ip, ipv4::Ipv4, members::Member};
use crate::time::Instant;
use alloc::rc::Rc;
use core::{cell::RefCell, net::Ipv4Addr};

/// What sockets ask the IPv4 layer. They know it by this trait only, so that an image in which no
/// interface has IPv4 has nothing of it.
pub trait Ipv4Sockets {
    /// Returns the local address from which packets are sent to `remote`, or `None` if there is no
    /// route or no address.
    fn source_for(&self, remote: Ipv4Addr) -> Option<Ipv4Addr>;

    /// Returns whether `address` is an address of this host that may be used.
    fn is_usable(&self, address: Ipv4Addr) -> bool;

    /// Returns whether packets to `address` go to all hosts of a network on the link.
    fn is_broadcast(&self, address: Ipv4Addr) -> bool;

    /// Returns the host on the link to which packets for `destination` are sent, this host itself
    /// included.
    fn next_hop(&self, destination: Ipv4Addr) -> Option<Ipv4Addr>;

    /// Wakes those that wait for the status of an address.
    fn wake_all(&self);

    /// Removes a member from all its groups. Returns whether there are groups.
    fn leave_groups(&self, ip: &mut Ip, now: Instant, member: Member) -> bool;

    /// Returns the layer itself, for what only some unikernels ask: it is not in every image with IPv4.
    fn layer(self: Rc<Self>) -> Rc<RefCell<Ipv4>>;
}

impl Ipv4Sockets for RefCell<Ipv4> {
    fn source_for(&self, remote: Ipv4Addr) -> Option<Ipv4Addr> {
        self.borrow().source_for(remote)
    }

    fn is_usable(&self, address: Ipv4Addr) -> bool {
        self.borrow().is_usable(address)
    }

    fn is_broadcast(&self, address: Ipv4Addr) -> bool {
        self.borrow().addresses.is_broadcast(address)
    }

    fn next_hop(&self, destination: Ipv4Addr) -> Option<Ipv4Addr> {
        self.borrow().next_hop(destination)
    }

    fn wake_all(&self) {
        self.borrow_mut().addresses.wake_all();
    }

    fn leave_groups(&self, ip: &mut Ip, now: Instant, member: Member) -> bool {
        let ipv4 = &mut *self.borrow_mut();
        ipv4.leave_groups(ip, now, member);
        ipv4.has_groups()
    }

    fn layer(self: Rc<Self>) -> Rc<Self> {
        self
    }
}
