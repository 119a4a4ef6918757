//! The peer: a TCP client on an interface of smoltcp's own, and the two machines on one cable.

use super::{
    cable::{Cable, End, MTU},
    device::{Device, Unplugged},
    instant::{of_wire, wire},
    world::{Clock, World},
};
use crate::{
    net::{
        Budget, Stack, StackConfig,
        ip::{Families, Ip, Ipv4},
        link::Link,
        signal::Signal,
        tcp::Algorithm,
    },
    random::Random,
    time::Monotonic,
};
use core::{cell::RefCell, future::poll_fn, net::Ipv4Addr, task::Poll, time::Duration};
use embassy_futures::select::select3;
use smoltcp::{
    iface::{Config, Interface, SocketHandle, SocketSet},
    socket::tcp::{self, RecvError, SendError, State},
    wire::{EthernetAddress, HardwareAddress, IpCidr},
};
use std::{rc::Rc, vec, vec::Vec};

pub(super) const SERVER: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 2);
pub(super) const CLIENT: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 3);

/// Memory for the data of connections, in bytes.
pub(super) const POOL: usize = 16 * 1024 * 1024;

/// The stack under test on one end of a cable, and a client on the other.
pub(super) struct Bench {
    pub(super) world: World,
    pub(super) cable: Cable,
    pub(super) stack: Stack,
    pub(super) client: Client,
}

impl Bench {
    pub(super) fn new() -> Self {
        let (bench, end) = Self::without_client();
        bench
            .world
            .spawn(bench.client.run(end, bench.world.clock()));
        bench
    }

    /// As [`Bench::new`], but without a client: returns the other end of the cable.
    pub(super) fn without_client() -> (Self, End) {
        let world = World::default();
        let (cable, near, far) = Cable::new(&world.clock());
        let stack = new_stack(&world.clock(), &near);
        world.spawn(stack.run(stack.ipv4().unwrap(), near, world.clock()));
        let client = Client::new(CLIENT, &far, &world.clock());
        let bench = Self {
            world,
            cable,
            stack,
            client,
        };
        (bench, far)
    }
}

fn new_stack(clock: &Clock, link: &End) -> Stack {
    let config = StackConfig {
        address: SERVER,
        prefix_length: 24,
        gateway: None,
    };
    let random = Random::from_seed([42; 32]);
    let stack = Stack::new(
        link,
        Budget::new(POOL),
        Algorithm::CUBIC,
        random.clone(),
        clock.clone(),
    )
    .unwrap();
    stack.add_ipv4(Some(config), random).unwrap();
    stack
}

/// A machine that opens TCP connections. A cheap handle.
#[derive(Clone)]
pub(super) struct Client(Rc<Shared>);

struct Shared {
    clock: Clock,
    state: RefCell<ClientState>,
    work: Signal,
}

struct ClientState {
    interface: Interface,
    sockets: SocketSet<'static>,
    next_port: u16,
}

/// A connection of the client's. Dropping it does nothing to it.
pub(super) struct Connection {
    client: Client,
    socket: SocketHandle,
    pub(super) port: u16,
}

impl Stack {
    /// Changes the IPv4 layer of the interface.
    pub(super) fn with_ipv4<R>(&self, change: impl FnOnce(&mut Ipv4, &mut Ip) -> R) -> R {
        let ipv4 = self.ipv4().unwrap();
        let ip = &mut self.shared.state.borrow_mut().ip;
        change(&mut ipv4.layers(), ip)
    }

    /// Connections, half-open and in TIME-WAIT too, and UDP ports.
    pub(super) fn sockets(&self) -> usize {
        let state = self.shared.state.borrow();
        let (connections, half_open, time_wait) = state.transport.population();
        connections + half_open + time_wait + state.datagrams.len()
    }
}

impl Client {
    pub(super) fn new(address: Ipv4Addr, link: &End, clock: &Clock) -> Self {
        let mac = HardwareAddress::Ethernet(EthernetAddress(link.mac_address()));
        let mut interface = Interface::new(
            Config::new(mac),
            &mut Unplugged { mtu: MTU },
            wire(clock.now()),
        );
        interface.update_ip_addrs(|addresses| {
            addresses.push(IpCidr::new(address.into(), 24)).unwrap();
        });
        Self(Rc::new(Shared {
            clock: clock.clone(),
            state: RefCell::new(ClientState {
                interface,
                sockets: SocketSet::new(Vec::new()),
                next_port: 40_000,
            }),
            work: Signal::default(),
        }))
    }

    /// Moves frames until the cable is cut.
    pub(super) fn run(&self, mut link: End, clock: Clock) -> impl Future<Output = ()> + 'static {
        let client = self.clone();
        async move {
            loop {
                let deadline = client.0.state.borrow_mut().exchange(&mut link, &clock);
                let sleep = async {
                    match deadline {
                        Some(deadline) => clock.sleep_until(deadline).await,
                        None => core::future::pending().await,
                    }
                };
                let mut lost = false;
                let ready = poll_fn(|context| {
                    let ready = link.poll_ready(context);
                    lost |= matches!(ready, Poll::Ready(Err(_)));
                    ready.map(drop)
                });
                select3(ready, client.0.work.wait(), sleep).await;
                if lost {
                    return;
                }
            }
        }
    }

    /// Connects to a port of the server's; `None` if it refuses.
    pub(super) async fn try_connect(&self, port: u16) -> Option<Connection> {
        let from = {
            let state = &mut *self.0.state.borrow_mut();
            state.next_port += 1;
            state.next_port
        };
        self.connect_from(from, port).await
    }

    pub(super) async fn connect(&self, port: u16) -> Connection {
        self.try_connect(port).await.expect("refused")
    }

    /// As [`Client::try_connect`], from a port of the caller's choice.
    pub(super) async fn connect_from(&self, from: u16, port: u16) -> Option<Connection> {
        let connection = self.start_connecting(from, port);
        connection.established().await.then_some(connection)
    }

    /// Sends the SYN, and waits for nothing.
    pub(super) fn start_connecting(&self, from: u16, port: u16) -> Connection {
        let state = &mut *self.0.state.borrow_mut();
        let buffer = || tcp::SocketBuffer::new(vec![0; 16 * 1024]);
        let mut socket = tcp::Socket::new(buffer(), buffer());
        socket.set_nagle_enabled(false);
        socket
            .connect(state.interface.context(), (SERVER, port), from)
            .unwrap();
        let socket = state.sockets.add(socket);
        self.0.work.raise();
        Connection {
            client: self.clone(),
            socket,
            port: from,
        }
    }
}

impl ClientState {
    fn exchange(&mut self, link: &mut End, clock: &Clock) -> Option<crate::time::Instant> {
        let now = wire(clock.now());
        let (receiver, transmitter) = link.split();
        let mut device = Device::new(receiver, transmitter, MTU);
        self.interface.poll(now, &mut device, &mut self.sockets);
        let due = self.interface.poll_at(now, &self.sockets).map(of_wire)?;
        // What is due and was not sent found no room.
        Some(due.max(clock.now() + Duration::from_millis(1)))
    }
}

impl Connection {
    pub(super) fn with<R>(&self, act: impl FnOnce(&mut tcp::Socket<'static>) -> R) -> R {
        let mut state = self.client.0.state.borrow_mut();
        act(state.sockets.get_mut(self.socket))
    }

    /// Waits until the server has taken the connection, or has refused it (false).
    pub(super) async fn established(&self) -> bool {
        poll_fn(|context| {
            self.with(|socket| match socket.state() {
                State::SynSent | State::SynReceived => {
                    socket.register_send_waker(context.waker());
                    Poll::Pending
                }
                state => Poll::Ready(state != State::Closed),
            })
        })
        .await
    }

    /// Waits until all that was sent so far has arrived, and the replies to it.
    pub(super) async fn settle(&self) {
        let clock = self.client.0.clock.clone();
        clock.sleep(Duration::from_millis(10)).await;
    }

    /// Frees the client's side of a connection that has ended.
    pub(super) fn forget(self) {
        let mut state = self.client.0.state.borrow_mut();
        state.sockets.remove(self.socket);
    }

    pub(super) fn state(&self) -> State {
        self.with(|socket| socket.state())
    }

    /// What has come, up to `most` bytes; empty at the end.
    pub(super) async fn read(&self, most: usize) -> Result<Vec<u8>, RecvError> {
        let mut buffer = vec![0; most];
        poll_fn(|context| {
            let received = self.with(|socket| {
                let received = socket.recv_slice(&mut buffer);
                socket.register_recv_waker(context.waker());
                received
            });
            match received {
                Ok(0) => Poll::Pending,
                Ok(count) => {
                    self.client.0.work.raise();
                    Poll::Ready(Ok(buffer[..count].to_vec()))
                }
                Err(RecvError::Finished) => Poll::Ready(Ok(Vec::new())),
                Err(error) => Poll::Ready(Err(error)),
            }
        })
        .await
    }

    /// Everything up to the end.
    pub(super) async fn read_to_end(&self) -> Result<Vec<u8>, RecvError> {
        let mut all = Vec::new();
        loop {
            let some = self.read(4096).await?;
            if some.is_empty() {
                return Ok(all);
            }
            all.extend(some);
        }
    }

    /// Exactly `count` bytes.
    pub(super) async fn read_exactly(&self, count: usize) -> Result<Vec<u8>, RecvError> {
        let mut all = Vec::new();
        while all.len() < count {
            let some = self.read(count - all.len()).await?;
            assert!(!some.is_empty(), "the end came after {} bytes", all.len());
            all.extend(some);
        }
        Ok(all)
    }

    pub(super) async fn write(&self, mut data: &[u8]) -> Result<(), SendError> {
        while !data.is_empty() {
            let sent = poll_fn(|context| {
                let sent = self.with(|socket| {
                    let sent = socket.send_slice(data);
                    socket.register_send_waker(context.waker());
                    sent
                });
                match sent {
                    Ok(0) => Poll::Pending,
                    other => Poll::Ready(other),
                }
            })
            .await?;
            self.client.0.work.raise();
            data = &data[sent..];
        }
        Ok(())
    }

    /// Ends this direction.
    pub(super) fn close(&self) {
        self.with(|socket| socket.close());
        self.client.0.work.raise();
    }
}
