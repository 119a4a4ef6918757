//! A network interface.

use super::{
    Counters, Error, InterfaceAddress, TcpListener, TcpStream, UdpSocket, attached::stack_config,
    host_resolver::HostResolver, interface::InterfaceConfig, name_servers,
};
use crate::{
    device::{Device, Share, StartError},
    executor::spawn,
    logger::report,
    platform::net as platform,
    random::Random,
    time::Clock,
};
use alloc::{format, vec::Vec};
#[cfg(all(mirage_target, feature = "std"))]
use core::net::IpAddr;
use core::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use mirage_devices::net::{
    Stack, TcpLimits, UdpLimits,
    dhcp::{CurrentLease, Lease},
    ip::{Families, Ipv4Only},
};
use mirage_graph::conflict_detection::ConflictDetection;

/// A network interface. Clones are the same interface.
///
/// `main` receives it as the node `net`, or by the interface's name. It opens outgoing connections, and
/// UDP sockets on random ports.
///
/// ```
/// use mirage_rt::{
///     io::{Read, Write},
///     net::{Error, Network},
///     time::{Duration, timeout},
/// };
///
/// async fn ask(net: &Network) -> Result<usize, Error> {
///     let peer = ([10, 0, 0, 1], 7).into();
///     let mut stream = timeout(Duration::from_secs(5), net.connect(peer)).await??;
///     stream.write_all(b"hello").await?;
///     stream.read(&mut [0; 64]).await
/// }
/// ```
#[derive(Debug, Clone)]
pub struct Network {
    interface: InterfaceConfig,
    clock: Clock,
    random: Random,
    /// `None` until it is started.
    stack: Option<platform::Stack>,
}

impl Network {
    pub(crate) fn new(interface: InterfaceConfig, clock: Clock, random: Random) -> Self {
        Self {
            interface,
            clock,
            random,
            stack: None,
        }
    }

    /// Returns a network that is already started, for tests.
    #[cfg(not(mirage_target))]
    pub(crate) fn started(
        interface: InterfaceConfig,
        stack: platform::Stack,
        random: Random,
    ) -> Self {
        Self {
            interface,
            clock: Clock,
            random,
            stack: Some(stack),
        }
    }

    /// Returns the configuration of the interface.
    #[cfg(all(not(mirage_target), feature = "std"))]
    pub(crate) fn interface(&self) -> &InterfaceConfig {
        &self.interface
    }

    /// Returns the name of the interface.
    pub(crate) const fn node(&self) -> &'static str {
        self.interface.node
    }

    fn stack(&self) -> Result<&platform::Stack, StartError> {
        let stack = self.stack.as_ref();
        stack.ok_or_else(|| StartError::new("the network is not started"))
    }

    /// Listens on a TCP port of one network or of several.
    pub(crate) fn listen(
        networks: &[Self],
        port: u16,
        limits: TcpLimits,
    ) -> Result<TcpListener, StartError> {
        TcpListener::open(networks, |network| network.stack()?.listen(port, limits))
    }

    /// Binds a UDP port of one network or of several.
    pub(crate) fn bind_udp(
        networks: &[Self],
        port: u16,
        limits: UdpLimits,
    ) -> Result<UdpSocket, StartError> {
        UdpSocket::open(networks, |network| {
            let socket = network.stack()?.bind_udp(port, limits)?;
            Ok((socket, network.index()))
        })
    }

    /// Opens the link, and makes the stack, which has no address family yet.
    pub(crate) fn open(&mut self) -> Result<(), StartError> {
        let random = self.random.clone();
        self.stack = Some(platform::start(&self.interface, self.clock, random)?);
        Ok(())
    }

    /// Returns the work of the stack; `None` if there is none, or if it runs already.
    pub(crate) fn run_with(
        &self,
        families: impl Families,
    ) -> Option<impl Future<Output = ()> + 'static> {
        self.stack.as_ref()?.run(families)
    }

    /// Gives the stack IPv4. It has no address yet if a server leases it or if it is to be probed first. Returns
    /// `None` if the sockets are the host's.
    pub(crate) fn add_ipv4(&self) -> Result<Option<Ipv4Only>, StartError> {
        let Some((stack, _)) = self.stack_and_lease() else {
            return Ok(None);
        };
        let InterfaceConfig { node, gateway, .. } = self.interface;
        let address = match self.interface.conflict_detection {
            ConflictDetection::Optimistic => self.interface.address,
            ConflictDetection::Strict => None,
        };
        let config = address.map(|address| stack_config(address, gateway));
        let family = stack.add_ipv4(config, self.random.clone())?;
        if let Some(address) = address {
            report!("{node} is {address}");
        }
        Ok(Some(family))
    }

    /// Waits until the static IPv4 address has been probed, if it must not be used before.
    pub(crate) async fn probe(&self, families: impl Families) -> Result<(), StartError> {
        let InterfaceConfig {
            node,
            address: Some(address),
            gateway,
            conflict_detection: ConflictDetection::Strict,
            ..
        } = self.interface
        else {
            return Ok(());
        };
        let Some((stack, _)) = self.stack_and_lease() else {
            return Ok(());
        };
        // The probes are sent by the network.
        if let Some(work) = self.run_with(families) {
            spawn(work);
        }
        let probed = stack.probe(stack_config(address, gateway)).await;
        if !probed.map_err(|error| StartError::with_source("the address", error))? {
            return Err(StartError::new(format!("another host uses {address}")));
        }
        report!("{node} is {address}");
        Ok(())
    }

    /// Returns the stack and its DHCP lease, unless the sockets are the host's.
    pub(crate) fn stack_and_lease(&self) -> Option<(&Stack, &CurrentLease)> {
        self.stack.as_ref()?.stack_and_lease()
    }

    /// Returns whether the peers have acknowledged everything that was written.
    #[cfg(all(mirage_target, feature = "std"))]
    pub(crate) fn is_drained(&self) -> bool {
        let stack = self.stack_and_lease();
        stack.is_none_or(|(stack, _)| stack.is_drained())
    }

    /// Opens a TCP connection.
    ///
    /// The local port is random (RFC 6056). The stack sends eight SYNs within three minutes and then
    /// gives up. Dropping the future, as [`timeout`](crate::time::timeout) does, gives up earlier. With
    /// the host's sockets on `unix`, addresses, routes and time limits are the host's.
    ///
    /// # Errors
    /// Returns [`Error::ConnectionRefused`] if the peer refuses, [`Error::TimedOut`] if it does not
    /// answer, [`Error::HostUnreachable`] if there is no route to it (there is none to any IPv6 address
    /// without the key `ip6`), [`Error::OutOfMemory`] and [`Error::AddrInUse`] if memory or local ports are
    /// exhausted, and [`Error::NetworkDown`] if the link is lost.
    pub async fn connect(&self, peer: SocketAddr) -> Result<TcpStream, Error> {
        let stack = self.stack.as_ref().ok_or(Error::NetworkDown)?;
        Ok(TcpStream::new(stack.connect(peer).await?))
    }

    /// Begins to open a connection, from `port` if it is not `None`.
    #[cfg(all(mirage_target, feature = "std"))]
    pub(crate) fn begin_connect(
        &self,
        peer: SocketAddr,
        port: Option<u16>,
    ) -> Result<TcpStream, Error> {
        let (stack, _) = self.stack_and_lease().ok_or(Error::NetworkDown)?;
        Ok(TcpStream::new(stack.begin_connect(peer, port)?))
    }

    /// Opens a UDP port with a random number (RFC 6056), for example to send a DNS query.
    ///
    /// An off-path attacker cannot guess the port, but check that an answer comes from the peer that
    /// was asked. Up to 16 datagrams, or 9 KiB of them, wait to be received: fewer than at a declared
    /// port, because there may be many of these ports.
    ///
    /// # Errors
    /// Returns [`Error::OutOfMemory`] or [`Error::AddrInUse`] if memory or ports are exhausted, and
    /// [`Error::NetworkDown`] if the link is lost.
    pub fn open_udp(&self) -> Result<UdpSocket, Error> {
        let stack = self.stack.as_ref().ok_or(Error::NetworkDown)?;
        let socket = stack.open_udp()?;
        Ok(UdpSocket::of_one_network(socket, self.index()))
    }

    /// Returns the position of the interface among those of the unikernel, from 0, in the order in which
    /// they are declared. It is the number in [`RecvMeta`](super::RecvMeta) and
    /// [`Datagram`](super::Datagram).
    pub fn index(&self) -> usize {
        self.interface.index
    }

    /// Returns the interface's address. It is `None` while a DHCP lease is lost, and with the host's
    /// sockets on `unix`.
    pub fn address(&self) -> Option<InterfaceAddress> {
        let (stack, _) = self.stack_and_lease()?;
        let config = stack.config()?;
        Some(InterfaceAddress {
            address: config.address,
            prefix_length: config.prefix_length,
        })
    }

    /// Returns the interface's IPv6 address that is not link-local, the first one of several. It is `None` without
    /// the key `ip6`, while SLAAC has found none, and with the host's sockets on `unix`.
    ///
    /// ```
    /// use mirage_rt::{log, net::Network};
    ///
    /// fn report(net: &Network) {
    ///     if let Some(address) = net.ipv6_address() {
    ///         log::info!("http://[{address}]/");
    ///     }
    /// }
    /// ```
    pub fn ipv6_address(&self) -> Option<Ipv6Addr> {
        let (stack, _) = self.stack_and_lease()?;
        stack.ipv6_address()
    }

    /// Returns what has happened on the interface since it was started: frames received, what was dropped
    /// and why, and what TCP has done. It is `None` with the host's sockets on `unix`.
    ///
    /// ```
    /// use mirage_rt::{
    ///     log,
    ///     net::{DropReason, Network},
    ///     time::{Clock, Duration},
    /// };
    ///
    /// async fn watch(net: Network, clock: Clock) {
    ///     while let Some(counters) = net.counters() {
    ///         let full = counters.drops.get(DropReason::PortFull);
    ///         log::info!("{full} datagrams lost, {} segments sent again", counters.tcp.retransmissions);
    ///         clock.sleep(Duration::from_secs(60)).await;
    ///     }
    /// }
    /// ```
    pub fn counters(&self) -> Option<Counters> {
        let (stack, _) = self.stack_and_lease()?;
        Some(stack.counters())
    }

    /// Returns the name servers (DNS), best first: those of the key `dns`, or else those of the current DHCP
    /// lease. It is empty with the host's sockets on `unix`, where the host's name servers are used.
    ///
    /// ```
    /// use mirage_rt::net::{Error, Network};
    ///
    /// async fn ask(net: &Network, question: &[u8]) -> Result<(), Error> {
    ///     let socket = net.open_udp()?;
    ///     for server in net.name_servers() {
    ///         socket.send_to(question, (server, 53).into()).await?;
    ///     }
    ///     Ok(())
    /// }
    /// ```
    pub fn name_servers(&self) -> Vec<Ipv4Addr> {
        let stack = self.stack.as_ref();
        stack.map_or_else(Vec::new, |stack| stack.name_servers(self.index()))
    }

    /// Returns the name servers that routers advertise for an interface with SLAAC (RFC 8106), which are asked
    /// after those of [`name_servers`](Self::name_servers). It is empty if the key `dns` declares others, and
    /// with the host's sockets on `unix`.
    ///
    /// ```
    /// use mirage_rt::{log, net::Network};
    ///
    /// fn describe(net: &Network) {
    ///     for server in net.ipv6_name_servers() {
    ///         log::info!("names are resolved by {server}");
    ///     }
    /// }
    /// ```
    pub fn ipv6_name_servers(&self) -> Vec<Ipv6Addr> {
        let Some((stack, _)) = self.stack_and_lease() else {
            return Vec::new();
        };
        match name_servers::declared(self.index()).as_slice() {
            [] => stack.ipv6_name_servers(),
            _ => Vec::new(),
        }
    }

    /// Returns the random generator.
    pub(crate) fn random(&self) -> Random {
        self.random.clone()
    }

    /// Returns whether connections can have IPv6 addresses.
    pub(crate) fn has_ipv6(&self) -> bool {
        self.stack.as_ref().is_some_and(platform::Stack::has_ipv6)
    }

    /// Returns whether an address is that of the interface.
    #[cfg(all(mirage_target, feature = "std"))]
    pub(crate) fn has_address(&self, ip: IpAddr) -> bool {
        match ip {
            IpAddr::V4(ip) => self.address().is_some_and(|own| own.address == ip),
            IpAddr::V6(ip) => {
                let stack = self.stack_and_lease();
                stack.is_some_and(|(stack, _)| stack.ipv6_address() == Some(ip))
            }
        }
    }

    /// Returns what the host knows about names, if the sockets are the host's.
    pub(super) fn host_resolver(&self) -> Option<HostResolver> {
        self.stack.as_ref()?.host()
    }

    /// Returns the current DHCP lease, with the options that the server has sent. It is `None` without DHCP,
    /// while there is no lease, and with the host's sockets on `unix`.
    ///
    /// ```
    /// use mirage_rt::{log, net::Network};
    ///
    /// fn describe(net: &Network) {
    ///     let Some(lease) = net.lease() else {
    ///         return;
    ///     };
    ///     if let Some(domain) = &lease.domain {
    ///         log::info!("names are resolved in {domain}");
    ///     }
    ///     for server in &lease.ntp_servers {
    ///         log::info!("the time is at {server}");
    ///     }
    /// }
    /// ```
    pub fn lease(&self) -> Option<Lease> {
        self.stack_and_lease()?.1.get()
    }
}

#[diagnostic::do_not_recommend]
impl Device for Network {
    type Output = Self;

    async fn start(&mut self) -> Result<(), StartError> {
        self.open()?;
        match self.add_ipv4()? {
            Some(family) => self.probe(family).await,
            None => Ok(()),
        }
    }

    fn run(&self) -> Option<impl Future<Output = ()> + 'static> {
        let (stack, _) = self.stack_and_lease()?;
        self.run_with(stack.ipv4()?)
    }

    fn provide(self) -> Self {
        self
    }
}

#[diagnostic::do_not_recommend]
impl Share for Network {}
