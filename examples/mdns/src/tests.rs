//! The responder on a network in memory.

extern crate alloc;

use super::{
    GROUP,
    message::{Addresses, MAX_LEN, Query},
    respond,
};
use alloc::{rc::Rc, vec::Vec};
use core::net::{Ipv4Addr, SocketAddr};
use mirage_rt::{
    net::{Error, UdpSocket},
    test::{World, run},
    time::{Clock, Duration, sleep, timeout},
};

const NAME: &[u8] = b"\x06mirage\x05local\x00";
const A: u8 = 1;
const AAAA: u8 = 28;
/// The upper bit of a class.
const UNICAST: u8 = 0x80;

/// Starts the responder at 10.0.0.2; returns a socket of 10.0.0.1 in the group, at this port.
async fn client(world: &World, port: u16) -> UdpSocket {
    let (server, client) = (world.host("10.0.0.2/24"), world.host("10.0.0.1/24"));
    let (net, socket) = (server.network(), server.bind_udp(5353));
    let socket_of_client = client.bind_udp(port);
    socket_of_client
        .join_multicast_v4(GROUP, Ipv4Addr::UNSPECIFIED)
        .expect("a free group");
    socket_of_client
        .set_multicast_loop_v4(false)
        .expect("an option");
    let net = Rc::new(net);
    mirage_rt::spawn(async move {
        let _ = respond(&net, &socket, Clock).await;
    });
    // The probes and the announcement are over.
    sleep(Duration::from_secs(2)).await;
    while socket_of_client.try_recv_from(&mut [0; 512]).is_ok() {}
    socket_of_client
}

/// A query with one question.
fn query(name: &[u8], kind: u8, flags: u8) -> Vec<u8> {
    let mut query = alloc::vec![0x12, 0x34, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0];
    query.extend(name);
    query.extend([0, kind, flags, 1]);
    query
}

/// Sends a message to the group; returns what is received within a second, if anything is.
async fn ask(socket: &UdpSocket, message: &[u8]) -> Option<Vec<u8>> {
    let group = SocketAddr::from((GROUP, 5353));
    socket.send_to(message, group).await.expect("a route");
    let mut buffer = [0; 512];
    let received = timeout(Duration::from_secs(2), socket.recv_from(&mut buffer)).await;
    let (length, peer) = received.ok()?.expect("a link");
    assert_eq!(peer, ([10, 0, 0, 2], 5353).into());
    Some(buffer[..length].to_vec())
}

/// A response of multicast DNS with a record for the name.
fn response(record: &[u8]) -> Vec<u8> {
    let header = [0, 0, 0x84, 0, 0, 0, 0, 1, 0, 0, 0, 0];
    [&header, NAME, record].concat()
}

/// The address, for 120 seconds, in place of others.
const ADDRESS: &[u8] = &[0, A, 0x80, 1, 0, 0, 0, 120, 0, 4, 10, 0, 0, 2];

/// A question for every record of the name, with the one that it shall have.
fn probe() -> Vec<u8> {
    let header = [0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0];
    let record = [0, A, 0, 1, 0, 0, 0, 120, 0, 4, 10, 0, 0, 2];
    [&header, NAME, &[0, 255, 0x80, 1], NAME, &record].concat()
}

#[test]
fn the_address_is_announced_once_nobody_has_the_name() {
    run(async |world| {
        let (server, client) = (world.host("10.0.0.2/24"), world.host("10.0.0.1/24"));
        let (net, socket) = (server.network(), server.bind_udp(5353));
        let listening = client.bind_udp(5353);
        let joined = listening.join_multicast_v4(GROUP, Ipv4Addr::UNSPECIFIED);
        joined.expect("a free group");
        mirage_rt::spawn(async move {
            let _ = respond(&net, &socket, Clock).await;
        });
        for expected in [probe(), probe(), probe(), response(ADDRESS)] {
            let mut buffer = [0; 512];
            let (length, _) = listening.recv_from(&mut buffer).await.expect("a link");
            assert_eq!(buffer[..length], expected);
        }
    });
}

#[test]
fn a_name_that_another_host_has_is_not_used() {
    // That of the other host, of this unikernel itself, and of another name.
    let other = [0, A, 0x80, 1, 0, 0, 0, 120, 0, 4, 10, 0, 0, 1];
    let of_other_name = [&b"\x05other\x05local\x00"[..], &other].concat();
    let header = [0, 0, 0x84, 0, 0, 0, 0, 1, 0, 0, 0, 0];
    let mut question = response(&other);
    question[2] = 0;
    for (message, is_taken) in [
        (response(&other), true),
        (response(ADDRESS), false),
        ([&header, &of_other_name[..]].concat(), false),
        (question, false),
    ] {
        run(async move |world| {
            let (server, client) = (world.host("10.0.0.2/24"), world.host("10.0.0.1/24"));
            let (net, socket) = (server.network(), server.bind_udp(5353));
            let asked = client.bind_udp(5353);
            let joined = asked.join_multicast_v4(GROUP, Ipv4Addr::UNSPECIFIED);
            joined.expect("a free group");
            mirage_rt::spawn(async move {
                asked.recv_from(&mut [0; 512]).await.expect("a link");
                let group = SocketAddr::from((GROUP, 5353));
                asked.send_to(&message, group).await.expect("a route");
                core::future::pending::<()>().await;
            });
            let ended = timeout(Duration::from_secs(5), respond(&net, &socket, Clock)).await;
            assert_eq!(ended.ok(), is_taken.then_some(Err(Error::AddrInUse)));
        });
    }
}

#[test]
fn addresses_of_both_families_are_answered() {
    let addresses = Addresses {
        v4: Some(Ipv4Addr::new(10, 0, 0, 2)),
        v6: Some("fd00::2".parse().expect("an address")),
    };
    let v6 = [0, AAAA, 0x80, 1, 0, 0, 0, 120, 0, 16, 0xfd, 0];
    let v6 = [&v6[..], &[0; 13], &[2]].concat();
    let both = [ADDRESS, NAME, &v6].concat();
    for (kind, count, records) in [(A, 1, ADDRESS), (AAAA, 1, &v6), (255, 2, &both)] {
        let question = query(NAME, kind, 0);
        let query = Query::parse(&question, &addresses).expect("a question for the name");
        let mut answer = [0; MAX_LEN];
        let length = query.answer(5353, &addresses, &mut answer);
        let mut expected = response(records);
        expected[7] = count;
        assert_eq!(answer[..length], expected);
    }
    // The host knows the answer already, and there is none of one family.
    let mut known = query(NAME, AAAA, 0);
    known[7] = 1;
    known.extend([b"\xc0\x0c", &v6[..]].concat());
    assert_eq!(Query::parse(&known, &addresses), None);
    let addresses = Addresses {
        v4: None,
        ..addresses
    };
    let question = query(NAME, A, 0);
    let query = Query::parse(&question, &addresses).expect("a question for the name");
    let mut answer = [0; MAX_LEN];
    let length = query.answer(5353, &addresses, &mut answer);
    let types = [0, 4, 0, 0, 0, 8];
    let none = [&[0, 47, 0x80, 1, 0, 0, 0, 120, 0, 20], NAME, &types].concat();
    assert_eq!(answer[..length], response(&none));
}

#[test]
fn a_host_that_asks_the_group_is_answered_there_once_in_a_second() {
    run(async |world| {
        let client = client(&world, 5353).await;
        let question = query(b"\x06MIRAGE\x05Local\x00", A, 0);
        assert_eq!(ask(&client, &question).await, Some(response(ADDRESS)));
        assert_eq!(ask(&client, &question).await, None, "at once");
        assert_eq!(ask(&client, &question).await, Some(response(ADDRESS)));
        let unicast = query(NAME, A, UNICAST);
        assert_eq!(ask(&client, &unicast).await, Some(response(ADDRESS)));
        sleep(Duration::from_secs(1)).await;
        // There is no address of IPv6, which is said.
        let none = [&[0, 47, 0x80, 1, 0, 0, 0, 120, 0, 17], NAME, &[0, 1, 0x40]].concat();
        let answer = ask(&client, &query(NAME, AAAA, 0)).await;
        assert_eq!(answer, Some(response(&none)));
    });
}

#[test]
fn who_asks_by_ordinary_dns_gets_an_ordinary_answer() {
    run(async |world| {
        let client = client(&world, 1234).await;
        let question = query(NAME, A, 0);
        let mut expected = question.clone();
        expected[2..8].copy_from_slice(&[0x84, 0, 0, 1, 0, 1]);
        expected.extend(NAME);
        expected.extend([0, A, 0, 1, 0, 0, 0, 10, 0, 4, 10, 0, 0, 2]);
        assert_eq!(ask(&client, &question).await, Some(expected));
    });
}

#[test]
fn a_name_that_is_compressed_is_read_and_one_that_points_at_itself_is_not() {
    run(async |world| {
        let client = client(&world, 5353).await;
        // Two questions, of which the second one points into the first one.
        let mut message = query(b"\x05other\x05local\x00", A, 0);
        message[5] = 2;
        message.extend(b"\x06mirage\xc0\x12\x00\x01\x00\x01");
        assert_eq!(ask(&client, &message).await, Some(response(ADDRESS)));
        assert_eq!(ask(&client, &query(b"\xc0\x0c", A, 0)).await, None);
    });
}

#[test]
fn what_is_not_a_question_for_the_name_is_not_answered() {
    run(async |world| {
        let client = client(&world, 5353).await;
        for name in [
            &b"\x06mirage\x00"[..],
            b"\x05local\x00",
            b"\x06mirage\x05local\x03org\x00",
        ] {
            assert_eq!(ask(&client, &query(name, A, 0)).await, None);
        }
        // Text records, another class, a response, and what ends too early.
        assert_eq!(ask(&client, &query(NAME, 16, 0)).await, None);
        assert_eq!(ask(&client, &query(NAME, A, 2)).await, None);
        let question = query(NAME, A, 0);
        for (at, value) in [(2, 0x80), (2, 0x28)] {
            let mut other = question.clone();
            other[at] = value;
            assert_eq!(ask(&client, &other).await, None);
        }
        for length in 0..question.len() {
            assert_eq!(ask(&client, &question[..length]).await, None);
        }
        // The host knows the answer already, for at least half of its time.
        let known = |ttl: u8| {
            let mut known = question.clone();
            known[7] = 1;
            known.extend(b"\xc0\x0c");
            known.extend([0, A, 0x80, 1, 0, 0, 0, ttl, 0, 4, 10, 0, 0, 2]);
            known
        };
        assert_eq!(ask(&client, &known(60)).await, None);
        assert_eq!(ask(&client, &known(59)).await, Some(response(ADDRESS)));
    });
}
