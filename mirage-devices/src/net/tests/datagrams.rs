//! UDP.

use super::{
    client::{CLIENT, SERVER},
    connect::two_stacks,
    hand::{ByHand, arp_frame, ip_frame},
};
use crate::net::{Error, MtuDiscover, UdpLimits, UdpSocket};
use core::{
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};
use smoltcp::{
    phy::ChecksumCapabilities,
    wire::{
        ArpOperation, EthernetFrame, EthernetProtocol, Icmpv4DstUnreachable, Icmpv4Packet,
        Icmpv4Repr, IpProtocol, Ipv4Packet, Ipv4Repr, UdpPacket, UdpRepr,
    },
};
use std::{rc::Rc, vec, vec::Vec};

const ABSENT: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 77);

/// A datagram as the hand sees it: the peer's address and port, and the payload.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Datagram {
    peer: (Ipv4Addr, u16),
    port: u16,
    payload: Vec<u8>,
}

fn from(peer: Ipv4Addr, payload: &[u8]) -> Datagram {
    Datagram {
        peer: (peer, 5000),
        port: 7,
        payload: payload.to_vec(),
    }
}

impl Datagram {
    fn frame(&self) -> Vec<u8> {
        let udp = UdpRepr {
            src_port: self.peer.1,
            dst_port: self.port,
        };
        let length = udp.header_len() + self.payload.len();
        ip_frame(self.peer.0, IpProtocol::Udp, length, |bytes| {
            udp.emit(
                &mut UdpPacket::new_unchecked(bytes),
                &self.peer.0.into(),
                &SERVER.into(),
                self.payload.len(),
                |payload| payload.copy_from_slice(&self.payload),
                &ChecksumCapabilities::default(),
            );
        })
    }

    /// The datagram that a frame from the server carries, checksum verified.
    fn read(frame: &[u8]) -> Option<Self> {
        let ethernet = EthernetFrame::new_checked(frame).unwrap();
        if ethernet.ethertype() != EthernetProtocol::Ipv4 {
            return None;
        }
        let ip = Ipv4Packet::new_checked(ethernet.payload()).unwrap();
        if ip.next_header() != IpProtocol::Udp {
            return None;
        }
        let udp = UdpPacket::new_checked(ip.payload()).unwrap();
        assert!(udp.verify_checksum(&ip.src_addr().into(), &ip.dst_addr().into()));
        Some(Self {
            peer: (ip.dst_addr(), udp.dst_port()),
            port: udp.src_port(),
            payload: udp.payload().to_vec(),
        })
    }
}

impl ByHand {
    fn datagrams(&mut self) -> Vec<Datagram> {
        let frames = self.frames();
        frames
            .iter()
            .filter_map(|frame| Datagram::read(frame))
            .collect()
    }
}

async fn echo(udp: &UdpSocket) {
    let mut buffer = vec![0; 2000];
    loop {
        let (count, peer) = udp.recv_from(&mut buffer).await.unwrap();
        // There may be no way back.
        let _ = udp.send_to(&buffer[..count], peer).await;
    }
}

fn that_echoes() -> ByHand {
    let hand = ByHand::new();
    let udp = hand.bench.stack.bind_udp(7).unwrap();
    hand.bench.world.spawn(async move { echo(&udp).await });
    hand
}

#[test]
fn what_is_sent_comes_back() {
    let mut hand = that_echoes();
    for length in [0, 1, 500, 1472] {
        let datagram = from(CLIENT, &vec![b'd'; length]);
        hand.push(&datagram.frame());
        assert_eq!(hand.datagrams(), [datagram]);
    }
}

#[test]
fn a_datagram_longer_than_the_buffer_is_cut_and_one_longer_than_the_link_is_an_error() {
    let mut hand = ByHand::new();
    let udp = Rc::new(hand.bench.stack.bind_udp(7).unwrap());
    hand.push(&from(CLIENT, b"0123456789").frame());
    hand.push(&from(CLIENT, b"next").frame());
    let receiving = udp.clone();
    hand.bench.world.run(async move {
        let mut buffer = [0; 4];
        let (count, peer) = receiving.recv_from(&mut buffer).await.unwrap();
        assert_eq!((count, &buffer), (4, b"0123"));
        assert_eq!(peer, SocketAddr::from((CLIENT, 5000)));
        let (count, _) = receiving.recv_from(&mut buffer).await.unwrap();
        assert_eq!((count, &buffer), (4, b"next"));
        let sent = receiving.send_to(&[0; 1473], peer).await;
        assert_eq!(sent, Err(Error::MessageTooLong));
        let nowhere = [
            SocketAddr::from((CLIENT, 0)),
            SocketAddr::from(([0, 0, 0, 0], 7)),
            SocketAddr::from(([192, 168, 7, 7], 7)),
            SocketAddr::from(([0; 16], 7)),
        ];
        for peer in nowhere {
            let sent = receiving.send_to(b"x", peer).await;
            assert_eq!(sent, Err(Error::HostUnreachable), "{peer}");
        }
    });
    assert_eq!(hand.datagrams(), []);
}

#[test]
fn a_long_datagram_is_fragmented_and_reassembled_where_the_socket_says_so() {
    let (bench, other) = two_stacks();
    let limits = UdpLimits {
        datagrams: 64,
        receive: 65_507,
        transmit: 65_507,
    };
    let server = bench.stack.bind_udp_within(7, limits).unwrap();
    let client = other.bind_udp_within(5000, limits).unwrap();
    bench.world.run(async move {
        let peer = SocketAddr::from((SERVER, 7));
        let data: Vec<_> = (0..65_508_u32).map(|index| (index / 3) as u8).collect();
        let is_too_long = |sent| assert_eq!(sent, Err(Error::MessageTooLong));
        is_too_long(client.send_to(&data[..1473], peer).await);
        client.set_mtu_discover(MtuDiscover::Want).unwrap();
        is_too_long(client.send_to(&data, peer).await);
        let mut buffer = vec![0; 65_536];
        for length in [65_507, 1472, 1473, 9000] {
            assert_eq!(client.send_to(&data[..length], peer).await, Ok(length));
            let (received, _) = server.recv_from(&mut buffer).await.unwrap();
            assert!(buffer[..received] == data[..length]);
        }
        // Each fills the queue, and the next one waits for it.
        for _ in 0..5 {
            assert_eq!(client.send_to(&data[..65_507], peer).await, Ok(65_507));
        }
        client.set_mtu_discover(MtuDiscover::Do).unwrap();
        is_too_long(client.send_to(&data[..1473], peer).await);
    });
}

#[test]
fn what_does_not_fit_in_the_queue_is_lost_and_nothing_else() {
    let mut hand = ByHand::new();
    let udp = Rc::new(hand.bench.stack.bind_udp(7).unwrap());
    for number in 0..100 {
        hand.push(&from(CLIENT, &[number]).frame());
    }
    hand.frames();
    let echoing = udp.clone();
    hand.bench.world.spawn(async move { echo(&echoing).await });
    let answers: Vec<_> = hand
        .datagrams()
        .iter()
        .map(|answer| answer.payload[0])
        .collect();
    assert_eq!(answers, (0..64).collect::<Vec<_>>());
    hand.push(&from(CLIENT, b"after").frame());
    assert_eq!(hand.datagrams(), [from(CLIENT, b"after")]);
}

#[test]
fn a_port_has_the_places_that_are_declared() {
    let mut hand = ByHand::new();
    let limits = UdpLimits {
        datagrams: 3,
        receive: 1000,
        transmit: 600,
    };
    let udp = hand.bench.stack.bind_udp_within(7, limits).unwrap();
    let udp = Rc::new(udp);
    let sending = udp.clone();
    hand.bench.world.run(async move {
        let peer = SocketAddr::from((CLIENT, 5000));
        assert_eq!(sending.send_to(&[0; 600], peer).await, Ok(600));
        let longer = sending.send_to(&[0; 601], peer).await;
        assert_eq!(longer, Err(Error::MessageTooLong));
    });
    assert_eq!(hand.datagrams().len(), 1);
    for number in 0..10 {
        hand.push(&from(CLIENT, &[number]).frame());
    }
    hand.frames();
    let echoing = udp.clone();
    hand.bench.world.spawn(async move { echo(&echoing).await });
    assert_eq!(hand.datagrams().len(), 3);
    hand.push(&from(CLIENT, &[0; 1001]).frame());
    hand.push(&from(CLIENT, &[0; 500]).frame());
    let lengths = hand.datagrams();
    let lengths = lengths.iter().map(|datagram| datagram.payload.len());
    assert_eq!(lengths.collect::<Vec<_>>(), [500]);
}

/// One peer that is gone does not silence the port for the others.
#[test]
fn a_datagram_that_cannot_be_delivered_holds_up_no_other() {
    let mut hand = that_echoes();
    hand.push(&from(ABSENT, b"forged").frame());
    hand.push(&from(Ipv4Addr::new(192, 168, 7, 7), b"from elsewhere").frame());
    assert_eq!(hand.datagrams(), []);
    hand.push(&from(CLIENT, b"true").frame());
    assert_eq!(hand.datagrams(), [from(CLIENT, b"true")]);
    hand.bench.world.pass(Duration::from_secs(10));
    assert_eq!(
        hand.bench.world.next_deadline(),
        None,
        "it is tried for ever"
    );
}

/// A peer that answers the question for its address gets what waited.
#[test]
fn a_datagram_waits_for_the_address_of_its_next_hop() {
    let mut hand = that_echoes();
    hand.push(&from(ABSENT, b"first").frame());
    hand.push(&from(ABSENT, b"second").frame());
    assert_eq!(hand.frames().len(), 1, "the question");
    hand.push(&arp_frame(ArpOperation::Reply, ABSENT));
    assert_eq!(
        hand.datagrams(),
        [from(ABSENT, b"first"), from(ABSENT, b"second")]
    );
}

#[test]
fn the_address_of_a_next_hop_is_asked_for_three_times() {
    let mut hand = that_echoes();
    hand.push(&from(ABSENT, b"where am I?").frame());
    hand.bench.world.pass(Duration::from_secs(30));
    let questions = hand.frames().len();
    assert!((3..=4).contains(&questions), "{questions}");
    // Then it is too late.
    hand.push(&arp_frame(ArpOperation::Reply, ABSENT));
    assert_eq!(hand.datagrams(), []);
}

#[test]
fn datagrams_of_the_unreachable_are_bounded() {
    let mut hand = that_echoes();
    for number in 0..200 {
        hand.push(&from(ABSENT, &[number]).frame());
        hand.bench.world.pass(Duration::from_millis(1));
    }
    hand.frames();
    hand.push(&arp_frame(ArpOperation::Reply, ABSENT));
    let late = hand.datagrams();
    assert_eq!(late.len(), 3);
    assert_eq!(late[2], from(ABSENT, &[199]));
}

#[test]
fn sending_waits_while_the_queue_is_full() {
    let mut hand = ByHand::new();
    let udp = hand.bench.stack.bind_udp(7).unwrap();
    hand.bench.cable.set_ring(1);
    hand.bench.cable.hold();
    let sent = Rc::new(core::cell::Cell::new(0));
    let counter = sent.clone();
    hand.bench.world.spawn(async move {
        for number in 0..200u8 {
            udp.send_to(&[number], SocketAddr::from((CLIENT, 5000)))
                .await
                .unwrap();
            counter.set(counter.get() + 1);
        }
        // Dropped, the port would forget what is queued.
        core::future::pending().await
    });
    assert_eq!(hand.frames().len(), 0);
    assert_eq!(sent.get(), 65, "one in the ring, 64 in the queue");
    hand.bench.cable.release();
    let numbers: Vec<_> = hand
        .datagrams()
        .iter()
        .map(|sent| sent.payload[0])
        .collect();
    assert_eq!(numbers, (0..200).collect::<Vec<_>>());
}

#[test]
fn a_port_is_bound_once_and_free_when_dropped() {
    let mut hand = ByHand::new();
    let udp = hand.bench.stack.bind_udp(7).unwrap();
    assert!(hand.bench.stack.bind_udp(7).is_err());
    assert!(hand.bench.stack.bind_udp(0).is_err());
    drop(udp);
    assert_eq!(hand.bench.stack.sockets(), 0);
    let udp = hand.bench.stack.bind_udp(7).unwrap();
    hand.bench.world.spawn(async move { echo(&udp).await });
    hand.push(&from(CLIENT, b"hello").frame());
    assert_eq!(hand.datagrams(), [from(CLIENT, b"hello")]);
}

#[test]
fn a_datagram_to_a_closed_port_is_answered_by_icmp() {
    let mut hand = ByHand::new();
    hand.push(&from(CLIENT, b"anybody?").frame());
    let frames = hand.frames();
    assert_eq!(frames.len(), 1);
    let ip = Ipv4Packet::new_checked(&frames[0][14..]).unwrap();
    assert_eq!(ip.next_header(), IpProtocol::Icmp);
    // Type and code: destination unreachable, port unreachable.
    assert_eq!(ip.payload()[..2], [3, 3]);
}

/// An ICMP error about a packet from port 7 of the server.
fn port_unreachable(protocol: IpProtocol) -> Vec<u8> {
    let icmp = Icmpv4Repr::DstUnreachable {
        reason: Icmpv4DstUnreachable::PortUnreachable,
        header: Ipv4Repr {
            src_addr: SERVER,
            dst_addr: CLIENT,
            next_header: protocol,
            payload_len: 8,
            hop_limit: 64,
        },
        data: &[0, 7, 0x13, 0x88, 0, 0, 0, 0],
    };
    ip_frame(CLIENT, IpProtocol::Icmp, icmp.buffer_len(), |bytes| {
        icmp.emit(
            &mut Icmpv4Packet::new_unchecked(bytes),
            &ChecksumCapabilities::default(),
        );
    })
}

#[test]
fn an_icmp_error_about_a_segment_is_not_for_the_udp_port_of_that_number() {
    let mut hand = ByHand::new();
    let udp = hand.bench.stack.bind_udp(7).unwrap();
    hand.push(&port_unreachable(IpProtocol::Tcp));
    hand.frames();
    assert_eq!(udp.take_error(), None);
    hand.push(&port_unreachable(IpProtocol::Udp));
    hand.frames();
    let peer = SocketAddr::from((CLIENT, 5000));
    assert_eq!(udp.take_error(), Some((Error::ConnectionRefused, peer)));
}
