//! Sockets in groups, with two stacks.

use super::{
    client::{CLIENT, SERVER},
    connect::two_stacks,
};
use crate::net::{Error, UdpSocket};
use core::{
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};
use std::vec::Vec;

const GROUP: Ipv4Addr = Ipv4Addr::new(224, 0, 0, 251);
const ANY: Ipv4Addr = Ipv4Addr::UNSPECIFIED;

/// Takes the datagrams that were received; returns their lengths and senders.
fn received(socket: &UdpSocket) -> Vec<(usize, SocketAddr)> {
    core::iter::from_fn(|| socket.try_recv_from(&mut [0; 64]).ok()).collect()
}

#[test]
fn members_receive_what_is_sent_to_the_group_and_the_sender_does_if_it_is_one() {
    let (bench, other) = two_stacks();
    let server = bench.stack.bind_udp(5353).unwrap();
    let client = other.bind_udp(5353).unwrap();
    let to_group = SocketAddr::from((GROUP, 5353));
    let pass = || bench.world.pass(Duration::from_secs(1));
    client.try_send_to(b"nobody", to_group).unwrap();
    pass();
    assert_eq!(received(&server), []);
    server.join_multicast_v4(GROUP, ANY).unwrap();
    pass();
    client.try_send_to(b"hello", to_group).unwrap();
    pass();
    let from_client = (5, SocketAddr::from((CLIENT, 5353)));
    assert_eq!(received(&server), [from_client]);
    assert_eq!(received(&client), []);
    client.join_multicast_v4(GROUP, CLIENT).unwrap();
    client.try_send_to(b"again", to_group).unwrap();
    pass();
    assert_eq!(received(&server), [from_client]);
    assert_eq!(received(&client), [from_client]);
    client.set_multicast_loop_v4(false).unwrap();
    client.try_send_to(b"quiet", to_group).unwrap();
    pass();
    assert_eq!(received(&server), [from_client]);
    assert_eq!(received(&client), []);
    server.leave_multicast_v4(GROUP, SERVER).unwrap();
    client.try_send_to(b"late", to_group).unwrap();
    pass();
    assert_eq!(received(&server), []);
    assert_eq!(bench.world.next_deadline(), None);
}

#[test]
fn a_group_is_joined_once_by_each_socket_and_left_with_the_last_one() {
    let (bench, other) = two_stacks();
    let stack = &bench.stack;
    let [first, second, third] = [1, 2, 3].map(|port| stack.bind_udp(port).unwrap());
    let unavailable = Err(Error::AddrNotAvailable);
    assert_eq!(first.join_multicast_v4(GROUP, CLIENT), unavailable);
    assert_eq!(first.join_multicast_v4(CLIENT, ANY), unavailable);
    assert_eq!(first.leave_multicast_v4(GROUP, ANY), unavailable);
    for socket in [&first, &second, &third] {
        assert_eq!(socket.join_multicast_v4(GROUP, ANY), Ok(()));
        let again = socket.join_multicast_v4(GROUP, SERVER);
        assert_eq!(again, Err(Error::AddrInUse));
    }
    for index in 1..16 {
        let group = Ipv4Addr::new(239, 0, 0, index);
        assert_eq!(first.join_multicast_v4(group, ANY), Ok(()));
    }
    let group = Ipv4Addr::new(239, 0, 0, 16);
    let one_more = second.join_multicast_v4(group, ANY);
    assert_eq!(one_more, Err(Error::OutOfMemory));
    drop(first);
    assert_eq!(second.join_multicast_v4(group, ANY), Ok(()));
    drop(third);
    let client = other.open_udp().unwrap();
    let arrives = |expected: usize| {
        let watching = stack.bind_udp(4).unwrap();
        client.try_send_to(b"x", (GROUP, 4).into()).unwrap();
        bench.world.pass(Duration::from_secs(1));
        assert_eq!(received(&watching).len(), expected);
    };
    arrives(1);
    drop(second);
    arrives(0);
}

#[test]
fn options_of_groups_are_those_of_the_socket() {
    let (bench, _) = two_stacks();
    let socket = bench.stack.bind_udp(7).unwrap();
    assert_eq!(socket.multicast_ttl_v4(), Ok(1));
    assert_eq!(socket.multicast_loop_v4(), Ok(true));
    socket.set_multicast_ttl_v4(255).unwrap();
    socket.set_multicast_loop_v4(false).unwrap();
    assert_eq!(socket.multicast_ttl_v4(), Ok(255));
    assert_eq!(socket.multicast_loop_v4(), Ok(false));
    let too_much = socket.set_multicast_ttl_v4(256);
    assert_eq!(too_much, Err(Error::AddrNotAvailable));
}

#[test]
fn nothing_connects_to_a_group_that_the_host_is_in() {
    let (bench, _) = two_stacks();
    let socket = bench.stack.bind_udp(7).unwrap();
    socket.join_multicast_v4(GROUP, ANY).unwrap();
    let stack = bench.stack.clone();
    let connected = bench
        .world
        .run(async move { stack.connect((GROUP, 7).into()).await.map(|_| ()) });
    assert_eq!(connected, Err(Error::HostUnreachable));
}
