//! Groups.

use super::{Bound, UdpSocket};
use crate::net::Error;
use core::net::{Ipv4Addr, Ipv6Addr};

/// IPv4 groups (RFC 1112).
impl UdpSocket {
    /// Joins an IPv4 group: from now on this port, like every other one of the interface, receives datagrams
    /// to `group`. The interface reports that it is in the group by IGMPv3, or by an older version if there is a
    /// router with one. The socket leaves its groups when it is dropped.
    ///
    /// `interface` is the address of an interface of the port. With 0.0.0.0, the group is joined on every
    /// interface of the port.
    ///
    /// ```
    /// use mirage_rt::net::{Error, UdpSocket};
    /// use core::net::Ipv4Addr;
    ///
    /// async fn listen(socket: &UdpSocket) -> Result<usize, Error> {
    ///     let group = Ipv4Addr::new(239, 1, 2, 3);
    ///     socket.join_multicast_v4(group, Ipv4Addr::UNSPECIFIED)?;
    ///     let mut buffer = [0; 64];
    ///     let (length, _) = socket.recv_from(&mut buffer).await?;
    ///     Ok(length)
    /// }
    /// # mirage_rt::test::run(async |world| {
    /// #     let (server, client) = (world.host("10.0.0.2"), world.host("10.0.0.1"));
    /// #     let socket = server.bind_udp(7);
    /// #     let sender = client.network().open_udp().unwrap();
    /// #     mirage_rt::spawn(async move {
    /// #         mirage_rt::time::sleep(core::time::Duration::from_millis(1)).await;
    /// #         sender.send_to(b"hello", ([239, 1, 2, 3], 7).into()).await.unwrap();
    /// #     });
    /// #     assert_eq!(listen(&socket).await, Ok(5));
    /// # });
    /// ```
    ///
    /// # Errors
    /// Returns
    ///
    /// - [`Error::AddrNotAvailable`] if `group` is not in 224.0.0.0/4, or no interface of the port has the address
    ///   `interface`,
    /// - [`Error::AddrInUse`] if this socket is in the group,
    /// - [`Error::OutOfMemory`] if the sockets of the interface are in 16 groups, or the heap is exhausted.
    ///
    /// With the host's sockets on `unix`, the host chooses the interface for 0.0.0.0, and its limits apply. A
    /// declared port has one address of the host there and receives no datagrams to groups.
    pub fn join_multicast_v4(&self, group: Ipv4Addr, interface: Ipv4Addr) -> Result<(), Error> {
        let bound = self.bound();
        if !interface.is_unspecified() {
            return on_first(bound, |one| one.socket.join_multicast_v4(group, interface));
        }
        for (index, one) in bound.iter().enumerate() {
            if let Err(error) = one.socket.join_multicast_v4(group, interface) {
                // On all of them or on none.
                for before in &bound[..index] {
                    let _ = before.socket.leave_multicast_v4(group, interface);
                }
                return Err(error);
            }
        }
        Ok(())
    }

    /// Leaves an IPv4 group. `interface` is the address of an interface of the port, or 0.0.0.0 for every
    /// interface on which the socket is in the group.
    ///
    /// # Errors
    /// Returns [`Error::AddrNotAvailable`] if this socket is not in the group.
    pub fn leave_multicast_v4(&self, group: Ipv4Addr, interface: Ipv4Addr) -> Result<(), Error> {
        let leave = |one: &Bound| one.socket.leave_multicast_v4(group, interface);
        if !interface.is_unspecified() {
            return on_first(self.bound(), leave);
        }
        let left = self.bound().iter().map(leave);
        left.fold(Err(Error::AddrNotAvailable), Result::or)
    }

    /// Sets whether this host receives the datagrams that this socket sends to an IPv4 group that the host is in.
    /// At first it does.
    ///
    /// # Errors
    /// On `unix`, the host's sockets can return any error.
    pub fn set_multicast_loop_v4(&self, is_looped: bool) -> Result<(), Error> {
        let mut sockets = self.bound().iter();
        sockets.try_for_each(|bound| bound.socket.set_multicast_loop_v4(is_looped))
    }

    /// Returns whether this host receives the datagrams that this socket sends to an IPv4 group that the host is
    /// in.
    ///
    /// # Errors
    /// On `unix`, the host's sockets can return any error.
    pub fn multicast_loop_v4(&self) -> Result<bool, Error> {
        let first = self.bound().first();
        first.map_or(Ok(true), |bound| bound.socket.multicast_loop_v4())
    }

    /// Sets the time to live of datagrams to IPv4 groups. At first it is 1, so that no router forwards them
    /// (RFC 1112, section 6.1). With 0, they do not leave this host.
    ///
    /// # Errors
    /// Returns [`Error::AddrNotAvailable`] if `ttl` is above 255. On `unix`, the host's sockets can return any
    /// error.
    pub fn set_multicast_ttl_v4(&self, ttl: u32) -> Result<(), Error> {
        let mut sockets = self.bound().iter();
        sockets.try_for_each(|bound| bound.socket.set_multicast_ttl_v4(ttl))
    }

    /// Returns the time to live of datagrams to IPv4 groups.
    ///
    /// # Errors
    /// On `unix`, the host's sockets can return any error.
    pub fn multicast_ttl_v4(&self) -> Result<u32, Error> {
        let first = self.bound().first();
        first.map_or(Ok(1), |bound| bound.socket.multicast_ttl_v4())
    }
}

/// IPv6 groups (RFC 4291, section 2.7).
impl UdpSocket {
    /// Joins an IPv6 group, as [`join_multicast_v4`](Self::join_multicast_v4) joins one of IPv4. The interface
    /// reports it by MLDv2, or by MLDv1 if there is a router with that.
    ///
    /// `interface` is the number of an interface of the port, of which the first one of the unikernel is 1. With 0, the
    /// group is joined on every interface of the port that has IPv6.
    ///
    /// # Errors
    /// Returns
    ///
    /// - [`Error::AddrNotAvailable`] if `group` is not in `ff00::/8`, or `interface` is none of the port,
    /// - [`Error::AddrInUse`] if this socket is in the group,
    /// - [`Error::OutOfMemory`] if the sockets of the interface are in 16 groups, or the heap is exhausted,
    /// - [`Error::Unsupported`] if no such interface has IPv6, and with the host's sockets on `unix`, which are those
    ///   of IPv4.
    pub fn join_multicast_v6(&self, group: &Ipv6Addr, interface: u32) -> Result<(), Error> {
        let mut outcome = Err(self.no_interface(interface));
        for (index, one) in self.numbered(interface).enumerate() {
            match one.socket.join_multicast_v6(group) {
                Ok(()) => outcome = Ok(()),
                Err(Error::Unsupported) => {}
                Err(error) => {
                    // On all of them or on none.
                    for before in self.numbered(interface).take(index) {
                        let _ = before.socket.leave_multicast_v6(group);
                    }
                    return Err(error);
                }
            }
        }
        outcome
    }

    /// Leaves an IPv6 group. `interface` is the number of an interface of the port, or 0 for every interface on which
    /// the socket is in the group.
    ///
    /// # Errors
    /// Returns [`Error::AddrNotAvailable`] if this socket is not in the group, and [`Error::Unsupported`] if no such
    /// interface has IPv6.
    pub fn leave_multicast_v6(&self, group: &Ipv6Addr, interface: u32) -> Result<(), Error> {
        let mut outcome = Err(self.no_interface(interface));
        for one in self.numbered(interface) {
            match one.socket.leave_multicast_v6(group) {
                Err(Error::Unsupported) => {}
                left if outcome.is_err() => outcome = left,
                _ => {}
            }
        }
        outcome
    }

    /// Sets whether this host receives the datagrams that this socket sends to an IPv6 group that the host is in.
    /// At first it does.
    ///
    /// # Errors
    /// Returns [`Error::Unsupported`] with the host's sockets on `unix`.
    pub fn set_multicast_loop_v6(&self, is_looped: bool) -> Result<(), Error> {
        let mut sockets = self.bound().iter();
        sockets.try_for_each(|bound| bound.socket.set_multicast_loop_v6(is_looped))
    }

    /// Returns whether this host receives the datagrams that this socket sends to an IPv6 group that the host is in.
    ///
    /// # Errors
    /// Returns [`Error::Unsupported`] with the host's sockets on `unix`.
    pub fn multicast_loop_v6(&self) -> Result<bool, Error> {
        let first = self.bound().first();
        first.map_or(Ok(true), |bound| bound.socket.multicast_loop_v6())
    }

    /// Sets the hop limit of datagrams to IPv6 groups. At first it is 1, so that no router forwards them (RFC 3493,
    /// section 5.2). With 0, they do not leave this host.
    ///
    /// # Errors
    /// Returns [`Error::AddrNotAvailable`] if `hops` is above 255, and [`Error::Unsupported`] with the host's sockets
    /// on `unix`.
    pub fn set_multicast_hops_v6(&self, hops: u32) -> Result<(), Error> {
        let mut sockets = self.bound().iter();
        sockets.try_for_each(|bound| bound.socket.set_multicast_hops_v6(hops))
    }

    /// Returns the hop limit of datagrams to IPv6 groups.
    ///
    /// # Errors
    /// Returns [`Error::Unsupported`] with the host's sockets on `unix`.
    pub fn multicast_hops_v6(&self) -> Result<u32, Error> {
        let first = self.bound().first();
        first.map_or(Ok(1), |bound| bound.socket.multicast_hops_v6())
    }

    /// Returns the socket of the interface with a number, or all for 0.
    fn numbered(&self, interface: u32) -> impl Iterator<Item = &Bound> {
        let position = (interface as usize).checked_sub(1);
        let is_chosen = move |bound: &&Bound| position.is_none_or(|it| bound.interface == it);
        self.bound().iter().filter(is_chosen)
    }

    /// Returns why nothing is joined or left if no interface with this number does it.
    fn no_interface(&self, interface: u32) -> Error {
        match self.numbered(interface).next() {
            Some(_) => Error::Unsupported,
            None => Error::AddrNotAvailable,
        }
    }
}

/// Does something on the interface whose address was chosen: the only one that does not return
/// [`Error::AddrNotAvailable`].
fn on_first(bound: &[Bound], on: impl Fn(&Bound) -> Result<(), Error>) -> Result<(), Error> {
    let mut results = bound.iter().map(on);
    let is_chosen = |result: &Result<(), Error>| *result != Err(Error::AddrNotAvailable);
    results
        .find(is_chosen)
        .unwrap_or(Err(Error::AddrNotAvailable))
}
