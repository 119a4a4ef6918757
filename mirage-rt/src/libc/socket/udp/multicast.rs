//! Groups: `IP_ADD_MEMBERSHIP`, `IPV6_ADD_MEMBERSHIP`, and how they are left.

use super::{
    super::super::{Errno, description::Membership},
    Port, UdpSocket,
};
use crate::net::Error;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// What joins or leaves a group.
type OnV4 = fn(&Port, Ipv4Addr, Ipv4Addr) -> Result<(), Error>;
type OnV6 = fn(&Port, &Ipv6Addr, u32) -> Result<(), Error>;

impl UdpSocket {
    /// Joins a group, now or when the socket is bound.
    pub(super) fn join(&self, membership: Membership) -> Result<(), Errno> {
        if !membership.group.is_multicast() {
            return Err(Errno(::libc::EINVAL));
        }
        if !self.ports.borrow().is_empty() {
            return self.on_interfaces(
                membership,
                (Port::join_multicast_v4, Port::join_multicast_v6),
            );
        }
        let mut memberships = self.memberships.borrow_mut();
        if memberships.contains(&membership) {
            return Err(Errno(::libc::EADDRINUSE));
        }
        let reserved = memberships.try_reserve(1);
        reserved.map_err(|_| Errno(::libc::ENOBUFS))?;
        memberships.push(membership);
        Ok(())
    }

    /// Leaves a group.
    pub(super) fn leave(&self, membership: Membership) -> Result<(), Errno> {
        if !self.ports.borrow().is_empty() {
            let on = (
                Port::leave_multicast_v4 as OnV4,
                Port::leave_multicast_v6 as OnV6,
            );
            let left = self.on_interfaces(membership, on);
            return match left {
                Err(Errno(::libc::ENODEV)) => Err(Errno(::libc::EADDRNOTAVAIL)),
                left => left,
            };
        }
        let mut memberships = self.memberships.borrow_mut();
        let mut all = memberships.iter();
        let index = all.position(|joined| *joined == membership);
        memberships.remove(index.ok_or(Errno(::libc::EADDRNOTAVAIL))?);
        Ok(())
    }

    /// Joins the groups that were joined before the socket was bound.
    pub(super) fn join_all(&self) -> Result<(), Errno> {
        let memberships = self.memberships.take();
        let mut all = memberships.into_iter();
        all.try_for_each(|membership| self.join(membership))
    }

    /// Joins or leaves a group on the interface that was chosen, or on all.
    fn on_interfaces(
        &self,
        Membership {
            group,
            address,
            index,
        }: Membership,
        (on_v4, on_v6): (OnV4, OnV6),
    ) -> Result<(), Errno> {
        let mut outcome = Err(Error::AddrNotAvailable);
        for port in self
            .ports
            .borrow()
            .iter()
            .filter(|port| !port.is_loopback())
        {
            let result = match group {
                IpAddr::V6(group) => on_v6(port, &group, index),
                IpAddr::V4(group) => {
                    let interface = match index {
                        0 => Some(address),
                        index => port.address_of_interface(index),
                    };
                    let Some(interface) = interface else {
                        continue;
                    };
                    on_v4(port, group, interface)
                }
            };
            match result {
                Err(Error::AddrNotAvailable | Error::Unsupported) => {}
                Err(error) => return Err(error.into()),
                Ok(()) => outcome = Ok(()),
            }
        }
        outcome.map_err(|_| Errno(::libc::ENODEV))
    }
}
