//! A guest with smoltcp's stack at the other end of the link, and sockets of this host.

use super::{addresses::EXAMPLE, *};
use mirage_graph::port::Protocol;
use smoltcp::{
    iface::SocketHandle,
    phy::ChecksumCapabilities,
    socket::{raw, tcp},
    wire::{
        Icmpv4Packet, Icmpv4Repr, IpAddress, IpEndpoint, IpProtocol, IpVersion, Ipv4Packet,
        Ipv4Repr,
    },
};
use std::{
    io::{Read, Write},
    net::{Shutdown, SocketAddr, SocketAddrV4, TcpListener, TcpStream, UdpSocket},
    thread,
};

/// How long a test waits before it fails.
const DEADLINE: time::Duration = time::Duration::from_secs(20);
/// More bytes than all buffers between two ends hold.
const TRANSFER_LEN: usize = 1 << 20;

/// A free address of this host.
fn free() -> SocketAddrV4 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    match listener.local_addr().expect("a bound socket") {
        SocketAddr::V4(address) => address,
        SocketAddr::V6(address) => panic!("{address}"),
    }
}

fn published(protocol: Protocol, guest: u16) -> PublishedPort {
    PublishedPort {
        protocol,
        host: free(),
        guest,
    }
}

/// The guest's stack.
struct Guest {
    poller: Poller,
    link: Link,
    interface: Interface,
    sockets: SocketSet<'static>,
    started: time::Instant,
    /// Returns the number of dropped datagrams.
    network: thread::JoinHandle<u64>,
}

impl Guest {
    /// Starts a user network and a guest in it.
    fn start(ports: &[PublishedPort]) -> Self {
        let SocketPair { network, guest } = SocketPair::new().expect("two sockets");
        let network = UserNetwork::new(network, &EXAMPLE, ports).expect("a network");
        let network = thread::spawn(|| network.run().expect("it ends with the guest"));
        let mut poller = Poller::new().expect("a poller");
        let mut link = Link::new(guest, &mut poller).expect("a link");
        let mac = EthernetAddress([2, 0, 0, 0, 0, 2]);
        let mut interface = Interface::new(Config::new(mac.into()), &mut link, Instant::ZERO);
        interface.update_ip_addrs(|own| {
            let address = Ipv4Cidr::new(EXAMPLE.guest, 24);
            own.push(IpCidr::Ipv4(address)).expect("the first address");
        });
        let routes = interface.routes_mut();
        let route = routes.add_default_ipv4_route(EXAMPLE.gateway);
        route.expect("the first route");
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
    fn close(self) -> u64 {
        let Self { link, network, .. } = self;
        drop(link);
        network.join().expect("no panic")
    }

    /// Runs the guest's stack until `done`.
    fn run_until(&mut self, mut done: impl FnMut(&mut SocketSet<'static>) -> bool) {
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

    fn listen(&mut self, port: u16) -> SocketHandle {
        let handle = self.tcp();
        let socket = self.sockets.get_mut::<tcp::Socket>(handle);
        socket.listen(port).expect("a new socket");
        handle
    }

    fn connect(&mut self, to: SocketAddrV4) -> SocketHandle {
        let handle = self.tcp();
        let socket = self.sockets.get_mut::<tcp::Socket>(handle);
        let to = IpEndpoint::new(IpAddress::Ipv4(*to.ip()), to.port());
        let connected = socket.connect(self.interface.context(), to, 40000);
        connected.expect("a new socket");
        handle
    }

    /// Echoes until the peer closes, and closes.
    fn echo(&mut self, handle: SocketHandle) {
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

    /// Opens a raw socket for a protocol.
    fn raw(&mut self, protocol: IpProtocol) -> SocketHandle {
        let buffer = || raw::PacketBuffer::new(vec![raw::PacketMetadata::EMPTY; 8], vec![0; 16384]);
        self.sockets.add(raw::Socket::new(
            Some(IpVersion::Ipv4),
            Some(protocol),
            buffer(),
            buffer(),
        ))
    }

    /// Receives the next packet of `socket`.
    fn receive(&mut self, socket: SocketHandle) -> Vec<u8> {
        let mut packet = Vec::new();
        self.run_until(|sockets| {
            let received = sockets.get_mut::<raw::Socket>(socket).recv();
            packet = received.map(<[u8]>::to_vec).unwrap_or_default();
            !packet.is_empty()
        });
        packet
    }
}

fn bytes() -> Vec<u8> {
    (0..TRANSFER_LEN as u32)
        .map(|index| (index.wrapping_mul(2_654_435_761) >> 24) as u8)
        .collect()
}

#[test]
fn a_client_of_the_host_is_served() {
    let web = published(Protocol::Tcp, 80);
    let mut guest = Guest::start(&[web]);
    let client = thread::spawn(move || {
        let mut stream = TcpStream::connect(web.host).expect("it listens");
        let mut writer = stream.try_clone().expect("a socket");
        let writing = thread::spawn(move || {
            writer.write_all(&bytes()).expect("an open connection");
            writer
                .shutdown(Shutdown::Write)
                .expect("an open connection");
        });
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).expect("an orderly end");
        writing.join().expect("all is written");
        answer
    });
    let socket = guest.listen(80);
    guest.echo(socket);
    assert!(client.join().expect("an answer") == bytes());
}

#[test]
fn a_port_that_the_guest_has_not_opened_resets() {
    let web = published(Protocol::Tcp, 80);
    let mut guest = Guest::start(&[web]);
    let client = thread::spawn(move || {
        let mut stream = TcpStream::connect(web.host).expect("the network listens");
        stream.read(&mut [0])
    });
    guest.run_until(|_| client.is_finished());
    let error = client.join().expect("no panic").expect_err("a reset");
    assert_eq!(error.kind(), io::ErrorKind::ConnectionReset);
}

#[test]
fn a_server_of_the_host_is_reached_at_the_gateway() {
    let server = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = server.local_addr().expect("a bound socket").port();
    let client = thread::spawn(move || {
        let (mut stream, _) = server.accept().expect("a connection");
        stream.write_all(&bytes()).expect("an open connection");
        stream
            .shutdown(Shutdown::Write)
            .expect("an open connection");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).expect("an orderly end");
        answer
    });
    let mut guest = Guest::start(&[]);
    let socket = guest.connect(SocketAddrV4::new(EXAMPLE.gateway, port));
    guest.echo(socket);
    assert!(client.join().expect("an answer") == bytes());
}

#[test]
fn a_closed_port_of_the_host_refuses() {
    let mut guest = Guest::start(&[]);
    let socket = guest.connect(SocketAddrV4::new(EXAMPLE.gateway, free().port()));
    guest.run_until(|sockets| sockets.get::<tcp::Socket>(socket).state() == tcp::State::Closed);
}

#[test]
fn a_reset_of_the_guest_resets_the_hosts_connection() {
    let server = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = server.local_addr().expect("a bound socket").port();
    let mut guest = Guest::start(&[]);
    let socket = guest.connect(SocketAddrV4::new(EXAMPLE.gateway, port));
    guest.run_until(|sockets| sockets.get::<tcp::Socket>(socket).may_send());
    let (mut stream, _) = server.accept().expect("a connection");
    guest.sockets.get_mut::<tcp::Socket>(socket).abort();
    let reading = thread::spawn(move || stream.read(&mut [0]));
    guest.run_until(|_| reading.is_finished());
    let error = reading.join().expect("no panic").expect_err("a reset");
    assert_eq!(error.kind(), io::ErrorKind::ConnectionReset);
}

/// Sends a datagram from the guest.
fn send(guest: &mut Guest, socket: SocketHandle, to: SocketAddrV4, payload: &[u8]) {
    let from = SocketAddrV4::new(EXAMPLE.guest, 5000);
    let socket = guest.sockets.get_mut::<raw::Socket>(socket);
    assert!(udp::send(socket, from, to, payload));
}

#[test]
fn datagrams_go_out_and_answers_come_back() {
    let server = UdpSocket::bind("127.0.0.1:0").expect("a free port");
    let port = server.local_addr().expect("a bound socket").port();
    let mut guest = Guest::start(&[]);
    let socket = guest.raw(IpProtocol::Udp);
    let to = SocketAddrV4::new(EXAMPLE.gateway, port);
    for request in [b"who?", b"me??"] {
        send(&mut guest, socket, to, request);
        let serving = thread::spawn({
            let server = server.try_clone().expect("a socket");
            move || {
                let mut request = [0; 16];
                let (length, peer) = server.recv_from(&mut request).expect("a request");
                server
                    .send_to(&request[..length], peer)
                    .expect("an open socket")
            }
        });
        guest.run_until(|_| serving.is_finished());
        let packet = guest.receive(socket);
        let (flow, payload) = udp::parse(&packet).expect("a datagram");
        assert_eq!(payload, request);
        // `flow` is read as if the guest had sent the packet: the ports are swapped.
        assert_eq!((flow.guest_port, flow.remote.port()), (port, 5000));
    }
}

#[test]
fn a_client_of_the_host_is_answered_by_datagrams() {
    let dns = published(Protocol::Udp, 53);
    let mut guest = Guest::start(&[dns]);
    let socket = guest.raw(IpProtocol::Udp);
    let client = UdpSocket::bind("127.0.0.1:0").expect("a free port");
    client.set_read_timeout(Some(DEADLINE)).expect("a limit");
    client.connect(dns.host).expect("an address");
    client.send(b"who?").expect("an open port");
    let packet = guest.receive(socket);
    let (flow, payload) = udp::parse(&packet).expect("a datagram");
    let port = client.local_addr().expect("a bound socket").port();
    assert_eq!(payload, b"who?");
    assert_eq!(flow.remote, SocketAddrV4::new(EXAMPLE.guest, 53));
    assert_eq!(flow.guest_port, port);
    let from = SocketAddrV4::new(EXAMPLE.guest, 53);
    let to = SocketAddrV4::new(EXAMPLE.gateway, port);
    let raw = guest.sockets.get_mut::<raw::Socket>(socket);
    assert!(udp::send(raw, from, to, b"me"));
    let reading = thread::spawn(move || {
        let mut answer = [0; 16];
        let length = client.recv(&mut answer).expect("an answer");
        answer[..length].to_vec()
    });
    guest.run_until(|_| reading.is_finished());
    assert_eq!(reading.join().expect("no panic"), b"me");
}

#[test]
fn clients_with_equal_ports_have_different_ports_for_the_guest() {
    let dns = published(Protocol::Udp, 53);
    let dns = PublishedPort {
        host: SocketAddrV4::new([0, 0, 0, 0].into(), dns.host.port()),
        ..dns
    };
    let to = SocketAddrV4::new([127, 0, 0, 1].into(), dns.host.port());
    let mut guest = Guest::start(&[dns]);
    let socket = guest.raw(IpProtocol::Udp);
    let one = UdpSocket::bind("127.0.0.1:0").expect("a free port");
    let port = one.local_addr().expect("a bound socket").port();
    let other = UdpSocket::bind(("127.0.0.2", port)).expect("a free port");
    for client in [&one, &other] {
        client.set_read_timeout(Some(DEADLINE)).expect("a limit");
        client.send_to(b"who?", to).expect("an open port");
        let packet = guest.receive(socket);
        let (flow, _) = udp::parse(&packet).expect("a datagram");
        let from = SocketAddrV4::new(EXAMPLE.guest, 53);
        // `flow` is read as if the guest had sent the packet: its port is the client's.
        let client = SocketAddrV4::new(EXAMPLE.gateway, flow.guest_port);
        let answer = flow.guest_port.to_be_bytes();
        let raw = guest.sockets.get_mut::<raw::Socket>(socket);
        assert!(udp::send(raw, from, client, &answer));
    }
    let reading = thread::spawn(move || {
        [one, other].map(|client| {
            let mut answer = [0; 2];
            client.recv(&mut answer).expect("an answer");
            u16::from_be_bytes(answer)
        })
    });
    guest.run_until(|_| reading.is_finished());
    assert_eq!(reading.join().expect("no panic"), [port, port + 1]);
}

#[test]
fn a_datagram_that_does_not_fit_a_frame_is_dropped_and_counted() {
    let dns = published(Protocol::Udp, 53);
    let mut guest = Guest::start(&[dns]);
    let socket = guest.raw(IpProtocol::Udp);
    let client = UdpSocket::bind("127.0.0.1:0").expect("a free port");
    for length in [1473, 1472] {
        client
            .send_to(&vec![7; length], dns.host)
            .expect("an open port");
    }
    let packet = guest.receive(socket);
    let (_, payload) = udp::parse(&packet).expect("a datagram");
    assert_eq!(payload, [7; 1472]);
    assert_eq!(guest.close(), 1);
}

#[test]
fn the_gateway_answers_ping() {
    let mut guest = Guest::start(&[]);
    let socket = guest.raw(IpProtocol::Icmp);
    let checks = ChecksumCapabilities::default();
    let request = Icmpv4Repr::EchoRequest {
        ident: 7,
        seq_no: 1,
        data: b"ping",
    };
    let header = Ipv4Repr {
        src_addr: EXAMPLE.guest,
        dst_addr: EXAMPLE.gateway,
        next_header: IpProtocol::Icmp,
        payload_len: request.buffer_len(),
        hop_limit: 64,
    };
    let raw = guest.sockets.get_mut::<raw::Socket>(socket);
    let length = header.buffer_len() + header.payload_len;
    let mut packet = Ipv4Packet::new_unchecked(raw.send(length).expect("there is room"));
    header.emit(&mut packet, &checks);
    request.emit(
        &mut Icmpv4Packet::new_unchecked(packet.payload_mut()),
        &checks,
    );
    let answer = guest.receive(socket);
    let answer = Ipv4Packet::new_checked(&answer[..]).expect("a packet");
    let answer = Icmpv4Packet::new_checked(answer.payload()).expect("a message");
    let answer = Icmpv4Repr::parse(&answer, &checks).expect("a message");
    let expected = Icmpv4Repr::EchoReply {
        ident: 7,
        seq_no: 1,
        data: b"ping",
    };
    assert_eq!(answer, expected);
}

#[test]
fn a_port_in_use_is_an_error() {
    for protocol in [Protocol::Tcp, Protocol::Udp, Protocol::Both] {
        let web = published(protocol, 80);
        let _owners = (TcpListener::bind(web.host), UdpSocket::bind(web.host));
        let network = SocketPair::new().expect("two sockets").network;
        let error = UserNetwork::new(network, &EXAMPLE, &[web]).expect_err("it is in use");
        let message = format!("{}, which leads to port 80: ", web.host);
        assert!(error.to_string().starts_with(&message), "{error}");
        assert!(web.check_free().is_err());
    }
}
