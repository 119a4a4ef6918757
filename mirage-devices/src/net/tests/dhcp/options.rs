//! What a server tells about its network beside the address (RFC 2132).

use super::{
    connected, seconds,
    server::{Bench, LEASED, Owner, Reply, SERVER},
};
use crate::net::{
    Error,
    offload::{ReceiveInfo, TransmitInfo},
    tap::Tap,
};
use core::{cell::Cell, net::Ipv4Addr, time::Duration};
use embedded_io_async::{Read, Write};
use std::{rc::Rc, string::ToString, vec, vec::Vec};

const HOST_NAME: u8 = 12;
const DOMAIN_NAME: u8 = 15;
const INTERFACE_MTU: u8 = 26;
const NTP_SERVERS: u8 = 42;

fn leased(options: Vec<(u8, Vec<u8>)>) -> Bench {
    let bench = Bench::new(Owner::default());
    let reply = Reply {
        options,
        ..Reply::default()
    };
    bench.serve(move |message| reply.to(message));
    bench.world.pass(seconds(1));
    assert_eq!(bench.address(), Some(LEASED));
    bench
}

fn mtu(mtu: u16) -> (u8, Vec<u8>) {
    (INTERFACE_MTU, mtu.to_be_bytes().to_vec())
}

#[test]
fn they_are_asked_for_and_readable() {
    let bench = Bench::new(Owner::default());
    let ntp_servers = [[10, 0, 0, 4], [10, 0, 9, 4]].map(Ipv4Addr::from_octets);
    let reply = Reply {
        name_servers: vec![SERVER],
        options: vec![
            (HOST_NAME, b"web-1".to_vec()),
            // With a terminating zero, as some servers send it.
            (DOMAIN_NAME, b"example.org\0".to_vec()),
            mtu(1400),
            (NTP_SERVERS, ntp_servers.map(|each| each.octets()).concat()),
        ],
        ..Reply::default()
    };
    let server = bench.server.clone();
    let (discover, request) = bench.world.run(async move { server.lease(&reply).await });
    for message in [discover, request] {
        let expected = [1, 121, 3, 6, 12, 15, 26, 42, 58, 59];
        assert_eq!(message.parameters, expected);
    }
    bench.world.pass(Duration::from_millis(10));
    let lease = bench.lease.get().unwrap();
    assert_eq!(lease.ntp_servers, ntp_servers);
    assert_eq!(lease.domain.as_deref(), Some("example.org"));
    assert_eq!(lease.host_name.as_deref(), Some("web-1"));
    assert_eq!(lease.mtu, Some(1400));
    assert_eq!(
        lease.summary().to_string(),
        "10.0.0.50/24, leased by 10.0.0.1, MTU 1400, domain example.org, host name web-1, DNS 10.0.0.1, \
         NTP 10.0.0.4, NTP 10.0.9.4"
    );
}

#[test]
fn a_text_that_is_no_name_is_ignored() {
    for text in [
        &b""[..],
        b"\0",
        b"a b",
        b"example.org\ninfo: forged",
        b"$(reboot)",
        b"\xff\xfe",
    ] {
        let bench = leased(vec![
            (HOST_NAME, text.to_vec()),
            (DOMAIN_NAME, text.to_vec()),
        ]);
        let lease = bench.lease.get().unwrap();
        assert_eq!((lease.host_name, lease.domain), (None, None), "{text:?}");
    }
}

#[test]
fn an_mtu_that_the_link_can_have_is_used() {
    for (option, used) in [
        (mtu(1400), Some(1400)),
        (mtu(1500), Some(1500)),
        (mtu(576), Some(576)),
        // The client's own messages have to fit.
        (mtu(68), Some(576)),
        (mtu(67), None),
        (mtu(0), None),
        (mtu(1501), None),
        (mtu(9000), None),
        ((INTERFACE_MTU, vec![5]), None),
        ((INTERFACE_MTU, vec![0, 0, 5, 0]), None),
    ] {
        let bench = leased(vec![option.clone()]);
        let lease = bench.lease.get().unwrap();
        assert_eq!(lease.mtu, used, "{option:?}");
        assert_eq!(bench.stack.mtu(), used.unwrap_or(1500), "{option:?}");
    }
}

/// The length of the longest frame that was sent.
struct MaxFrameLen(Rc<Cell<usize>>);

impl Tap for MaxFrameLen {
    fn received(&mut self, _: &[u8], _: ReceiveInfo) {}

    fn transmitted(&mut self, frame: &[u8], _: TransmitInfo) {
        self.0.set(self.0.get().max(frame.len()));
    }
}

/// Datagrams and segments, those of sockets that were open before too.
#[test]
fn another_mtu_limits_what_is_sent() {
    let bench = Bench::leased();
    let (mut near, mut far) = connected(&bench, LEASED);
    let socket = bench.stack.open_udp().unwrap();
    let peer = (SERVER, 9).into();
    assert_eq!(socket.try_send_to(&[0; 1472], peer), Ok(1472));
    let reply = Reply {
        options: vec![mtu(600)],
        ..Reply::default()
    };
    bench.serve(move |message| reply.to(message));
    bench.world.pass(seconds(1801));
    assert_eq!(bench.stack.mtu(), 600);
    let too_long = socket.try_send_to(&[0; 573], peer);
    assert_eq!(too_long, Err(Error::MessageTooLong));
    assert_eq!(socket.try_send_to(&[0; 572], peer), Ok(572));
    let max_frame_len = Rc::<Cell<usize>>::default();
    bench.stack.set_tap(MaxFrameLen(max_frame_len.clone()));
    bench.world.run(async move {
        let data = vec![7; 20_000];
        near.write_all(&data).await.unwrap();
        let mut received = vec![0; data.len()];
        far.read_exact(&mut received).await.unwrap();
        assert_eq!(received, data);
    });
    assert_eq!(max_frame_len.get(), 614, "with the Ethernet header");
}

/// A renewal that names another MTU, or none: the first counts until then.
#[test]
fn the_mtu_follows_the_lease() {
    let bench = leased(vec![mtu(1400)]);
    bench.world.pass(seconds(4000));
    assert_eq!(bench.stack.mtu(), 1400);
    let bench = Bench::leased();
    let renewed = |options| Reply {
        options,
        ..Reply::default()
    };
    for (options, mtu) in [
        (vec![mtu(1400)], 1400),
        (Vec::new(), 1400),
        (vec![mtu(1450)], 1450),
    ] {
        let (server, reply) = (bench.server.clone(), renewed(options));
        bench.world.run(async move {
            let request = server.receive().await;
            server.reply(&request, &reply.acknowledged()).await;
        });
        bench.world.pass(seconds(1));
        assert_eq!((bench.address(), bench.stack.mtu()), (Some(LEASED), mtu));
    }
}

/// The interface has the link's own again, until the next lease.
#[test]
fn the_mtu_ends_with_the_lease() {
    let bench = Bench::new(Owner::default());
    let reply = Reply {
        options: vec![mtu(1400)],
        ..Reply::default()
    };
    // It answers no more after the lease.
    let answered = Cell::new(0);
    bench.serve(move |message| {
        answered.set(answered.get() + 1);
        reply.to(message).filter(|_| answered.get() <= 2)
    });
    bench.world.pass(seconds(3599));
    assert_eq!((bench.address(), bench.stack.mtu()), (Some(LEASED), 1400));
    bench.world.pass(seconds(2));
    assert_eq!((bench.address(), bench.stack.mtu()), (None, 1500));
}
