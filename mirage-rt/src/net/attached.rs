//! Our own stack, attached to a link.

use super::{host_resolver::HostResolver, interface::InterfaceConfig, name_servers};
use crate::{device::StartError, random::Random, readiness, time::Clock};
use alloc::{format, rc::Rc, vec::Vec};
use core::cell::RefCell;
use core::net::{Ipv4Addr, SocketAddr};
use mirage_devices::net::{
    Budget, Error, Stack, StackConfig, TcpLimits, TcpListener, TcpStream, UdpLimits, UdpSocket,
    dhcp::CurrentLease, ip::Families, link::Link, tcp::EcnMode,
};
use mirage_graph::{address::InterfaceAddress, ecn::Ecn, port::Protocol};

/// A static address of an interface, and its router.
pub(super) fn stack_config(address: InterfaceAddress, gateway: Option<Ipv4Addr>) -> StackConfig {
    StackConfig {
        address: address.address,
        prefix_length: address.prefix_length,
        gateway,
    }
}

/// A stack and its link. Clones are the same.
pub(crate) struct Attached<L> {
    stack: Stack,
    /// Empty without DHCP.
    lease: CurrentLease,
    clock: Clock,
    /// Until it runs.
    link: Rc<RefCell<Option<L>>>,
}

impl<L: Link + 'static> Attached<L> {
    /// The stack of an interface whose frames go over `link`, without an address family yet. The data of its
    /// connections takes memory of `budget`.
    pub(crate) fn new(
        interface: &InterfaceConfig,
        link: L,
        budget: Budget,
        clock: Clock,
        random: Random,
    ) -> Result<Self, StartError> {
        let stack = Stack::new(&link, budget, interface.congestion, random, clock)?;
        stack.set_ecn(match interface.ecn {
            Ecn::Accept => EcnMode::Accept,
            Ecn::Request => EcnMode::Request,
            Ecn::Off => EcnMode::Off,
        });
        Ok(Self {
            stack,
            lease: CurrentLease::default(),
            clock,
            link: Rc::new(RefCell::new(Some(link))),
        })
    }

    /// Logs and reports that a port is open, at 0.0.0.0 if the interface has no address yet.
    // Without this, LLVM inlines the callers instead, which enlarges images.
    #[inline(always)]
    fn report(&self, protocol: Protocol, port: u16) {
        readiness::port_is_open(protocol, port, (&self.stack.address(), port));
    }

    /// The stack and its lease. (On `unix` there may be no stack of ours.)
    pub(crate) fn stack_and_lease(&self) -> Option<(&Stack, &CurrentLease)> {
        Some((&self.stack, &self.lease))
    }

    /// The declared name servers of the interface at `index`, or else those of the lease.
    pub(crate) fn name_servers(&self, index: usize) -> Vec<Ipv4Addr> {
        match name_servers::declared(index).as_slice() {
            [] => self
                .lease
                .get()
                .map_or_else(Vec::new, |lease| lease.name_servers),
            declared => declared.to_vec(),
        }
    }

    /// Whether connections can have IPv6 addresses.
    pub(crate) fn has_ipv6(&self) -> bool {
        self.stack.ipv6_address().is_some()
    }

    /// What the host knows about names: its sockets are not used.
    pub(crate) fn host(&self) -> Option<HostResolver> {
        None
    }

    /// Listens on a TCP port.
    pub(crate) fn listen(&self, port: u16, limits: TcpLimits) -> Result<TcpListener, StartError> {
        let listener = self.stack.listen_within(port, limits);
        let listener =
            listener.map_err(|error| StartError::with_source(format!("TCP port {port}"), error))?;
        self.report(Protocol::Tcp, port);
        Ok(listener)
    }

    /// Binds a UDP port.
    pub(crate) fn bind_udp(&self, port: u16, limits: UdpLimits) -> Result<UdpSocket, StartError> {
        let socket = self.stack.bind_udp_within(port, limits);
        let socket =
            socket.map_err(|error| StartError::with_source(format!("UDP port {port}"), error))?;
        self.report(Protocol::Udp, port);
        Ok(socket)
    }

    /// Opens a TCP connection.
    pub(crate) async fn connect(&self, peer: SocketAddr) -> Result<TcpStream, Error> {
        self.stack.connect(peer).await
    }

    /// Opens a random UDP port.
    pub(crate) fn open_udp(&self) -> Result<UdpSocket, Error> {
        self.stack.open_udp()
    }

    /// The work of the stack; `None` if it runs already.
    pub(crate) fn run(
        &self,
        families: impl Families,
    ) -> Option<impl Future<Output = ()> + 'static> {
        let link = self.link.take()?;
        Some(self.stack.run(families, link, self.clock))
    }
}

impl<L> Clone for Attached<L> {
    fn clone(&self) -> Self {
        Self {
            stack: self.stack.clone(),
            lease: self.lease.clone(),
            clock: self.clock,
            link: self.link.clone(),
        }
    }
}

impl<L> core::fmt::Debug for Attached<L> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_tuple("Attached").field(&self.stack).finish()
    }
}
