//! Packets that are sent in fragments.

use super::{
    fragments::{cut, echo_request, receive},
    *,
};
use std::collections::BTreeSet;

/// The flag DF in the byte 20 of a frame.
const DO_NOT_FRAGMENT: u8 = 0x40;

/// The template of a socket.
fn template(mtu_discover: MtuDiscover) -> Template {
    let mut template = Template::default();
    template.set_mtu_discover(mtu_discover);
    template
}

fn payload(length: usize) -> Vec<u8> {
    (0..length)
        .map(|index| b'a' + (index / 7 % 26) as u8)
        .collect()
}

/// Passes frames to a host that has the destination's address. Returns what it receives.
fn deliver(frames: Vec<Vec<u8>>) -> Vec<String> {
    let mut host = Host::new();
    let received = frames.into_iter().filter_map(|mut frame| {
        frame[..6].copy_from_slice(&MAC);
        let ends = [frame[30..34].to_vec(), frame[26..30].to_vec()].concat();
        frame[26..34].copy_from_slice(&ends);
        receive(&mut host, &frame)
    });
    received.collect()
}

fn identification(frame: &[u8]) -> u16 {
    u16::from_be_bytes([frame[18], frame[19]])
}

#[test]
fn an_echo_request_of_65000_bytes_is_answered() {
    let (mut host, mut other) = (Host::new(), Host::new());
    let request = echo_request(65_000);
    for each in cut(&request, 1480) {
        receive(&mut host, &each);
    }
    let sent = host.sent();
    assert_eq!(sent.len(), 44);
    let is_fragment = |frame: &Vec<u8>| frame.len() <= 1514 && frame[20] & DO_NOT_FRAGMENT == 0;
    assert!(sent.iter().all(is_fragment));
    // The reply, turned to a host that reassembles it.
    let mut reply = None;
    for mut each in sent {
        each[..6].copy_from_slice(&MAC);
        let ends = [each[30..34].to_vec(), each[26..30].to_vec()].concat();
        each[26..34].copy_from_slice(&ends);
        assert_eq!(other.input(&each), None);
        reply = reply.or(other.ip.take_reassembled());
    }
    let reply = reply.unwrap();
    assert_eq!((reply[20], sum(&reply[20..])), (0, 0));
    assert_eq!(reply[24..], request[4..]);
}

#[test]
fn a_datagram_is_fragmented_where_the_socket_says_so() {
    let ends = (LOCAL, PEER);
    for length in [1472, 1473, 2952, 2953, 65_507] {
        let data = payload(length);
        let mut host = Host::new();
        let mut send = |mtu_discover, data: &[u8]| {
            let template = &mut template(mtu_discover);
            let sent = host.send_datagram(template, ends, Ecn::NotCapable, data);
            sent.map(|()| host.sent())
        };
        let packets = (length + 8).div_ceil(1480);
        match send(MtuDiscover::Do, &data) {
            Ok(sent) => assert_eq!((sent.len(), packets), (1, 1)),
            Err(error) => assert!(error == TransmitError::TooLong && packets > 1),
        }
        for mtu_discover in [MtuDiscover::Want, MtuDiscover::Dont] {
            let sent = send(mtu_discover, &data).unwrap();
            assert_eq!(sent.len(), packets);
            // One that need not be fragmented has the flag, unless routers may do so.
            let has_flag = packets == 1 && mtu_discover == MtuDiscover::Want;
            for frame in &sent {
                assert_eq!(frame[20] & DO_NOT_FRAGMENT != 0, has_flag);
                assert_eq!(identification(frame), identification(&sent[0]));
                assert_eq!(sum(&frame[14..34]), 0);
            }
            if packets > 1 {
                let text = String::from_utf8(data.clone()).unwrap();
                // The checksum does not depend on the order of the addresses.
                let received = deliver(sent);
                assert_eq!(received, [format!("udp {PEER} -> {LOCAL} {text}")]);
            }
        }
        assert_eq!(
            send(MtuDiscover::Want, &payload(65_508)),
            Err(TransmitError::TooLong)
        );
    }
}

#[test]
fn packets_that_may_be_fragmented_have_identifications_of_their_own() {
    let mut host = Host::new();
    let mut short = template(MtuDiscover::Dont);
    let mut long = template(MtuDiscover::Want);
    let mut identifications = BTreeSet::new();
    for _ in 0..1000 {
        for (template, length) in [(&mut short, 10), (&mut long, 2000)] {
            let data = payload(length);
            let ends = (LOCAL, PEER);
            host.send_datagram(template, ends, Ecn::NotCapable, &data)
                .unwrap();
            let sent = host.sent();
            assert!(identifications.insert(identification(&sent[0])));
        }
    }
}

#[test]
fn fragments_wait_for_room_in_order() {
    let mut host = Host::new();
    host.link = Recorder::with_room(3);
    let mut template = template(MtuDiscover::Want);
    let data = payload(10_000);
    let mut send = |host: &mut Host, data: &[u8]| {
        host.send_datagram(&mut template, (LOCAL, PEER), Ecn::NotCapable, data)
    };
    send(&mut host, &data).unwrap();
    // The next one waits in the queue of its port.
    assert_eq!(send(&mut host, &data), Err(TransmitError::NoRoom));
    let mut sent = host.sent();
    assert_eq!(sent.len(), 3);
    for _ in 0..2 {
        host.link = Recorder::with_room(2);
        Ipv4Egress::new(&mut host.ipv4, &mut host.ip, host.now, &mut host.link).flush_fragments();
        sent.extend(host.sent());
    }
    assert_eq!(deliver(sent).len(), 1);
    assert!(host.ip.drops().total() == 0);
}

#[test]
fn fragments_wait_for_the_address_of_the_next_hop() {
    let absent = Ipv4Addr::new(10, 0, 0, 77);
    for is_answered in [true, false] {
        let mut host = Host::new();
        let mut template = template(MtuDiscover::Want);
        let (ends, data) = ((LOCAL, absent), payload(10_000));
        host.send_datagram(&mut template, ends, Ecn::NotCapable, &data)
            .unwrap();
        let is_request = |frame: &Vec<u8>| frame[12..14] == [8, 6];
        assert!(host.sent().iter().all(is_request));
        let flush = |host: &mut Host| {
            Ipv4Egress::new(&mut host.ipv4, &mut host.ip, host.now, &mut host.link)
                .flush_fragments();
            host.sent()
        };
        assert_eq!(flush(&mut host).len(), 0);
        if is_answered {
            host.input(&arp(Operation::Reply, PEER_MAC, absent, LOCAL));
            let sent = flush(&mut host);
            assert_eq!(deliver(sent).len(), 1);
        } else {
            let errors = host.wait(Duration::from_secs(10));
            assert_eq!(errors, ["HostUnreachable Udp 10.0.0.2 -> 10.0.0.77:1000"]);
            assert!(flush(&mut host).iter().all(is_request));
            assert!(host.ip.drops().get(DropReason::NeighbourUnreachable) > 0);
        }
        host.input(&arp(Operation::Reply, PEER_MAC, absent, LOCAL));
        assert_eq!(flush(&mut host).len(), 0);
    }
}

#[test]
fn a_long_datagram_to_this_host_is_not_fragmented() {
    let mut host = Host::new();
    let mut template = template(MtuDiscover::Want);
    let data = payload(65_507);
    host.send_datagram(&mut template, (LOCAL, LOCAL), Ecn::NotCapable, &data)
        .unwrap();
    let packet = host.ip.take_looped().unwrap();
    assert_eq!(packet.len(), 65_535);
    let input = host
        .ipv4
        .input_looped(&mut host.ip, host.now, &packet, &mut host.link);
    assert!(matches!(input, Some(Input::Udp(..))));
}
