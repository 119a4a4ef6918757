//! The stack of one interface: it moves frames between the link and the sockets.

use super::{
    config::StackConfig,
    connections::Connections,
    counters::{Counters, Tally},
    device::Unplugged,
    error::{BindError, Error},
    exchange::Next,
    instant::wire,
    limits::{TcpLimits, UdpLimits},
    link::Link,
    listener::TcpListener,
    refusals::Refusals,
    signal::Signal,
    state::{Shared, State},
    udp::UdpSocket,
};
use crate::{
    device::{Share, StartError},
    random::Random,
    time::{Instant, Monotonic},
};
use alloc::{collections::BTreeMap, rc::Rc, vec::Vec};
use core::{
    cell::{Cell, RefCell},
    future::poll_fn,
};
use embassy_futures::{
    select::{Either3, select3},
    yield_now,
};
use rand_core::Rng;
use smoltcp::{
    iface::{Config, Interface, SocketSet},
    wire::{EthernetAddress, HardwareAddress},
};

/// The network stack of one interface. A cheap handle: clones are the same stack.
#[derive(Clone)]
pub struct Stack {
    pub(super) shared: Rc<Shared>,
}

impl Stack {
    /// The stack of an interface with the MAC address `mac`, whose link carries IP packets of
    /// up to `mtu` bytes. Without a configuration it has no address yet.
    ///
    /// `random` gives the ports of what this side begins, and the seed of the initial sequence
    /// numbers: these come from a fast generator, which an observer of several outputs can predict.
    ///
    /// # Errors
    /// `mac` is not a unicast address, or `prefix_length` is above 32.
    pub fn new(
        config: Option<StackConfig>,
        mac_address: [u8; 6],
        mtu: usize,
        mut random: Random,
        now: Instant,
    ) -> Result<Self, StartError> {
        let mac = EthernetAddress(mac_address);
        if !mac.is_unicast() {
            return Err(StartError::new(alloc::format!(
                "{mac} is not a unicast MAC address"
            )));
        }
        if config.is_some_and(|config| config.prefix_length > 32) {
            return Err(StartError::new("the prefix is longer than 32 bits"));
        }
        let mut interface_config = Config::new(HardwareAddress::Ethernet(mac));
        interface_config.random_seed = random.next_u64();
        let mut interface = Interface::new(interface_config, &mut Unplugged { mtu }, wire(now));
        if let Some(config) = config {
            config.give(&mut interface);
        }
        Ok(Self {
            shared: Rc::new(Shared {
                state: RefCell::new(State {
                    interface,
                    sockets: SocketSet::new(Vec::new()),
                    connections: Connections::default(),
                    listeners: BTreeMap::new(),
                    outboxes: BTreeMap::new(),
                    datagrams: None,
                    arp_received: false,
                    datagrams_first: false,
                    link_lost: false,
                    refusals: Refusals::default(),
                }),
                work: Signal::default(),
                config: Cell::new(config),
                mac_address,
                mtu,
                random,
                counters: Tally::default(),
            }),
        })
    }

    /// Moves frames between `link` and the sockets for as long as the link is there.
    ///
    /// When the link is lost, reading, writing and sending fail with [`Error::NetworkDown`].
    pub fn run(
        &self,
        mut link: impl Link + 'static,
        clock: impl Monotonic + 'static,
    ) -> impl Future<Output = ()> + 'static {
        let shared = self.shared.clone();
        async move {
            loop {
                let next = match shared.exchange(&mut link, clock.now()) {
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
                    log::error!("the network link is lost");
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
    /// limits [`UdpLimits::QUESTION`](super::UdpLimits::QUESTION).
    ///
    /// # Errors
    /// Returns [`Error::OutOfMemory`] or [`Error::AddrInUse`] if memory or ports are exhausted, and
    /// [`Error::NetworkDown`] if the link is lost.
    pub fn open_udp(&self) -> Result<UdpSocket, Error> {
        UdpSocket::ephemeral(self.shared.clone())
    }

    /// The interface's addresses; `None` while it has none.
    pub fn config(&self) -> Option<StackConfig> {
        self.shared.config()
    }

    /// What has happened so far.
    pub fn counters(&self) -> Counters {
        self.shared.counters.get()
    }
}

impl core::fmt::Debug for Stack {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Stack")
            .field("config", &self.shared.config())
            .finish_non_exhaustive()
    }
}

#[diagnostic::do_not_recommend]
impl Share for Stack {}
