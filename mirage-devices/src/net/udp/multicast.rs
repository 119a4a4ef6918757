//! Groups.

use super::UdpSocket;
use crate::net::{
    error::Error,
    ip::{MembershipError, MulticastOptions},
    state::State,
};
use core::net::{Ipv4Addr, Ipv6Addr};

impl UdpSocket {
    /// Joins an IPv4 group: from now on the port receives datagrams to `group`, as every port of the
    /// interface does. The socket leaves its groups when it is closed or dropped.
    ///
    /// `interface` is an address of the interface, or 0.0.0.0.
    ///
    /// # Errors
    /// Returns
    ///
    /// - [`Error::AddrNotAvailable`] if `group` is not in 224.0.0.0/4, or the interface does not have the address
    ///   `interface`,
    /// - [`Error::AddrInUse`] if this socket is in the group,
    /// - [`Error::OutOfMemory`] if the sockets of the interface are in 16 groups, or the heap is exhausted,
    /// - [`Error::Unsupported`] if the interface has no IPv4.
    pub fn join_multicast_v4(&self, group: Ipv4Addr, interface: Ipv4Addr) -> Result<(), Error> {
        let state = &mut *self.shared.state.borrow_mut();
        check_interface(state, interface)?;
        let member = self.id.as_member();
        let ipv4 = state.ipv4.clone().ok_or(Error::Unsupported)?.layer();
        let now = self.shared.now();
        ipv4.borrow_mut()
            .join_group(&mut state.ip, now, group, member)?;
        self.shared.work.raise();
        Ok(())
    }

    /// Leaves an IPv4 group. `interface` is an address of the interface, or 0.0.0.0.
    ///
    /// # Errors
    /// Returns [`Error::AddrNotAvailable`] if this socket is not in the group, and [`Error::Unsupported`] if the
    /// interface has no IPv4.
    pub fn leave_multicast_v4(&self, group: Ipv4Addr, interface: Ipv4Addr) -> Result<(), Error> {
        let state = &mut *self.shared.state.borrow_mut();
        check_interface(state, interface)?;
        let member = self.id.as_member();
        let ipv4 = state.ipv4.clone().ok_or(Error::Unsupported)?.layer();
        let now = self.shared.now();
        ipv4.borrow_mut()
            .leave_group(&mut state.ip, now, group, member)?;
        self.shared.work.raise();
        Ok(())
    }

    /// Sets whether this host receives the datagrams that this socket sends to an IPv4 group that the host is in,
    /// as it does at first. It applies to those that wait to be sent, too.
    ///
    /// # Errors
    /// None.
    pub fn set_multicast_loop_v4(&self, is_looped: bool) -> Result<(), Error> {
        self.set_multicast_v4(|options| options.is_looped = is_looped);
        Ok(())
    }

    /// Returns whether this host receives what this socket sends to an IPv4 group that the host is in.
    ///
    /// # Errors
    /// None.
    pub fn multicast_loop_v4(&self) -> Result<bool, Error> {
        Ok(self.multicast_v4().is_looped)
    }

    /// Sets the time to live of datagrams to IPv4 groups, which is 1 at first: no router forwards them (RFC 1112,
    /// section 6.1). Datagrams with 0 do not leave this host. It applies to those that wait to be sent, too.
    ///
    /// # Errors
    /// Returns [`Error::AddrNotAvailable`] if `ttl` is above 255.
    pub fn set_multicast_ttl_v4(&self, ttl: u32) -> Result<(), Error> {
        let ttl = u8::try_from(ttl).map_err(|_| Error::AddrNotAvailable)?;
        self.set_multicast_v4(|options| options.ttl = ttl);
        Ok(())
    }

    /// Returns the time to live of datagrams to IPv4 groups.
    ///
    /// # Errors
    /// None.
    pub fn multicast_ttl_v4(&self) -> Result<u32, Error> {
        Ok(self.multicast_v4().ttl.into())
    }

    fn multicast_v4(&self) -> MulticastOptions {
        let state = &*self.shared.state.borrow();
        let template = state.datagrams.template(self.id);
        template.map_or_else(MulticastOptions::default, |template| {
            template.multicast_v4()
        })
    }

    fn set_multicast_v4(&self, set: impl FnOnce(&mut MulticastOptions)) {
        let state = &mut *self.shared.state.borrow_mut();
        if let Some(template) = state.datagrams.template_mut(self.id) {
            let mut options = template.multicast_v4();
            set(&mut options);
            template.set_multicast_v4(options);
        }
    }

    /// Joins an IPv6 group, as [`join_multicast_v4`](Self::join_multicast_v4) joins one of IPv4.
    ///
    /// # Errors
    /// Returns
    ///
    /// - [`Error::AddrNotAvailable`] if `group` is not in `ff00::/8`,
    /// - [`Error::AddrInUse`] if this socket is in the group,
    /// - [`Error::OutOfMemory`] if the sockets of the interface are in 16 groups, or the heap is exhausted,
    /// - [`Error::Unsupported`] if the interface has no IPv6.
    pub fn join_multicast_v6(&self, group: &Ipv6Addr) -> Result<(), Error> {
        let state = &*self.shared.state.borrow();
        let ipv6 = state.ipv6.as_ref().ok_or(Error::Unsupported)?;
        ipv6.join_group(self.shared.now(), *group, self.id.as_member())?;
        self.shared.work.raise();
        Ok(())
    }

    /// Leaves an IPv6 group.
    ///
    /// # Errors
    /// Returns [`Error::AddrNotAvailable`] if this socket is not in the group, and [`Error::Unsupported`] if the
    /// interface has no IPv6.
    pub fn leave_multicast_v6(&self, group: &Ipv6Addr) -> Result<(), Error> {
        let state = &*self.shared.state.borrow();
        let ipv6 = state.ipv6.as_ref().ok_or(Error::Unsupported)?;
        ipv6.leave_group(self.shared.now(), *group, self.id.as_member())?;
        self.shared.work.raise();
        Ok(())
    }

    /// Sets whether this host receives the datagrams that this socket sends to an IPv6 group that the host is in,
    /// as it does at first.
    ///
    /// # Errors
    /// None.
    pub fn set_multicast_loop_v6(&self, is_looped: bool) -> Result<(), Error> {
        self.set_multicast_v6(|options| options.is_looped = is_looped);
        Ok(())
    }

    /// Returns whether this host receives what this socket sends to an IPv6 group that the host is in.
    ///
    /// # Errors
    /// None.
    pub fn multicast_loop_v6(&self) -> Result<bool, Error> {
        Ok(self.multicast_v6().is_looped)
    }

    /// Sets the hop limit of datagrams to IPv6 groups, which is 1 at first (RFC 3493, section 5.2). Datagrams with 0
    /// do not leave this host.
    ///
    /// # Errors
    /// Returns [`Error::AddrNotAvailable`] if `hops` is above 255.
    pub fn set_multicast_hops_v6(&self, hops: u32) -> Result<(), Error> {
        let ttl = u8::try_from(hops).map_err(|_| Error::AddrNotAvailable)?;
        self.set_multicast_v6(|options| options.ttl = ttl);
        Ok(())
    }

    /// Returns the hop limit of datagrams to IPv6 groups.
    ///
    /// # Errors
    /// None.
    pub fn multicast_hops_v6(&self) -> Result<u32, Error> {
        Ok(self.multicast_v6().ttl.into())
    }

    fn multicast_v6(&self) -> MulticastOptions {
        let state = &*self.shared.state.borrow();
        let template = state.datagrams.template(self.id);
        template.map_or_else(MulticastOptions::default, |template| {
            template.multicast_v6()
        })
    }

    fn set_multicast_v6(&self, set: impl FnOnce(&mut MulticastOptions)) {
        let state = &mut *self.shared.state.borrow_mut();
        if let Some(template) = state.datagrams.template_mut(self.id) {
            let mut options = template.multicast_v6();
            set(&mut options);
            template.set_multicast_v6(options);
        }
    }

    /// Leaves all groups.
    #[inline]
    pub(super) fn leave_groups(&self, state: &mut State) {
        if let Some(ipv4) = &state.ipv4
            && ipv4.leave_groups(&mut state.ip, self.shared.now(), self.id.as_member())
        {
            self.shared.work.raise();
        }
        if let Some(ipv6) = &state.ipv6 {
            ipv6.leave_groups(self.shared.now(), self.id.as_member());
            self.shared.work.raise();
        }
    }
}

/// Checks that an interface may be chosen by an address.
fn check_interface(state: &State, interface: Ipv4Addr) -> Result<(), Error> {
    match interface.is_unspecified() || state.is_usable(interface.into()) {
        true => Ok(()),
        false => Err(Error::AddrNotAvailable),
    }
}

impl From<MembershipError> for Error {
    fn from(error: MembershipError) -> Self {
        match error {
            MembershipError::NotAGroup | MembershipError::NotJoined => Self::AddrNotAvailable,
            MembershipError::AlreadyJoined => Self::AddrInUse,
            MembershipError::TooMany | MembershipError::OutOfMemory => Self::OutOfMemory,
        }
    }
}
