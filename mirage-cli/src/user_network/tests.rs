//! A host with smoltcp's own stack at the other end of the cable, and sockets of this host.

use super::{addresses::EXAMPLE, link::Link, poller::Poller, *};
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

/// After this long, what has not happened will not.
const DEADLINE: time::Duration = time::Duration::from_secs(20);
/// More than all buffers on the way.
const MUCH: usize = 1 << 20;

/// A port of this host that is free, for both protocols.
fn free() -> SocketAddrV4 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    match listener.local_addr().expect("a bound socket") {
        SocketAddr::V4(address) => address,
        SocketAddr::V6(address) => panic!("{address}"),
    }
}

fn published(protocol: &'static str, guest: u16) -> Published {
    Published {
        protocol,
        at: free(),
        guest,
    }
}

/// The unikernel's side.
struct Guest {
    poller: Poller,
    link: Link,
    interface: Interface,
    sockets: SocketSet<'static>,
    started: time::Instant,
    /// Ends with the number of dropped datagrams.
    network: thread::JoinHandle<u64>,
}

impl Guest {
    /// One in a user network that runs.
    fn start(published: &[Published]) -> Self {
        let Cable { network, guest } = Cable::new().expect("a cable");
        let network = UserNetwork::new(network, &EXAMPLE, published).expect("a network");
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
        let route = routes.add_default_ipv4_route(EXAMPLE.host);
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

    /// Ends; gives how many datagrams to it were dropped.
    fn end(self) -> u64 {
        let Self { link, network, .. } = self;
        drop(link);
        network.join().expect("no panic")
    }

    /// Lives until `done`.
    fn until(&mut self, mut done: impl FnMut(&mut SocketSet<'static>) -> bool) {
        let deadline = time::Instant::now() + DEADLINE;
        loop {
            while let Some(frame) = self.link.take().expect("an open link") {
                self.link.admit(frame);
            }
            let now = Instant::ZERO + self.started.elapsed().into();
            self.interface.poll(now, &mut self.link, &mut self.sockets);
            if done(&mut self.sockets) {
                self.interface.poll(now, &mut self.link, &mut self.sockets);
                return;
            }
            assert!(time::Instant::now() < deadline, "it does not happen");
            let limit = time::Duration::from_millis(1);
            for (token, ready) in self.poller.wait(Some(limit)).expect("a poller") {
                self.link.is_ready(token, ready);
            }
        }
    }

    fn tcp(&mut self) -> SocketHandle {
        let buffer = || tcp::SocketBuffer::new(vec![0; 16384]);
        self.sockets.add(tcp::Socket::new(buffer(), buffer()))
    }

    fn listens(&mut self, port: u16) -> SocketHandle {
        let handle = self.tcp();
        let socket = self.sockets.get_mut::<tcp::Socket>(handle);
        socket.listen(port).expect("a new socket");
        handle
    }

    fn connects(&mut self, to: SocketAddrV4) -> SocketHandle {
        let handle = self.tcp();
        let socket = self.sockets.get_mut::<tcp::Socket>(handle);
        let to = IpEndpoint::new(IpAddress::Ipv4(*to.ip()), to.port());
        let connected = socket.connect(self.interface.context(), to, 40000);
        connected.expect("a new socket");
        handle
    }

    /// Sends back what comes in until the other end is finished, and finishes.
    fn echoes(&mut self, handle: SocketHandle) {
        let mut held = Vec::new();
        self.until(|sockets| {
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

    /// A socket for a whole protocol.
    fn raw(&mut self, protocol: IpProtocol) -> SocketHandle {
        let buffer = || raw::PacketBuffer::new(vec![raw::PacketMetadata::EMPTY; 8], vec![0; 16384]);
        self.sockets.add(raw::Socket::new(
            Some(IpVersion::Ipv4),
            Some(protocol),
            buffer(),
            buffer(),
        ))
    }

    /// The next packet that `socket` has.
    fn packet(&mut self, socket: SocketHandle) -> Vec<u8> {
        let mut packet = Vec::new();
        self.until(|sockets| {
            let received = sockets.get_mut::<raw::Socket>(socket).recv();
            packet = received.map(<[u8]>::to_vec).unwrap_or_default();
            !packet.is_empty()
        });
        packet
    }
}

fn bytes() -> Vec<u8> {
    (0..MUCH as u32)
        .map(|index| (index.wrapping_mul(2_654_435_761) >> 24) as u8)
        .collect()
}

#[test]
fn a_client_of_the_host_is_served() {
    let web = published("tcp", 80);
    let mut guest = Guest::start(&[web]);
    let client = thread::spawn(move || {
        let mut stream = TcpStream::connect(web.at).expect("it listens");
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
    let socket = guest.listens(80);
    guest.echoes(socket);
    assert!(client.join().expect("an answer") == bytes());
}

#[test]
fn a_port_that_the_unikernel_has_not_opened_resets() {
    let web = published("tcp", 80);
    let mut guest = Guest::start(&[web]);
    let client = thread::spawn(move || {
        let mut stream = TcpStream::connect(web.at).expect("the network listens");
        stream.read(&mut [0])
    });
    guest.until(|_| client.is_finished());
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
    let socket = guest.connects(SocketAddrV4::new(EXAMPLE.host, port));
    guest.echoes(socket);
    assert!(client.join().expect("an answer") == bytes());
}

#[test]
fn a_closed_port_of_the_host_refuses() {
    let mut guest = Guest::start(&[]);
    let socket = guest.connects(SocketAddrV4::new(EXAMPLE.host, free().port()));
    guest.until(|sockets| sockets.get::<tcp::Socket>(socket).state() == tcp::State::Closed);
}

/// Whoever breaks a connection off, the other end is told.
#[test]
fn a_reset_is_passed_on() {
    let server = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = server.local_addr().expect("a bound socket").port();
    let mut guest = Guest::start(&[]);
    let socket = guest.connects(SocketAddrV4::new(EXAMPLE.host, port));
    guest.until(|sockets| sockets.get::<tcp::Socket>(socket).may_send());
    let (mut stream, _) = server.accept().expect("a connection");
    guest.sockets.get_mut::<tcp::Socket>(socket).abort();
    let reading = thread::spawn(move || stream.read(&mut [0]));
    guest.until(|_| reading.is_finished());
    let error = reading.join().expect("no panic").expect_err("a reset");
    assert_eq!(error.kind(), io::ErrorKind::ConnectionReset);
}

/// A datagram's packet, as the unikernel sends it.
fn send(guest: &mut Guest, socket: SocketHandle, to: SocketAddrV4, payload: &[u8]) {
    let from = SocketAddrV4::new(EXAMPLE.guest, 5000);
    let socket = guest.sockets.get_mut::<raw::Socket>(socket);
    assert!(datagrams::send(socket, from, to, payload));
}

#[test]
fn datagrams_go_out_and_answers_come_back() {
    let server = UdpSocket::bind("127.0.0.1:0").expect("a free port");
    let port = server.local_addr().expect("a bound socket").port();
    let mut guest = Guest::start(&[]);
    let socket = guest.raw(IpProtocol::Udp);
    let to = SocketAddrV4::new(EXAMPLE.host, port);
    for question in [b"who?", b"me??"] {
        send(&mut guest, socket, to, question);
        let serving = thread::spawn({
            let server = server.try_clone().expect("a socket");
            move || {
                let mut question = [0; 16];
                let (length, peer) = server.recv_from(&mut question).expect("a question");
                server
                    .send_to(&question[..length], peer)
                    .expect("an answer")
            }
        });
        guest.until(|_| serving.is_finished());
        let packet = guest.packet(socket);
        let (ends, payload) = datagrams::read(&packet).expect("a datagram");
        assert_eq!(payload, question);
        // To the unikernel, the other end is its own port.
        assert_eq!((ends.guest_port, ends.remote.port()), (port, 5000));
    }
}

#[test]
fn a_client_of_the_host_is_answered_by_datagrams() {
    let dns = published("udp", 53);
    let mut guest = Guest::start(&[dns]);
    let socket = guest.raw(IpProtocol::Udp);
    let client = UdpSocket::bind("127.0.0.1:0").expect("a free port");
    client.set_read_timeout(Some(DEADLINE)).expect("a limit");
    client.connect(dns.at).expect("an address");
    client.send(b"who?").expect("an open port");
    let packet = guest.packet(socket);
    let (ends, payload) = datagrams::read(&packet).expect("a datagram");
    let port = client.local_addr().expect("a bound socket").port();
    assert_eq!(payload, b"who?");
    assert_eq!(ends.remote, SocketAddrV4::new(EXAMPLE.guest, 53));
    assert_eq!(ends.guest_port, port);
    let from = SocketAddrV4::new(EXAMPLE.guest, 53);
    let to = SocketAddrV4::new(EXAMPLE.host, port);
    let raw = guest.sockets.get_mut::<raw::Socket>(socket);
    assert!(datagrams::send(raw, from, to, b"me"));
    let reading = thread::spawn(move || {
        let mut answer = [0; 16];
        let length = client.recv(&mut answer).expect("an answer");
        answer[..length].to_vec()
    });
    guest.until(|_| reading.is_finished());
    assert_eq!(reading.join().expect("no panic"), b"me");
}

/// Two clients have one port, at two addresses of the host: the unikernel sees two ports.
#[test]
fn clients_of_one_port_are_told_apart() {
    let dns = published("udp", 53);
    let dns = Published {
        at: SocketAddrV4::new([0, 0, 0, 0].into(), dns.at.port()),
        ..dns
    };
    let to = SocketAddrV4::new([127, 0, 0, 1].into(), dns.at.port());
    let mut guest = Guest::start(&[dns]);
    let socket = guest.raw(IpProtocol::Udp);
    let one = UdpSocket::bind("127.0.0.1:0").expect("a free port");
    let port = one.local_addr().expect("a bound socket").port();
    let other = UdpSocket::bind(("127.0.0.2", port)).expect("a free port");
    for client in [&one, &other] {
        client.set_read_timeout(Some(DEADLINE)).expect("a limit");
        client.send_to(b"who?", to).expect("an open port");
        let packet = guest.packet(socket);
        let (ends, _) = datagrams::read(&packet).expect("a datagram");
        let from = SocketAddrV4::new(EXAMPLE.guest, 53);
        // To the unikernel's port of `ends`, which is the client's.
        let answered = SocketAddrV4::new(EXAMPLE.host, ends.guest_port);
        let answer = ends.guest_port.to_be_bytes();
        let raw = guest.sockets.get_mut::<raw::Socket>(socket);
        assert!(datagrams::send(raw, from, answered, &answer));
    }
    let reading = thread::spawn(move || {
        [one, other].map(|client| {
            let mut answer = [0; 2];
            client.recv(&mut answer).expect("an answer");
            u16::from_be_bytes(answer)
        })
    });
    guest.until(|_| reading.is_finished());
    assert_eq!(reading.join().expect("no panic"), [port, port + 1]);
}

#[test]
fn a_datagram_that_is_no_frame_is_dropped_and_counted() {
    let dns = published("udp", 53);
    let mut guest = Guest::start(&[dns]);
    let socket = guest.raw(IpProtocol::Udp);
    let client = UdpSocket::bind("127.0.0.1:0").expect("a free port");
    for length in [1473, 1472] {
        client
            .send_to(&vec![7; length], dns.at)
            .expect("an open port");
    }
    let packet = guest.packet(socket);
    let (_, payload) = datagrams::read(&packet).expect("a datagram");
    assert_eq!(payload, [7; 1472]);
    assert_eq!(guest.end(), 1);
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
        dst_addr: EXAMPLE.host,
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
    let answer = guest.packet(socket);
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
fn a_port_of_the_host_that_is_taken_is_said() {
    let owner = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let SocketAddr::V4(at) = owner.local_addr().expect("a bound socket") else {
        panic!("an address of four bytes");
    };
    let web = Published {
        protocol: "tcp",
        at,
        guest: 80,
    };
    let network = Cable::new().expect("a cable").network;
    let Err(failure) = UserNetwork::new(network, &EXAMPLE, &[web]) else {
        panic!("it has been taken");
    };
    let said = failure.to_string();
    assert!(
        said.contains(&format!("{at}, which leads to port 80")),
        "{said}"
    );
    assert!(said.contains("`-p HOST:80` chooses another port"), "{said}");
}
