//! The stack of one interface: it moves frames between the link and the sockets.

use super::{
    admission::{Admitted, Refusals},
    connection::{Connections, SPARE},
    counters::Counters,
    device::{Device, Unplugged},
    error::UdpError,
    limits::{TcpLimits, UdpLimits},
    link::{Link, Receive, Transmit},
    listener::TcpListener,
    outbox::{MOST_UNRESOLVED, Outbox, Postman},
    segment::{self, Segment},
    signal::Signal,
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
    net::{Ipv4Addr, SocketAddrV4},
    time::Duration,
};
use embassy_futures::{
    select::{Either3, select3},
    yield_now,
};
use rand_core::Rng;
use smoltcp::{
    iface::{Config, Interface, PollResult, SocketSet},
    time::Instant as WireInstant,
    wire::{EthernetAddress, HardwareAddress, IpCidr, Ipv4Cidr},
};

/// Frames that are taken from the link before the unikernel's own tasks get a turn.
const BATCH: usize = 64;

/// How long what is due and cannot be sent waits before it is tried again.
const RETRY: Duration = Duration::from_millis(10);

/// Addresses of an interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StackConfig {
    /// Its IPv4 address.
    pub address: Ipv4Addr,
    /// How many leading bits of the address name the network, 0 to 32.
    pub prefix_length: u8,
    /// The router for every address outside the network.
    pub gateway: Option<Ipv4Addr>,
}

impl StackConfig {
    /// The address with its network.
    pub(super) fn network(&self) -> Ipv4Cidr {
        Ipv4Cidr::new(self.address, self.prefix_length)
    }

    /// Gives them to an interface that has none.
    pub(super) fn give(&self, interface: &mut Interface) {
        interface.update_ip_addrs(|addresses| {
            // An interface has room for two, and this is its first.
            let _ = addresses.push(IpCidr::Ipv4(self.network()));
        });
        if let Some(gateway) = self.gateway {
            // Likewise the first route.
            let _ = interface.routes_mut().add_default_ipv4_route(gateway);
        }
    }
}

/// The network stack of one interface. A cheap handle: clones are the same stack.
#[derive(Clone)]
pub struct Stack {
    pub(super) shared: Rc<Shared>,
}

pub(super) struct Shared {
    pub(super) state: RefCell<State>,
    /// Raised by sockets when there is something to send or to tidy up.
    pub(super) work: Signal,
    /// None until it has an address, and when it has lost it.
    config: Cell<Option<StackConfig>>,
    pub(super) hardware_address: [u8; 6],
    mtu: usize,
    pub(super) random: Random,
    counters: Cell<Counters>,
}

/// What sockets and frames work on. It is borrowed for the length of one call, never across an
/// `await`; wakers that smoltcp calls meanwhile must only schedule.
pub(super) struct State {
    pub(super) interface: Interface,
    pub(super) sockets: SocketSet<'static>,
    pub(super) connections: Connections,
    pub(super) listeners: BTreeMap<u16, super::listener::Backlog>,
    /// By UDP port.
    pub(super) outboxes: BTreeMap<u16, Outbox>,
    /// Made with the first UDP port.
    pub(super) postman: Option<Postman>,
    /// An ARP packet has come in.
    heard: bool,
    /// Whether datagrams are sent before segments: in every second exchange, so that neither keeps
    /// the other out of a small transmit ring.
    datagrams_first: bool,
    /// The link is gone for good.
    pub(super) link_lost: bool,
    pub(super) refusals: Refusals,
}

impl Stack {
    /// The stack of an interface with the Ethernet address `mac`, whose link carries IP packets of
    /// up to `mtu` bytes. Without a configuration it has no address yet.
    ///
    /// `random` gives the ports of what this side begins, and the seed of the initial sequence
    /// numbers: these come from a fast generator, which somebody who sees several can predict.
    ///
    /// # Errors
    /// `mac` is not the address of a single station, or `prefix_length` is above 32.
    pub fn new(
        config: Option<StackConfig>,
        hardware_address: [u8; 6],
        mtu: usize,
        mut random: Random,
        now: Instant,
    ) -> Result<Self, StartError> {
        let mac = EthernetAddress(hardware_address);
        if !mac.is_unicast() {
            return Err(StartError::new(alloc::format!(
                "{mac} is not a station's Ethernet address"
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
                    postman: None,
                    heard: false,
                    datagrams_first: false,
                    link_lost: false,
                    refusals: Refusals::default(),
                }),
                work: Signal::default(),
                config: Cell::new(config),
                hardware_address,
                mtu,
                random,
                counters: Cell::default(),
            }),
        })
    }

    /// The memory that a stack takes beside its ports, in bytes, at most: on a link that carries IP
    /// packets of up to `mtu` bytes.
    pub const fn memory(mtu: u16) -> usize {
        SPARE + (1 + MOST_UNRESOLVED) * mtu as usize + size_of::<Shared>()
    }

    /// Moves frames between `link` and the sockets for as long as the link is there.
    ///
    /// When it is gone, reading, writing and sending fail with [`Error::LinkLost`] and
    /// [`UdpError::LinkLost`]; who waits for a connection or a datagram waits for ever.
    ///
    /// [`Error::LinkLost`]: super::Error::LinkLost
    /// [`UdpError::LinkLost`]: super::UdpError::LinkLost
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
                    Next::At(deadline) => deadline,
                };
                let sleep = async {
                    match next {
                        Some(deadline) => clock.sleep_until(deadline).await,
                        None => core::future::pending().await,
                    }
                };
                let ready = poll_fn(|context| link.poll_ready(context));
                if let Either3::First(Err(_)) = select3(ready, shared.work.wait(), sleep).await {
                    log::error!("the network link is gone");
                    shared.lose_link();
                    return;
                }
            }
        }
    }

    /// Listens on a TCP port.
    ///
    /// # Errors
    /// The port is listened on already, or is 0.
    pub fn listen(&self, port: u16) -> Result<TcpListener, StartError> {
        self.listen_within(port, TcpLimits::DEFAULT)
    }

    /// Listens on a TCP port whose connections take no more than `limits`.
    ///
    /// # Errors
    /// The port is listened on already, or is 0.
    pub fn listen_within(&self, port: u16, limits: TcpLimits) -> Result<TcpListener, StartError> {
        TcpListener::new(self.shared.clone(), port, limits)
    }

    /// Binds a UDP port.
    ///
    /// # Errors
    /// The port is bound already, or is 0, or memory for its buffers is exhausted.
    pub fn bind_udp(&self, port: u16) -> Result<UdpSocket, StartError> {
        self.bind_udp_within(port, UdpLimits::DEFAULT)
    }

    /// Binds a UDP port whose datagrams take no more than `limits`.
    ///
    /// # Errors
    /// The port is bound already, or is 0, or memory for its buffers is exhausted.
    pub fn bind_udp_within(&self, port: u16, limits: UdpLimits) -> Result<UdpSocket, StartError> {
        UdpSocket::new(self.shared.clone(), port, limits)
    }

    /// Opens a UDP port of its own choice, a random one (RFC 6056), for asking questions. It has the
    /// limits [`UdpLimits::QUESTION`](super::UdpLimits::QUESTION).
    ///
    /// # Errors
    /// Memory or ports are used up, or the link is gone.
    pub fn open_udp(&self) -> Result<UdpSocket, UdpError> {
        UdpSocket::ephemeral(self.shared.clone())
    }

    /// The interface's addresses; `None` while it has none.
    pub fn config(&self) -> Option<StackConfig> {
        self.shared.config.get()
    }

    /// What has happened so far.
    pub fn counters(&self) -> Counters {
        self.shared.counters.get()
    }
}

impl core::fmt::Debug for Stack {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Stack")
            .field("config", &self.shared.config)
            .finish_non_exhaustive()
    }
}

#[diagnostic::do_not_recommend]
impl Share for Stack {}

/// How a peer is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// It is in the interface's own network.
    Network,
    /// By the gateway.
    Gateway,
    /// There is no way.
    Nowhere,
}

/// When the stack wants to be run again.
enum Next {
    /// As soon as other tasks had a turn: more frames are waiting.
    Now,
    /// When the link is ready, a socket has work, or the deadline comes.
    At(Option<Instant>),
}

impl Shared {
    /// The interface's address; 0.0.0.0 while it has none.
    pub(super) fn address(&self) -> Ipv4Addr {
        let config = self.config.get();
        config.map_or(Ipv4Addr::UNSPECIFIED, |config| config.address)
    }

    pub(super) fn config(&self) -> Option<StackConfig> {
        self.config.get()
    }

    pub(super) fn set_config(&self, config: Option<StackConfig>) {
        self.config.set(config);
    }

    /// The largest payload of a UDP datagram, which is never fragmented.
    pub(super) fn largest_datagram(&self) -> usize {
        self.mtu.saturating_sub(20 + 8)
    }

    /// How a peer is reached, as far as configuration can tell.
    pub(super) fn reach(&self, peer: SocketAddrV4) -> Reach {
        let address = *peer.ip();
        if peer.port() == 0 {
            return Reach::Nowhere;
        }
        let Some(config) = self.config.get() else {
            // Only a DHCP server is spoken to.
            return match address.is_broadcast() {
                true => Reach::Network,
                false => Reach::Nowhere,
            };
        };
        if address == config.address || address.is_unspecified() {
            return Reach::Nowhere;
        }
        let here = address.is_broadcast() || config.network().contains_addr(&address);
        match here {
            true => Reach::Network,
            false if config.gateway.is_some() => Reach::Gateway,
            // Those of the link hear it.
            false if address.is_multicast() => Reach::Network,
            false => Reach::Nowhere,
        }
    }

    /// Whether the peer is a single host that can be reached.
    pub(super) fn reaches_host(&self, peer: SocketAddrV4) -> bool {
        let address = *peer.ip();
        let group = address.is_broadcast()
            || address.is_multicast()
            || self
                .config
                .get()
                .is_some_and(|config| config.network().broadcast() == Some(address));
        !group && self.reach(peer) != Reach::Nowhere
    }

    pub(super) fn count(&self, change: impl FnOnce(&mut Counters)) {
        let mut counters = self.counters.get();
        change(&mut counters);
        self.counters.set(counters);
    }

    /// Takes a batch of frames from the link and sends what there is to send.
    fn exchange(&self, link: &mut impl Link, now: Instant) -> Next {
        let state = &mut *self.state.borrow_mut();
        let (receiver, transmitter) = link.split();
        let more = state.receive(self, receiver, transmitter, now);
        state
            .connections
            .tend(&mut state.sockets, &mut state.listeners, now);
        let mut device = Device::new(receiver, transmitter, self.mtu);
        state.datagrams_first = !state.datagrams_first;
        if state.datagrams_first {
            state.send_datagrams(&mut device, now);
            state.send_segments(&mut device, now);
        } else {
            state.send_segments(&mut device, now);
            state.send_datagrams(&mut device, now);
        }
        let starved = device.starved;
        transmitter.flush();
        // Some of those have sent their last.
        state.connections.tend_orphans(&mut state.sockets, now);
        if more {
            return Next::Now;
        }
        let protocol = if starved {
            // Without room nothing can be sent, however due it is: the link says when it has room.
            None
        } else {
            // A deadline that has passed and yet gave nothing to send (there is no way to the peer)
            // is looked at again later, not at once.
            let due = state
                .interface
                .poll_at(wire(now), &state.sockets)
                .map(of_wire);
            due.map(|due| if due <= now { now + RETRY } else { due })
        };
        let housekeeping = state.connections.next_deadline();
        let postman = state.postman.as_ref().and_then(Postman::next_deadline);
        Next::At(
            [protocol, housekeeping, postman]
                .into_iter()
                .flatten()
                .min(),
        )
    }

    fn lose_link(&self) {
        let state = &mut *self.state.borrow_mut();
        state.link_lost = true;
        state
            .connections
            .lose(&mut state.sockets, &mut state.listeners);
        state.outboxes.values_mut().for_each(Outbox::wake);
    }
}

impl State {
    /// Takes up to [`BATCH`] frames from the link; whether there may be more that can be taken now.
    fn receive<R: Receive, T: Transmit>(
        &mut self,
        shared: &Shared,
        receiver: &mut R,
        transmitter: &mut T,
        now: Instant,
    ) -> bool {
        for _ in 0..BATCH {
            let Some(frame) = receiver.front() else {
                return false;
            };
            // A frame is looked at only when it can be answered.
            if !transmitter.has_room() {
                return false;
            }
            shared.count(|counters| counters.received += 1);
            self.heard |= segment::is_arp(frame);
            let segment = segment::look(frame);
            let admitted = match segment {
                Some(Segment::Opening(flow)) => self.admit(shared, flow, now),
                Some(Segment::Reset(_)) | None => Admitted::AsItIs,
            };
            if matches!(admitted, Admitted::No) {
                receiver.pop();
                continue;
            }
            let mut device = Device::new(receiver, transmitter, shared.mtu);
            self.interface
                .poll_ingress_single(wire(now), &mut device, &mut self.sockets);
            if let Admitted::New(socket) = admitted {
                self.connections
                    .forget_if_not_opened(&mut self.sockets, socket);
            }
            if let Some(Segment::Reset(flow)) = segment {
                self.connections.note_reset(&mut self.sockets, flow);
            }
        }
        true
    }

    fn send_segments<R: Receive, T: Transmit>(
        &mut self,
        device: &mut Device<'_, R, T>,
        now: Instant,
    ) {
        // One pass sends at most one segment of each socket.
        while !device.starved
            && self
                .interface
                .poll_egress(wire(now), device, &mut self.sockets)
                == PollResult::SocketStateChanged
        {}
    }

    fn send_datagrams<R: Receive, T: Transmit>(
        &mut self,
        device: &mut Device<'_, R, T>,
        now: Instant,
    ) {
        let heard = core::mem::take(&mut self.heard);
        let Some(postman) = &mut self.postman else {
            return;
        };
        postman.retry(&mut self.interface, device, heard, now);
        for (port, outbox) in &mut self.outboxes {
            postman.empty(&mut self.interface, device, *port, outbox, now);
        }
    }
}

/// A deadline of smoltcp's, in microseconds since boot.
pub(super) fn of_wire(instant: WireInstant) -> Instant {
    Instant::BOOT + Duration::from_micros(u64::try_from(instant.total_micros()).unwrap_or(0))
}

pub(super) fn wire(instant: Instant) -> WireInstant {
    WireInstant::from_micros(i64::try_from(instant.as_nanos() / 1000).unwrap_or(i64::MAX))
}
