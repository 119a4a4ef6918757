//! The stack of one interface: it moves frames between the link and the sockets.

use super::{
    config::StackConfig,
    counters::Counters,
    datagrams::Datagrams,
    error::{BindError, Error},
    exchange::Next,
    ip::{Families, Ip, Ipv4, Ipv4Only},
    limits::{TcpLimits, UdpLimits},
    link::Link,
    listener::TcpListener,
    neighbour::{Claiming, Defence},
    policy::Policy,
    signal::Signal,
    state::{Shared, State},
    tap::Tap,
    tcp::{Algorithm, Budget, EcnMode, Transport},
    udp::UdpSocket,
};
use crate::{
    device::{Share, StartError},
    messages::log,
    random::Random,
    time::Monotonic,
};
use alloc::{boxed::Box, rc::Rc};
use core::{
    cell::{Cell, RefCell},
    future::poll_fn,
};
use embassy_futures::{
    select::{Either3, select3},
    yield_now,
};
use smoltcp::wire::EthernetAddress;

/// The network stack of one interface. A cheap handle: clones are the same stack.
#[derive(Clone)]
pub struct Stack {
    pub(super) shared: Rc<Shared>,
}

impl Stack {
    /// Creates the stack of an interface that is attached to `link`, which [`run`](Self::run) is
    /// given. It has no address family yet.
    ///
    /// The data of all TCP connections takes memory of `budget`, which the interfaces of a unikernel
    /// share, beside a page in each direction that each connection may always have. `congestion` is the
    /// congestion control of connections that are opened, and of ports that choose no other. `random`
    /// gives ports, initial sequence numbers and the keys of hash tables.
    ///
    /// # Errors
    /// The link's MAC address is not that of one host.
    pub fn new(
        link: &impl Link,
        budget: Budget,
        congestion: Algorithm,
        random: Random,
        clock: impl Monotonic + 'static,
    ) -> Result<Self, StartError> {
        let mac_address = link.mac_address();
        let mac = EthernetAddress(mac_address);
        if !mac.is_unicast() {
            return Err(StartError::new(alloc::format!(
                "{mac} is not a unicast MAC address"
            )));
        }
        let now = clock.now();
        // An IP packet is no longer than 64 KiB.
        let mtu = link.mtu().min(usize::from(u16::MAX));
        Ok(Self {
            shared: Rc::new(Shared {
                state: RefCell::new(State {
                    ip: Ip::new(mac_address, mtu, link.offloads(), random.clone()),
                    ipv4: None,
                    ipv6: None,
                    transport: Transport::new(mtu as u16, budget, random.clone()),
                    datagrams: Datagrams::new(random),
                    policy: None,
                    received: 0,
                    now,
                    datagrams_first: false,
                    link_lost: false,
                }),
                work: Signal::default(),
                tap: RefCell::default(),
                config: Cell::default(),
                mac_address,
                congestion,
                ecn: Cell::default(),
                clock: Box::new(move || clock.now()),
            }),
        })
    }

    /// Gives the interface IPv4, which it has while it [runs](Self::run) with the address family that this
    /// returns. Without a configuration it has no address yet. That of a configuration is used at once.
    ///
    /// # Errors
    /// The prefix length is above 32, or memory is exhausted.
    pub fn add_ipv4(
        &self,
        config: Option<StackConfig>,
        random: Random,
    ) -> Result<Ipv4Only, StartError> {
        if config.is_some_and(|config| config.prefix_length > 32) {
            return Err(StartError::new("the prefix is longer than 32 bits"));
        }
        let now = self.shared.now();
        let mut ipv4 = Ipv4::new(self.shared.mac_address, random);
        let state = &mut *self.shared.state.borrow_mut();
        if let Some(config) = config {
            // It was configured for this host, which is to answer at once, and to keep it.
            let claiming = (Claiming::Optimistic, Defence::Always);
            let added = config.add_to(&mut ipv4, &mut state.ip, now, claiming);
            added.map_err(|_| StartError::with_source("an address", Error::OutOfMemory))?;
        }
        self.shared.config.set(config);
        let family = Ipv4Only::new(ipv4);
        state.ipv4 = Some(family.sockets());
        Ok(family)
    }

    /// Returns IPv4 without addresses, for an interface with both families that uses IPv6 only. Sockets do not use
    /// it.
    pub fn unused_ipv4(&self, random: Random) -> Ipv4Only {
        Ipv4Only::new(Ipv4::new(self.shared.mac_address, random))
    }

    /// Returns the family of [`add_ipv4`](Self::add_ipv4), or `None` if the interface has IPv6 only.
    pub fn ipv4(&self) -> Option<Ipv4Only> {
        let sockets = self.shared.state.borrow().ipv4.clone()?;
        Some(Ipv4Only::for_layer(sockets.layer()))
    }

    /// Moves frames of the address families between `link` and the sockets for as long as the link is there. The
    /// families are those that [`add_ipv4`](Self::add_ipv4) and [`add_ipv6`](Self::add_ipv6) return, or
    /// [both](crate::net::ip::DualStack::new).
    ///
    /// When the link is lost, reading, writing and sending fail with [`Error::NetworkDown`].
    pub fn run(
        &self,
        families: impl Families,
        mut link: impl Link + 'static,
        clock: impl Monotonic + 'static,
    ) -> impl Future<Output = ()> + 'static {
        let shared = self.shared.clone();
        async move {
            loop {
                let next = match shared.exchange(&families, &mut link, clock.now()) {
                    Next::Now => {
                        yield_now().await;
                        continue;
                    }
                    Next::Wait(deadline) => deadline,
                };
                let sleep = async {
                    match next {
                        Some(deadline) => clock.sleep_until(deadline).await,
                        None => core::future::pending().await,
                    }
                };
                let ready = poll_fn(|context| link.poll_ready(context));
                if let Either3::First(Err(_)) = select3(ready, shared.work.wait(), sleep).await {
                    log!(Error, "the network link is lost");
                    shared.lose_link();
                    return;
                }
            }
        }
    }

    /// Listens on a TCP port.
    ///
    /// # Errors
    /// Returns [`BindError::InvalidPort`] for port 0 and [`BindError::AddrInUse`] if the port is bound
    /// already.
    pub fn listen(&self, port: u16) -> Result<TcpListener, BindError> {
        self.listen_within(port, TcpLimits::DEFAULT)
    }

    /// Listens on a TCP port whose connections take no more than `limits`.
    ///
    /// # Errors
    /// Returns [`BindError::InvalidPort`] for port 0 and [`BindError::AddrInUse`] if the port is bound
    /// already.
    pub fn listen_within(&self, port: u16, limits: TcpLimits) -> Result<TcpListener, BindError> {
        TcpListener::new(self.shared.clone(), port, limits)
    }

    /// Binds a UDP port.
    ///
    /// # Errors
    /// Returns [`BindError::InvalidPort`] for port 0, [`BindError::AddrInUse`] if the port is bound
    /// already, and [`BindError::OutOfMemory`] if its buffers cannot be allocated.
    pub fn bind_udp(&self, port: u16) -> Result<UdpSocket, BindError> {
        self.bind_udp_within(port, UdpLimits::DEFAULT)
    }

    /// Binds a UDP port whose datagrams take no more than `limits`.
    ///
    /// # Errors
    /// Returns [`BindError::InvalidPort`] for port 0, [`BindError::AddrInUse`] if the port is bound
    /// already, and [`BindError::OutOfMemory`] if its buffers cannot be allocated.
    pub fn bind_udp_within(&self, port: u16, limits: UdpLimits) -> Result<UdpSocket, BindError> {
        UdpSocket::new(self.shared.clone(), port, limits)
    }

    /// Opens a UDP port of its own choice, a random one (RFC 6056), for asking questions. It has the
    /// limits [`UdpLimits::EPHEMERAL`](super::UdpLimits::EPHEMERAL).
    ///
    /// # Errors
    /// Returns [`Error::OutOfMemory`] or [`Error::AddrInUse`] if memory or ports are exhausted, and
    /// [`Error::NetworkDown`] if the link is lost.
    pub fn open_udp(&self) -> Result<UdpSocket, Error> {
        UdpSocket::ephemeral(self.shared.clone())
    }

    /// Chooses which connections use ECN, among those that are opened later and those of ports that are listened
    /// on later. Without it, [`EcnMode::Accept`] applies.
    pub fn set_ecn(&self, mode: EcnMode) {
        self.shared.ecn.set(mode);
    }

    /// Sets the policy that is asked before connections are opened and datagrams are received or sent from
    /// now on. It must not use the sockets of this stack.
    pub fn set_policy(&self, policy: impl Policy + 'static) {
        self.shared.state.borrow_mut().policy = Some(Box::new(policy));
    }

    /// Sets the tap that sees all frames from now on. It must not use the sockets of this stack.
    pub fn set_tap(&self, tap: impl Tap + 'static) {
        self.shared.tap.replace(Some(Box::new(tap)));
    }

    /// The interface's addresses; `None` while it has none.
    pub fn config(&self) -> Option<StackConfig> {
        self.shared.config.get()
    }

    /// The largest IP packet, in bytes: what the link carries, unless a DHCP lease has reduced it.
    pub fn mtu(&self) -> u16 {
        self.shared.state.borrow().ip.mtu()
    }

    /// Whether the peers have acknowledged everything that was written, except on connections that are still
    /// opening.
    pub fn is_drained(&self) -> bool {
        self.shared.state.borrow().transport.is_drained()
    }

    /// What has happened so far.
    pub fn counters(&self) -> Counters {
        let state = self.shared.state.borrow();
        Counters {
            received: state.received,
            drops: *state.ip.drops(),
            tcp: *state.transport.counters(),
        }
    }
}

impl core::fmt::Debug for Stack {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Stack")
            .field("config", &self.shared.config.get())
            .finish_non_exhaustive()
    }
}

#[diagnostic::do_not_recommend]
impl Share for Stack {}
