//! A resolver and its name servers in one world, in virtual time.

use super::*;
use crate::{
    net::{Service, TcpListener, UdpSocket},
    spawn,
    test::{Host, World, run},
    time::{Duration, Instant},
};
use alloc::rc::Rc;
use core::{cell::Cell, net::Ipv4Addr};
use std::{vec, vec::Vec};

const TRUNCATED: u16 = 0x8380;
const NXDOMAIN: u16 = 0x8183;
const SERVFAIL: u16 = 0x8182;
const NOERROR: u16 = 0x8180;

/// The first label of the name that a query asks for.
fn asked(query: &[u8]) -> &[u8] {
    &query[13..][..usize::from(query[12])]
}

/// An answer with these flags, and an A record with a TTL of a minute for each address.
fn answer(query: &[u8], flags: u16, addresses: &[[u8; 4]]) -> Vec<u8> {
    let count = (addresses.len() as u16).to_be_bytes();
    let header = [&query[..2], &flags.to_be_bytes(), &[0, 1], &count, &[0; 4]];
    let records = addresses.iter().map(|address| {
        let head = [0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4];
        [&head[..], address].concat()
    });
    [
        &header.concat(),
        &query[12..],
        &records.flatten().collect::<Vec<_>>(),
    ]
    .concat()
}

/// What the server has for a name: `many` is too long for a datagram.
fn reply(query: &[u8], is_datagram: bool) -> Option<Vec<u8>> {
    Some(match asked(query) {
        b"web" => answer(query, NOERROR, &[[10, 0, 0, 7], [10, 0, 0, 8]]),
        b"empty" => answer(query, NOERROR, &[]),
        b"many" if is_datagram => answer(query, TRUNCATED, &[]),
        b"many" => answer(query, NOERROR, &[[10, 0, 0, 9]; 60]),
        b"failing" => answer(query, SERVFAIL, &[]),
        b"silent" => return None,
        _ => answer(query, NXDOMAIN, &[]),
    })
}

/// A name server, and how many datagrams it has received.
#[derive(Clone, Default)]
struct Server {
    queries: Rc<Cell<usize>>,
}

impl Server {
    fn start(host: &Host) -> Self {
        let server = Self::default();
        let Service { udp, tcp } = host.service(53);
        spawn(server.clone().datagrams(udp));
        spawn(streams(tcp));
        server
    }

    async fn datagrams(self, socket: UdpSocket) {
        let mut query = [0; 512];
        loop {
            let (length, peer) = socket.recv_from(&mut query).await.unwrap();
            self.queries.set(self.queries.get() + 1);
            if let Some(reply) = reply(&query[..length], true) {
                socket.send_to(&reply, peer).await.unwrap();
            }
        }
    }
}

async fn streams(listener: TcpListener) {
    loop {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut length = [0; 2];
        stream.read_exact(&mut length).await.unwrap();
        let mut query = vec![0; u16::from_be_bytes(length).into()];
        stream.read_exact(&mut query).await.unwrap();
        let reply = reply(&query, false).unwrap();
        let length = (reply.len() as u16).to_be_bytes();
        stream.write_all(&length).await.unwrap();
        stream.write_all(&reply).await.unwrap();
    }
}

/// A resolver that knows a server at 10.0.0.1.
fn resolver(world: &World) -> (Resolver, Server) {
    let host = world.host("10.0.0.2");
    host.set_name_servers("10.0.0.1");
    let server = Server::start(&world.host("10.0.0.1"));
    (Resolver::new([host.network()]), server)
}

fn sockets(port: u16, last: &[u8]) -> Vec<SocketAddr> {
    let address = |last: &u8| SocketAddr::from(([10, 0, 0, *last], port));
    last.iter().map(address).collect()
}

fn since(start: Instant) -> u64 {
    (Clock.now() - start).as_secs()
}

#[test]
fn addresses_are_looked_up_and_remembered() {
    run(async |world| {
        let (resolver, server) = resolver(&world);
        let expected = Ok(sockets(80, &[7, 8]));
        assert_eq!(resolver.lookup_host("web.example", 80).await, expected);
        assert_eq!(resolver.lookup_host("WEB.example.", 80).await, expected);
        assert_eq!(server.queries.get(), 1);
        Clock.sleep(Duration::from_secs(60)).await;
        assert_eq!(resolver.lookup_host("web.example", 80).await, expected);
        assert_eq!(server.queries.get(), 2);
        let network = &resolver.networks[0];
        assert_eq!(network.lookup_host("web.example", 80).await, expected);
        assert_eq!(server.queries.get(), 3, "a network remembers nothing");
    });
}

#[test]
fn crates_look_up_names_by_the_traits() {
    use embedded_nal_async::{AddrType, Dns};
    run(async |world| {
        let (resolver, _server) = resolver(&world);
        let network = &resolver.networks[0];
        let lookup = async |host, kind| network.get_host_by_name(host, kind).await;
        let first = Ok(IpAddr::from([10, 0, 0, 7]));
        assert_eq!(lookup("web.example", AddrType::Either).await, first);
        assert_eq!(lookup("web.example", AddrType::IPv4).await, first);
        let none = lookup("web.example", AddrType::IPv6).await;
        assert_eq!(none, Err(LookupError::NoAddress));
        let unknown = lookup("nowhere.example", AddrType::Either).await;
        assert_eq!(unknown, Err(LookupError::NoSuchName));
    });
}

#[test]
fn what_is_known_is_not_asked_for() {
    run(async |world| {
        let (mut resolver, server) = resolver(&world);
        resolver.set_hosts("10.0.0.5 web.example");
        let lookup = async |host| resolver.lookup_host(host, 7).await;
        assert_eq!(lookup("web.example").await, Ok(sockets(7, &[5])));
        assert_eq!(lookup("10.0.0.6").await, Ok(sockets(7, &[6])));
        let six = "[fd00::1]:7".parse().unwrap();
        assert_eq!(lookup("fd00::1").await, Ok(vec![six]));
        let localhost = (Ipv4Addr::LOCALHOST, 7).into();
        assert_eq!(lookup("localhost").await, Ok(vec![localhost]));
        assert_eq!(lookup("web example").await, Err(LookupError::InvalidName));
        assert_eq!(server.queries.get(), 0);
    });
}

#[test]
fn a_long_answer_comes_over_tcp() {
    run(async |world| {
        let (resolver, server) = resolver(&world);
        let addresses = resolver.lookup_host("many.example", 80).await;
        assert_eq!(addresses, Ok(sockets(80, &[9; 32])));
        assert_eq!(server.queries.get(), 1);
    });
}

#[test]
fn errors_say_what_is_missing() {
    run(async |world| {
        let (resolver, server) = resolver(&world);
        let lookup = async |host| resolver.lookup_host(host, 80).await.unwrap_err();
        assert_eq!(lookup("none.example").await, LookupError::NoSuchName);
        assert_eq!(lookup("empty.example").await, LookupError::NoAddress);
        assert_eq!(lookup("failing.example").await, LookupError::ServerFailure);
        assert_eq!(server.queries.get(), 3);
        let start = Clock.now();
        assert_eq!(lookup("silent.example").await, LookupError::TimedOut);
        assert_eq!((server.queries.get(), since(start)), (6, 9));
        let without = Resolver::new([world.host("10.0.0.3").network()]);
        let error = without.lookup_host("web.example", 80).await;
        assert_eq!(error, Err(LookupError::NoServer));
        let nothing = Resolver::new([]).lookup_host("web.example", 80).await;
        assert_eq!(nothing, Err(LookupError::NoServer));
    });
}

#[test]
fn a_lost_query_is_sent_again() {
    run(async |world| {
        let (resolver, server) = resolver(&world);
        // The hosts know each other.
        assert!(resolver.lookup_host("first.example", 80).await.is_err());
        let start = Clock.now();
        world.link().set_loss(1.0);
        let link = world.link().clone();
        spawn(async move {
            Clock.sleep(Duration::from_millis(500)).await;
            link.set_loss(0.0);
        });
        assert!(resolver.lookup_host("web.example", 80).await.is_ok());
        assert_eq!((server.queries.get(), since(start)), (2, 1));
    });
}

#[test]
fn answers_arrive_in_spite_of_loss() {
    run(async |world| {
        let (resolver, _server) = resolver(&world);
        world.link().set_loss(0.2);
        let mut found = 0;
        for number in 0..50 {
            let name = if number % 2 == 0 { "web" } else { "many" };
            // Each name is another one for the cache.
            let name = alloc::format!("{name}.n{number}.example");
            found += usize::from(resolver.lookup_host(&name, 80).await.is_ok());
        }
        assert!(found >= 40, "{found} of 50");
    });
}

/// A port without a server refuses, and the next server is asked at once.
#[test]
fn servers_of_all_networks_are_asked_in_order() {
    run(async |world| {
        let wan = world.host("10.0.0.2");
        let lan_link = world.new_link();
        let lan = lan_link.host("10.1.0.2");
        let _no_server = world.host("10.0.0.1");
        let server = Server::start(&lan_link.host("10.1.0.1"));
        wan.set_name_servers("10.0.0.1");
        lan.set_name_servers("10.1.0.1");
        let start = Clock.now();
        let resolver = Resolver::new([wan.network(), lan.network()]);
        assert!(resolver.lookup_host("web.example", 80).await.is_ok());
        assert_eq!((server.queries.get(), since(start)), (1, 0));
        let refused = Resolver::new([wan.network()]);
        let refused = refused.lookup_host("web.example", 80).await;
        assert_eq!(
            refused,
            Err(LookupError::Unreachable(Error::ConnectionRefused))
        );
    });
}

/// Answers of another host, to another query and to another question come first.
#[test]
fn only_the_answer_of_the_server_is_used() {
    run(async |world| {
        let host = world.host("10.0.0.2");
        host.set_name_servers("10.0.0.1");
        let server = world.host("10.0.0.1").bind_udp(53);
        let forger = world.host("10.0.0.66").bind_udp(53);
        spawn(async move {
            let mut query = [0; 512];
            let (length, peer) = server.recv_from(&mut query).await.unwrap();
            let query = &query[..length];
            let forged = answer(query, NOERROR, &[[10, 0, 0, 66]]);
            forger.send_to(&forged, peer).await.unwrap();
            Clock.sleep(Duration::from_millis(10)).await;
            for position in [0, 13] {
                let mut other = forged.clone();
                other[position] ^= 1;
                server.send_to(&other, peer).await.unwrap();
            }
            let real = answer(query, NOERROR, &[[10, 0, 0, 7]]);
            server.send_to(&real, peer).await.unwrap();
            // Dropping the sockets would drop what they have not sent yet.
            core::future::pending::<()>().await;
        });
        let addresses = host.network().lookup_host("web.example", 80).await;
        assert_eq!(addresses, Ok(sockets(80, &[7])));
    });
}
