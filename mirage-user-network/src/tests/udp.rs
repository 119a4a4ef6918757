//! Datagrams, over both families.

use super::*;
use crate::udp;
use smoltcp::{iface::SocketHandle, socket::raw, wire::IpProtocol};
use std::thread;

/// Sends a datagram from the guest.
fn send(guest: &mut Guest, socket: SocketHandle, [from, to]: [SocketAddr; 2], payload: &[u8]) {
    let socket = guest.sockets.get_mut::<raw::Socket>(socket);
    assert!(udp::send(socket, from, to, payload));
}

#[test]
fn datagrams_go_out_and_answers_come_back() {
    for (loopback, address, gateway) in FAMILIES {
        let server = UdpSocket::bind((loopback, 0)).expect("a free port");
        let port = server.local_addr().expect("a bound socket").port();
        let mut guest = Guest::start(&[]);
        let socket = guest.raw(address, IpProtocol::Udp);
        let from = SocketAddr::new(address, 5000);
        let to = SocketAddr::new(gateway, port);
        for request in [b"who?", b"me??"] {
            send(&mut guest, socket, [from, to], request);
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
            // `flow` is read as if the guest had sent the packet: the endpoints are swapped.
            assert_eq!((flow.guest, flow.remote), (to, from));
        }
    }
}

/// One that may reach nothing else still answers the clients of its ports.
#[test]
fn a_guest_reaches_its_destinations_only() {
    let (loopback, address, gateway) = FAMILIES[0];
    let servers = [(); 2].map(|()| UdpSocket::bind((loopback, 0)).expect("a free port"));
    let [allowed, other] = servers.each_ref().map(|server| {
        let port = server.local_addr().expect("a bound socket").port();
        SocketAddr::new(gateway, port)
    });
    let destination = Destination {
        protocol: Protocol::Udp,
        endpoint: allowed,
    };
    let mut guest = Guest::restricted(vec![destination]);
    let socket = guest.raw(address, IpProtocol::Udp);
    let from = SocketAddr::new(address, 53);
    for to in [other, allowed] {
        send(&mut guest, socket, [from, to], b"who?");
    }
    // They are sent in this order.
    servers[1].set_nonblocking(true).expect("a socket");
    let receiving = thread::spawn(move || servers[0].recv(&mut [0; 16]).map(|_| servers));
    guest.run_until(|_| receiving.is_finished());
    let servers = receiving.join().expect("no panic").expect("a datagram");
    let received = servers[1].recv(&mut [0; 16]);
    assert_eq!(
        received.expect_err("nothing").kind(),
        io::ErrorKind::WouldBlock
    );
}

#[test]
fn a_client_of_the_host_is_answered_by_datagrams() {
    for (loopback, address, gateway) in FAMILIES {
        let dns = published(Protocol::Udp, loopback, 53);
        let mut guest = Guest::start(&[dns]);
        let socket = guest.raw(address, IpProtocol::Udp);
        let client = UdpSocket::bind((loopback, 0)).expect("a free port");
        client.set_read_timeout(Some(DEADLINE)).expect("a limit");
        client.connect(dns.host).expect("an address");
        client.send(b"who?").expect("an open port");
        let packet = guest.receive(socket);
        let (flow, payload) = udp::parse(&packet).expect("a datagram");
        let port = client.local_addr().expect("a bound socket").port();
        assert_eq!(payload, b"who?");
        assert_eq!(flow.remote, SocketAddr::new(address, 53));
        assert_eq!(flow.guest, SocketAddr::new(gateway, port));
        let from = SocketAddr::new(address, 53);
        let to = SocketAddr::new(gateway, port);
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
}

#[test]
fn clients_with_equal_ports_have_different_ports_for_the_guest() {
    let dns = published(Protocol::Udp, Ipv4Addr::LOCALHOST.into(), 53);
    let dns = PublishedPort {
        host: SocketAddr::new(Ipv4Addr::UNSPECIFIED.into(), dns.host.port()),
        ..dns
    };
    let to = SocketAddr::new(Ipv4Addr::LOCALHOST.into(), dns.host.port());
    let mut guest = Guest::start(&[dns]);
    let socket = guest.raw(EXAMPLE.guest.into(), IpProtocol::Udp);
    let one = UdpSocket::bind("127.0.0.1:0").expect("a free port");
    let port = one.local_addr().expect("a bound socket").port();
    let other = UdpSocket::bind(("127.0.0.2", port)).expect("a free port");
    for client in [&one, &other] {
        client.set_read_timeout(Some(DEADLINE)).expect("a limit");
        client.send_to(b"who?", to).expect("an open port");
        let packet = guest.receive(socket);
        let (flow, _) = udp::parse(&packet).expect("a datagram");
        let from = SocketAddr::new(EXAMPLE.guest.into(), 53);
        // `flow` is read as if the guest had sent the packet: its port is the client's.
        let client = flow.guest;
        let answer = flow.guest.port().to_be_bytes();
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
    for (loopback, address, _) in FAMILIES {
        let dns = published(Protocol::Udp, loopback, 53);
        let mut guest = Guest::start(&[dns]);
        let socket = guest.raw(address, IpProtocol::Udp);
        let client = UdpSocket::bind((loopback, 0)).expect("a free port");
        let longest = if loopback.is_ipv4() { 1472 } else { 1452 };
        for length in [longest + 1, longest] {
            client
                .send_to(&vec![7; length], dns.host)
                .expect("an open port");
        }
        let packet = guest.receive(socket);
        let (_, payload) = udp::parse(&packet).expect("a datagram");
        assert_eq!(payload, vec![7; longest]);
        assert_eq!(guest.close(), 1);
    }
}
