//! UDP sockets between hosts of a test.

use crate::{
    graph::net::UdpPort,
    net::{Datagram, Error, RecvMeta, UdpSocket},
    test::{World, run},
    time::{Duration, sleep, timeout},
};
use alloc::{vec, vec::Vec};
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

const SERVER: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 2));
const CLIENT: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1));
const BROADCAST: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 255));

/// The sockets of two hosts: port 7 of the server, and one of the client.
fn pair(world: &World) -> (UdpSocket, UdpSocket) {
    let (server, client) = (world.host("10.0.0.2"), world.host("10.0.0.1"));
    let socket = client.network().open_udp().unwrap();
    (server.bind_udp(7), socket)
}

/// Receives a batch, and returns its payloads.
async fn batch(socket: &UdpSocket, max: usize) -> (Vec<Vec<u8>>, Vec<RecvMeta>) {
    let (mut buffers, mut meta) = (vec![[0; 8]; max], vec![RecvMeta::default(); max]);
    let count = socket.recv_many(&mut buffers, &mut meta).await.unwrap();
    meta.truncate(count);
    let payloads = buffers.iter().zip(&meta);
    let payloads = payloads.map(|(buffer, meta)| buffer[..meta.len].to_vec());
    (payloads.collect(), meta)
}

#[test]
fn a_batch_is_sent_and_received_in_order() {
    run(async |world| {
        let (server, client) = pair(&world);
        let peer = (SERVER, 7).into();
        let texts: [&[u8]; 3] = [b"one", b"", b"longer than a buffer"];
        let datagrams = texts.map(|text| Datagram::new(text, peer));
        assert_eq!(client.send_many(&datagrams).await, Ok(3));
        server.readable().await.unwrap();
        sleep(Duration::from_millis(1)).await;
        let (payloads, meta) = batch(&server, 2).await;
        assert_eq!(payloads, [&b"one"[..], b""]);
        assert_eq!(meta[0].addr, (CLIENT, client.port()).into());
        assert_eq!(meta[0].dst_ip, Some(SERVER));
        let (payloads, _) = batch(&server, 2).await;
        assert_eq!(payloads, [b"longer t"]);
        let none = server.try_recv_many(&mut [[0; 8]], &mut [RecvMeta::default()]);
        assert_eq!(none, Err(Error::WouldBlock));
        assert_eq!(client.send_many(&[]).await, Ok(0));
        assert_eq!(server.recv_many(&mut [[0; 8]; 0], &mut []).await, Ok(0));
    });
}

#[test]
fn a_batch_ends_before_a_datagram_that_cannot_be_sent() {
    run(async |world| {
        let (_server, client) = pair(&world);
        let peer = SocketAddr::from((SERVER, 7));
        let good = Datagram::new(b"x", peer);
        let too_long = Datagram::new(&[0; 1473], peer);
        let mut foreign = good;
        foreign.src_ip = Some(SERVER);
        for (bad, error) in [
            (too_long, Error::MessageTooLong),
            (foreign, Error::AddrNotAvailable),
            (
                Datagram::new(b"x", (BROADCAST, 7).into()),
                Error::PermissionDenied,
            ),
            (
                Datagram::new(b"x", (SERVER, 0).into()),
                Error::HostUnreachable,
            ),
        ] {
            assert_eq!(client.send_many(&[good, bad, good]).await, Ok(1));
            assert_eq!(client.send_many(&[bad, good]).await, Err(error));
        }
        let full = vec![good; 100];
        assert_eq!(client.try_send_many(&full), Ok(12), "the rest of 16");
        assert_eq!(client.try_send_many(&full), Err(Error::WouldBlock));
        assert_eq!(client.send_many(&full).await, Ok(16), "when there is room");
    });
}

#[test]
fn broadcasts_are_sent_if_allowed_and_received_with_their_address() {
    run(async |world| {
        let (server, client) = pair(&world);
        let everybody = SocketAddr::from((BROADCAST, 7));
        assert_eq!(client.broadcast(), Ok(false));
        let forbidden = Err(Error::PermissionDenied);
        assert_eq!(client.try_send_to(b"who?", everybody), forbidden);
        assert_eq!(client.connect(everybody), forbidden.map(|_| ()));
        client.set_broadcast(true).unwrap();
        assert_eq!(client.broadcast(), Ok(true));
        client.send_to(b"who?", everybody).await.unwrap();
        let (_, meta) = batch(&server, 1).await;
        assert_eq!(meta[0].dst_ip, Some(BROADCAST));
    });
}

#[test]
fn a_connected_socket_knows_its_peer_only() {
    run(async |world| {
        let (server, client) = pair(&world);
        let stranger = world.host("10.0.0.3").network().open_udp().unwrap();
        let mut buffer = [0; 8];
        assert_eq!(client.peer_addr(), Err(Error::NotConnected));
        assert_eq!(client.try_send(b"x"), Err(Error::NotConnected));
        assert_eq!(client.try_recv(&mut buffer), Err(Error::NotConnected));
        assert_eq!(client.send(b"x").await, Err(Error::NotConnected));
        assert_eq!(client.recv(&mut buffer).await, Err(Error::NotConnected));

        let peer = (SERVER, 7).into();
        client.connect(peer).unwrap();
        assert_eq!(client.peer_addr(), Ok(peer));
        stranger
            .send_to(b"forged", (CLIENT, client.port()).into())
            .await
            .unwrap();
        client.send(b"who?").await.unwrap();
        let (length, from) = server.recv_from(&mut buffer).await.unwrap();
        server.send_to(&buffer[..length], from).await.unwrap();
        assert_eq!(client.recv(&mut buffer).await, Ok(4));
        assert_eq!(client.try_recv(&mut buffer), Err(Error::WouldBlock));
        assert_eq!(client.try_send(b"bye"), Ok(3));
    });
}

#[test]
fn an_error_of_the_peer_fails_one_operation_of_a_connected_socket() {
    run(async |world| {
        let (_server, client) = pair(&world);
        let mut buffer = [0; 8];
        let (closed, absent) = (
            SocketAddr::from((SERVER, 8)),
            SocketAddr::from(([10, 0, 0, 77], 7)),
        );
        client.send_to(b"x", closed).await.unwrap();
        let waiting = timeout(Duration::from_secs(1), client.recv_from(&mut buffer));
        assert!(waiting.await.is_err(), "it is not connected");
        let refused = (Error::ConnectionRefused, closed);
        assert_eq!(client.take_error(), Some(refused));
        assert_eq!(client.take_error(), None);

        client.connect(closed).unwrap();
        client.send(b"x").await.unwrap();
        let refused = Err(Error::ConnectionRefused);
        assert_eq!(client.recv(&mut buffer).await, refused);
        client.send(b"x").await.unwrap();
        client.readable().await.unwrap();
        assert_eq!(client.send(b"x").await, refused);
        client.send(b"x").await.unwrap();
        let (mut buffers, mut meta) = ([buffer], [RecvMeta::default()]);
        let received = client.recv_many(&mut buffers, &mut meta).await;
        assert_eq!(received, refused);

        client.connect(absent).unwrap();
        client.send(b"x").await.unwrap();
        let unreachable = Err(Error::HostUnreachable);
        assert_eq!(client.recv(&mut buffer).await, unreachable);
    });
}

/// As a unikernel of two interfaces is wired.
#[test]
fn a_port_of_two_interfaces_says_which_received_and_chooses_which_sends() {
    run(async |world| {
        let links = [world.new_link(), world.new_link()];
        let hosts = [links[0].host("10.0.0.2"), links[1].host("10.1.0.2")];
        let clients = [links[0].host("10.0.0.1"), links[1].host("10.1.0.1")];
        let networks = hosts.each_ref().map(|host| host.network());
        let port = world.start(UdpPort::at(7).wire(networks)).await.unwrap();
        let sockets = clients.each_ref().map(|client| client.bind_udp(7));
        let peers = [[10, 0, 0, 1], [10, 1, 0, 1]].map(|peer| SocketAddr::from((peer, 7)));
        let both = peers.map(|peer| Datagram::new(b"both", peer));
        assert_eq!(port.send_many(&both).await, Ok(2));
        for socket in &sockets {
            assert_eq!(socket.recv_from(&mut [0; 8]).await.unwrap().0, 4);
        }
        port.connect(peers[1]).unwrap();
        for (index, socket) in sockets.iter().enumerate() {
            let to = SocketAddr::from(([10, index as u8, 0, 2], 7));
            socket.send_to(b"hello", to).await.unwrap();
        }
        let (_, meta) = batch(&port, 2).await;
        assert_eq!(meta.len(), 1);
        assert_eq!(meta[0].addr, peers[1]);
        assert_eq!(port.send(b"hello").await, Ok(5));
        assert_eq!(sockets[1].recv_from(&mut [0; 8]).await.unwrap().0, 5);

        let nowhere = SocketAddr::from(([10, 2, 0, 1], 7));
        assert_eq!(port.connect(nowhere), Err(Error::HostUnreachable));
        assert_eq!(port.peer_addr(), Ok(peers[1]));
        let to = SocketAddr::from(([10, 1, 0, 2], 7));
        sockets[1].send_to(b"again", to).await.unwrap();
        assert_eq!(port.recv(&mut [0; 8]).await, Ok(5), "as before");
    });
}

#[test]
fn a_group_is_joined_on_every_interface_of_a_port_or_on_one() {
    run(async |world| {
        let links = [world.new_link(), world.new_link()];
        let hosts = [links[0].host("10.0.0.2"), links[1].host("10.1.0.2")];
        let clients = [links[0].host("10.0.0.1"), links[1].host("10.1.0.1")];
        let networks = hosts.each_ref().map(|host| host.network());
        let port = world.start(UdpPort::at(7).wire(networks)).await.unwrap();
        let sockets = clients.each_ref().map(|client| client.bind_udp(7));
        let group = Ipv4Addr::new(239, 1, 2, 3);
        let (any, second) = (Ipv4Addr::UNSPECIFIED, Ipv4Addr::new(10, 1, 0, 2));
        let receives = async |expected: &[u8]| {
            for socket in &sockets {
                socket.send_to(b"all", (group, 7).into()).await.unwrap();
            }
            sleep(Duration::from_secs(1)).await;
            let mut from = Vec::new();
            while let Ok((_, peer)) = port.try_recv_from(&mut [0; 8]) {
                from.push(peer.ip());
            }
            from.sort();
            let expected = expected
                .iter()
                .map(|index| IpAddr::from([10, *index, 0, 1]));
            assert!(from.iter().copied().eq(expected), "{from:?}");
        };
        receives(&[]).await;
        assert_eq!(port.join_multicast_v4(group, any), Ok(()));
        receives(&[0, 1]).await;
        let again = port.join_multicast_v4(group, second);
        assert_eq!(again, Err(Error::AddrInUse));
        assert_eq!(port.leave_multicast_v4(group, second), Ok(()));
        receives(&[0]).await;
        // On all of them or on none.
        let again = port.join_multicast_v4(group, any);
        assert_eq!(again, Err(Error::AddrInUse));
        receives(&[0]).await;
        assert_eq!(port.leave_multicast_v4(group, any), Ok(()));
        receives(&[]).await;
        let left = port.leave_multicast_v4(group, any);
        assert_eq!(left, Err(Error::AddrNotAvailable));
        let elsewhere = Ipv4Addr::new(10, 2, 0, 2);
        let joined = port.join_multicast_v4(group, elsewhere);
        assert_eq!(joined, Err(Error::AddrNotAvailable));
        assert_eq!(port.join_multicast_v4(group, second), Ok(()));
        receives(&[1]).await;
        let group = Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 0, 0xfb);
        let joined = port.join_multicast_v6(&group, 0);
        assert_eq!(joined, Err(Error::Unsupported), "there is no IPv6");
        let joined = port.join_multicast_v6(&group, 3);
        assert_eq!(joined, Err(Error::AddrNotAvailable));
    });
}
