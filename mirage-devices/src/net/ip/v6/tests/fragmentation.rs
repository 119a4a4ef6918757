//! Packets that are sent in fragments.

use super::{
    fragments::{cut, echo_request, receive},
    *,
};
use crate::net::ip::{DatagramInfo, MtuDiscover, Template};
use std::collections::BTreeSet;

impl Host {
    /// Sends a datagram as a socket does.
    pub(super) fn send_datagram(
        &mut self,
        template: &mut Template,
        remote: Ipv6Addr,
        data: &[u8],
    ) -> Result<(), TransmitError> {
        let info = DatagramInfo {
            local: LOCAL.into(),
            remote: remote.into(),
            remote_port: 7,
            ecn: Ecn::NotCapable,
        };
        let (ip, link) = (&mut self.ip, &mut self.link);
        let mut layers = self.families.layers();
        let mut egress = layers.egress(ip, self.now, link);
        egress.transmit_datagram(1000, &info, template, data)
    }

    /// Sends fragments that wait. Returns the frames sent that are not of neighbour discovery.
    pub(super) fn flush(&mut self) -> Vec<Vec<u8>> {
        let (ip, link) = (&mut self.ip, &mut self.link);
        self.families.layers().flush_fragments(ip, self.now, link);
        let mut sent = self.sent();
        sent.retain(|frame| is_not_discovery(frame));
        sent
    }
}

fn is_not_discovery(frame: &[u8]) -> bool {
    frame[20] != 58 || frame[54] < 133
}

/// The template of a socket.
pub(super) fn template(mtu_discover: MtuDiscover) -> Template {
    let mut template = Template::default();
    template.set_mtu_discover(mtu_discover);
    template
}

fn payload(length: usize) -> Vec<u8> {
    (0..length)
        .map(|index| b'a' + (index / 7 % 26) as u8)
        .collect()
}

/// Turns a frame to a host that has the source's addresses.
fn turn(mut frame: Vec<u8>) -> Vec<u8> {
    frame[..6].copy_from_slice(&MAC);
    let ends = [&frame[38..54], &frame[22..38]].concat();
    frame[22..54].copy_from_slice(&ends);
    frame
}

/// Passes frames to a host that has the destination's address. Returns what it receives.
fn deliver(frames: Vec<Vec<u8>>) -> Vec<String> {
    let mut host = Host::new();
    let frames = frames.into_iter().map(turn);
    frames
        .filter_map(|frame| receive(&mut host, &frame))
        .collect()
}

fn identification(frame: &[u8]) -> u32 {
    u32::from_be_bytes(*frame[58..].first_chunk().unwrap())
}

/// Checks that these are fragments that every link carries, each with as much as fits.
fn check(frames: &[Vec<u8>]) {
    let (last, others) = frames.split_last().unwrap();
    assert!(
        others
            .iter()
            .all(|frame| frame.len() == 14 + 1280 && frame[57] & 7 == 1)
    );
    assert!(last.len() <= 14 + 1280 && last[57] & 7 == 0);
    for frame in frames {
        assert_eq!((frame[20], frame[55]), (44, 0));
        assert_eq!(identification(frame), identification(&frames[0]));
        let length = usize::from(frame[18]) << 8 | usize::from(frame[19]);
        assert_eq!(length, frame.len() - 54);
    }
}

#[test]
fn an_echo_request_of_65000_bytes_is_answered() {
    let (mut host, mut other) = (Host::new(), Host::new());
    let request = echo_request(65_000);
    for each in cut(58, &request, 1448) {
        receive(&mut host, &each);
    }
    let sent = host.sent();
    assert_eq!(sent.len(), 53);
    check(&sent);
    // The reply, turned to a host that reassembles it.
    let mut reply = None;
    for each in sent {
        assert_eq!(other.input(&turn(each)), None);
        reply = reply.or(other.ip.take_reassembled());
    }
    let reply = reply.unwrap();
    assert_eq!((reply[6], reply[40]), (58, 129));
    assert_eq!(reply[44..], request[4..]);
    let message = with_checksum(PEER, LOCAL, 58, &reply[40..], 2);
    assert_eq!(reply[40..], message);
    // One that fits the link has no fragment header (RFC 8021).
    let reply = read(&host.answers(&frame(&ipv6(PEER, LOCAL, 58, 64, &echo_request(1452))))[0]);
    assert_eq!((reply.protocol, reply.payload.len()), (58, 1460));
}

#[test]
fn a_datagram_is_fragmented_where_the_socket_says_so() {
    for length in [1232, 1233, 1452, 1453, 2456, 2457, 65_527] {
        let data = payload(length);
        let mut host = Host::new();
        let mut send = |mtu_discover, data: &[u8]| {
            let sent = host.send_datagram(&mut template(mtu_discover), PEER, data);
            sent.map(|()| host.sent())
        };
        match send(MtuDiscover::Do, &data) {
            Ok(sent) => assert!(sent.len() == 1 && length <= 1452),
            Err(error) => assert!(error == TransmitError::TooLong && length > 1452),
        }
        // Nobody finds out what the path carries.
        for (mtu_discover, longest) in [(MtuDiscover::Want, 1452), (MtuDiscover::Dont, 1232)] {
            let sent = send(mtu_discover, &data).unwrap();
            if length <= longest {
                let sent = read(&sent[0]);
                assert_eq!((sent.protocol, sent.payload.len()), (17, 8 + length));
                continue;
            }
            assert_eq!(sent.len(), (length + 8).div_ceil(1232));
            check(&sent);
            let text = String::from_utf8(data.clone()).unwrap();
            // The checksum does not depend on the order of the addresses.
            assert_eq!(deliver(sent), [format!("udp {PEER} -> {LOCAL} {text}")]);
        }
        let too_long = payload(65_528);
        assert_eq!(
            send(MtuDiscover::Want, &too_long),
            Err(TransmitError::TooLong)
        );
    }
}

#[test]
fn a_datagram_to_a_group_is_fragmented() {
    let group = Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 0, 0xfb);
    let mut host = Host::new();
    host.families
        .sockets()
        .join_group(host.now, group, 1)
        .unwrap();
    let data = payload(3000);
    let sent = host.send_datagram(&mut template(MtuDiscover::Do), group, &data);
    assert_eq!(sent, Err(TransmitError::TooLong));
    let mut template = template(MtuDiscover::Want);
    host.send_datagram(&mut template, group, &data).unwrap();
    let sent = host.sent();
    assert_eq!(sent.len(), 3);
    check(&sent);
    // The hop limit of groups.
    assert!(
        sent.iter()
            .all(|frame| frame[..6] == group_mac(group) && frame[21] == 1)
    );
    // The copy for this host is whole.
    assert_eq!(host.ip.take_looped().map(|packet| packet.len()), Some(3048));
}

#[test]
fn packets_have_identifications_of_their_own() {
    let mut host = Host::new();
    let mut template = template(MtuDiscover::Want);
    let data = payload(2000);
    let identifications = (0..1000).map(|_| {
        host.send_datagram(&mut template, PEER, &data).unwrap();
        identification(&host.sent()[0])
    });
    assert_eq!(identifications.collect::<BTreeSet<_>>().len(), 1000);
}

#[test]
fn fragments_wait_for_room_in_order() {
    let mut host = Host::new();
    host.link = Recorder::with_room(3);
    let mut template = template(MtuDiscover::Want);
    let data = payload(10_000);
    host.send_datagram(&mut template, PEER, &data).unwrap();
    // The next one waits in the queue of its port.
    let next = host.send_datagram(&mut template, PEER, &data);
    assert_eq!(next, Err(TransmitError::NoRoom));
    let mut sent = host.sent();
    assert_eq!(sent.len(), 3);
    for _ in 0..3 {
        host.link = Recorder::with_room(2);
        sent.extend(host.flush());
    }
    check(&sent);
    assert_eq!(deliver(sent).len(), 1);
    assert_eq!(host.ip.drops().total(), 0);
}

#[test]
fn fragments_wait_for_the_address_of_the_next_hop() {
    let absent = Ipv6Addr::new(0xfd00, 0, 0, 0, 0, 0, 0, 0x77);
    for is_answered in [true, false] {
        let mut host = Host::new();
        let mut template = template(MtuDiscover::Want);
        let data = payload(10_000);
        host.send_datagram(&mut template, absent, &data).unwrap();
        assert!(!host.sent().iter().any(|frame| is_not_discovery(frame)));
        assert!(host.flush().is_empty());
        let answer = Ndp::advertisement(absent, PEER_MAC).frame();
        if is_answered {
            host.input(&answer);
            let mut sent = host.sent();
            sent.extend(host.flush());
            assert_eq!(deliver(sent).len(), 1);
        } else {
            let errors = host.wait(Duration::from_secs(10));
            assert_eq!(errors, ["HostUnreachable Udp fd00::2 -> fd00::77:7"]);
            assert!(host.flush().is_empty());
            assert!(host.ip.drops().get(DropReason::NeighbourUnreachable) > 0);
        }
        host.input(&answer);
        assert!(host.flush().is_empty());
    }
}

#[test]
fn a_long_datagram_to_this_host_is_not_fragmented() {
    let mut host = Host::new();
    let mut template = template(MtuDiscover::Want);
    let data = payload(65_527);
    host.send_datagram(&mut template, LOCAL, &data).unwrap();
    let packet = host.ip.take_looped().unwrap();
    assert_eq!(packet.len(), 65_575);
    let (ip, link, now) = (&mut host.ip, &mut host.link, host.now);
    let input = host.families.layers().input_looped(ip, now, &packet, link);
    assert!(matches!(input, Some(Input::Udp(..))));
}
