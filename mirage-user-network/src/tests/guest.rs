//! The guest.

use super::*;
use smoltcp::{
    iface::SocketHandle,
    socket::{raw, tcp},
    wire::{IpEndpoint, IpProtocol, IpVersion},
};
use std::thread;

/// The guest's stack.
pub struct Guest {
    poller: Poller,
    link: Link,
    interface: Interface,
    pub sockets: SocketSet<'static>,
    started: time::Instant,
    /// Returns the number of dropped datagrams.
    network: thread::JoinHandle<u64>,
}

impl Guest {
    /// Starts a user network and a guest in it. The host's `ports` lead to its address of their family.
    pub fn start(ports: &[PublishedPort]) -> Self {
        Self::with(ports, |network| network)
    }

    /// The same for a guest that reaches some destinations only.
    pub fn restricted(destinations: Vec<Destination>) -> Self {
        Self::with(&[], |network| network.with_destinations(destinations))
    }

    fn with(ports: &[PublishedPort], change: impl FnOnce(UserNetwork) -> UserNetwork) -> Self {
        let SocketPair { network, guest } = SocketPair::new().expect("two sockets");
        let ports = ports.iter().copied();
        let (ipv4, ipv6): (Vec<_>, Vec<_>) = ports.partition(|port| port.host.is_ipv4());
        let network = UserNetwork::new(network, &EXAMPLE, &ipv4).expect("a network");
        let network = network.with_ipv6(&IPV6_EXAMPLE, &ipv6).expect("a network");
        let network = change(network);
        let network = thread::spawn(|| network.run().expect("it ends with the guest"));
        let mut poller = Poller::new().expect("a poller");
        let mut link = Link::new(guest, &mut poller).expect("a link");
        let mac = EthernetAddress([2, 0, 0, 0, 0, 2]);
        let mut interface = Interface::new(Config::new(mac.into()), &mut link, Instant::ZERO);
        interface.update_ip_addrs(|own| {
            let address = Ipv4Cidr::new(EXAMPLE.guest, 24);
            own.push(IpCidr::Ipv4(address)).expect("the first address");
            let address = IPV6_EXAMPLE.guest.expect("it is static");
            let address = Ipv6Cidr::new(address, 64);
            own.push(IpCidr::Ipv6(address)).expect("the second address");
        });
        let routes = interface.routes_mut();
        let route = routes.add_default_ipv4_route(EXAMPLE.gateway);
        route.expect("the first route");
        let route = routes.add_default_ipv6_route(IPV6_EXAMPLE.gateway);
        route.expect("the second route");
        Self {
            poller,
            link,
            interface,
            sockets: SocketSet::new(Vec::new()),
            started: time::Instant::now(),
            network,
        }
    }

    /// Closes the link. Returns how many datagrams to the guest were dropped.
    pub fn close(self) -> u64 {
        let Self { link, network, .. } = self;
        drop(link);
        network.join().expect("no panic")
    }

    /// Runs the guest's stack until `done`.
    pub fn run_until(&mut self, mut done: impl FnMut(&mut SocketSet<'static>) -> bool) {
        let deadline = time::Instant::now() + DEADLINE;
        loop {
            while let Some(frame) = self.link.receive_frame().expect("an open link") {
                self.link.accept(frame);
            }
            let now = Instant::ZERO + self.started.elapsed().into();
            self.interface.poll(now, &mut self.link, &mut self.sockets);
            if done(&mut self.sockets) {
                self.interface.poll(now, &mut self.link, &mut self.sockets);
                return;
            }
            assert!(time::Instant::now() < deadline, "the deadline has passed");
            let limit = time::Duration::from_millis(1);
            for (token, ready) in self.poller.wait(Some(limit)).expect("a poller") {
                self.link.set_ready(token, ready);
            }
        }
    }

    fn tcp(&mut self) -> SocketHandle {
        let buffer = || tcp::SocketBuffer::new(vec![0; 16384]);
        self.sockets.add(tcp::Socket::new(buffer(), buffer()))
    }

    /// Listens on a port, at all addresses.
    pub fn listen(&mut self, port: u16) -> SocketHandle {
        let handle = self.tcp();
        let socket = self.sockets.get_mut::<tcp::Socket>(handle);
        socket.listen(port).expect("a new socket");
        handle
    }

    /// Connects to a host.
    pub fn connect(&mut self, to: SocketAddr) -> SocketHandle {
        let handle = self.tcp();
        let socket = self.sockets.get_mut::<tcp::Socket>(handle);
        let to = IpEndpoint::from(to);
        let connected = socket.connect(self.interface.context(), to, 40000);
        connected.expect("a new socket");
        handle
    }

    /// Echoes until the peer closes, and closes.
    pub fn echo(&mut self, handle: SocketHandle) {
        let mut held = Vec::new();
        self.run_until(|sockets| {
            let socket = sockets.get_mut::<tcp::Socket>(handle);
            if socket.can_recv() && held.is_empty() {
                let received = socket.recv(|bytes| (bytes.len(), bytes.to_vec()));
                held = received.expect("there is something");
            }
            if socket.can_send() && !held.is_empty() {
                let sent = socket.send_slice(&held).expect("there is room");
                held.drain(..sent);
            }
            if held.is_empty() && !socket.can_recv() && socket.state() == tcp::State::CloseWait {
                socket.close();
            }
            socket.state() == tcp::State::Closed
        });
    }

    /// Opens a raw socket for a protocol, and the family of `address`.
    pub fn raw(&mut self, address: IpAddr, protocol: IpProtocol) -> SocketHandle {
        let version = match address {
            IpAddr::V4(_) => IpVersion::Ipv4,
            IpAddr::V6(_) => IpVersion::Ipv6,
        };
        let buffer = || raw::PacketBuffer::new(vec![raw::PacketMetadata::EMPTY; 8], vec![0; 16384]);
        self.sockets.add(raw::Socket::new(
            Some(version),
            Some(protocol),
            buffer(),
            buffer(),
        ))
    }

    /// Receives the next packet of `socket`.
    pub fn receive(&mut self, socket: SocketHandle) -> Vec<u8> {
        let mut packet = Vec::new();
        self.run_until(|sockets| {
            let received = sockets.get_mut::<raw::Socket>(socket).recv();
            packet = received.map(<[u8]>::to_vec).unwrap_or_default();
            !packet.is_empty()
        });
        packet
    }
}
