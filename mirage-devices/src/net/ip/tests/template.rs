//! Templates: a datagram that is sent by one is always the same as one that is sent without.

use super::*;

/// A socket that sends from port 7 of a host to port 1000.
struct Sender {
    host: Host,
    template: Template,
}

impl Sender {
    fn new(offloads: Offloads) -> Self {
        let mut host = Host::with(offloads);
        // Both are asked, so that they are reachable.
        host.input(&arp(Operation::Reply, PEER_MAC, PEER, LOCAL));
        host.input(&arp(Operation::Reply, GATEWAY_MAC, GATEWAY, LOCAL));
        host.sent();
        Self {
            host,
            template: Template::default(),
        }
    }

    /// Sends a datagram by the template; returns the frames.
    fn send_with(
        &mut self,
        ends: (Ipv4Addr, Ipv4Addr),
        ecn: Ecn,
        data: &[u8],
    ) -> Result<Vec<Vec<u8>>, TransmitError> {
        let template = &mut self.template;
        self.host.send_datagram(template, ends, ecn, data)?;
        Ok(self.host.sent())
    }

    fn send(&mut self, local: Ipv4Addr, remote: Ipv4Addr) -> Result<Vec<Vec<u8>>, TransmitError> {
        self.send_with((local, remote), Ecn::Capable0, b"x")
    }

    /// Returns the MAC address to which the only frame with a datagram goes.
    fn destination(&mut self, remote: Ipv4Addr) -> MacAddress {
        let sent = self.send(LOCAL, remote).unwrap();
        let datagrams: Vec<_> = sent.iter().filter(|sent| sent[12..14] == [8, 0]).collect();
        assert_eq!(datagrams.len(), 1);
        datagrams[0][..6].try_into().unwrap()
    }
}

const GATEWAY_MAC: MacAddress = [2, 0, 0, 0, 0, 1];

const ECNS: [Ecn; 4] = [
    Ecn::NotCapable,
    Ecn::Capable0,
    Ecn::Capable1,
    Ecn::CongestionExperienced,
];

#[test]
fn frames_are_the_same_as_without_a_template() {
    for checksum in [false, true] {
        let offloads = Offloads {
            checksum,
            ..Offloads::default()
        };
        let mut sender = Sender::new(offloads);
        let other = Ipv4Addr::new(10, 0, 0, 4);
        sender.host.add_address(other, 24);
        sender.host.sent();
        let remotes = [PEER, FAR, Ipv4Addr::BROADCAST, Ipv4Addr::new(10, 0, 0, 255)];
        // Each follows each other, so that the template of one is there when the other is sent.
        for (first, second) in (0..8).flat_map(|first| (0..8).map(move |second| (first, second))) {
            for index in [first, second, second] {
                let (local, remote) = ([LOCAL, other][index / 4], remotes[index % 4]);
                let (ecn, size) = (ECNS[(first + index) % 4], [0, 1, 7, 8, 64, 1472][index % 6]);
                let data = std::vec![index as u8; size];
                let by_template = sender.send_with((local, remote), ecn, &data).unwrap();
                let info = DatagramInfo {
                    local: local.into(),
                    remote: remote.into(),
                    remote_port: 1000,
                    ecn,
                };
                let datagram = udp_without_checksum(7, 1000, &data);
                let write = |bytes: &mut [u8]| bytes.copy_from_slice(&datagram);
                let host = &mut sender.host;
                let mut egress =
                    Ipv4Egress::new(&mut host.ipv4, &mut host.ip, host.now, &mut host.link);
                let hint = &mut NextHopHint::default();
                egress
                    .transmit(&info.packet(), hint, datagram.len(), write)
                    .unwrap();
                assert_eq!(by_template, host.sent(), "{info:?} of {size} bytes");
            }
        }
    }
}

#[test]
fn a_checksum_of_zero_is_never_written() {
    let mut sender = Sender::new(Offloads::default());
    let mut found = false;
    for value in 0..=u16::MAX {
        let ends = (LOCAL, PEER);
        let sent = sender.send_with(ends, Ecn::NotCapable, &value.to_be_bytes());
        let checksum = &sent.unwrap()[0][40..42];
        assert_ne!(checksum, [0, 0]);
        found |= checksum == [0xff, 0xff];
    }
    assert!(found);
}

#[test]
fn a_datagram_that_is_too_long_or_for_which_there_is_no_room_is_an_error() {
    let mut sender = Sender::new(Offloads::default());
    let ends = (LOCAL, PEER);
    for _ in 0..2 {
        let long = sender.send_with(ends, Ecn::NotCapable, &[0; 1473]);
        assert_eq!(long, Err(TransmitError::TooLong));
        sender.send_with(ends, Ecn::NotCapable, &[0; 1472]).unwrap();
    }
    sender.host.link = Recorder::with_room(0);
    assert_eq!(sender.send(LOCAL, PEER), Err(TransmitError::NoRoom));
}

#[test]
fn a_neighbour_or_gateway_that_moves_is_followed() {
    for (remote, hop) in [(PEER, PEER), (FAR, GATEWAY)] {
        let mut sender = Sender::new(Offloads::default());
        sender.destination(remote);
        let moved = [2, 0, 0, 0, 1, 0x50];
        sender.host.input(&arp(Operation::Reply, moved, hop, hop));
        assert_eq!(sender.destination(remote), moved);
    }
}

#[test]
fn a_route_that_changes_is_followed() {
    let mut sender = Sender::new(Offloads::default());
    assert_eq!(sender.destination(FAR), GATEWAY_MAC);
    let routes = sender.host.ipv4.routes_mut(&mut sender.host.ip);
    routes.remove(Route::default_gateway(GATEWAY));
    routes.add(Route::default_gateway(PEER)).unwrap();
    assert_eq!(sender.destination(FAR), PEER_MAC);
    sender.host.ipv4.routes_mut(&mut sender.host.ip).clear();
    assert_eq!(sender.send(LOCAL, FAR), Err(TransmitError::Unreachable));
}

#[test]
fn a_removed_address_sends_nothing() {
    let mut sender = Sender::new(Offloads::default());
    let other = Ipv4Addr::new(10, 0, 0, 4);
    sender.host.add_address(other, 24);
    sender.destination(PEER);
    sender.host.ipv4.remove_address(&mut sender.host.ip, LOCAL);
    assert_eq!(sender.send(LOCAL, PEER), Err(TransmitError::Unreachable));
}

#[test]
fn an_address_that_is_lost_to_another_host_sends_nothing() {
    let mut sender = Sender::new(Offloads::default());
    let leased = Ipv4Addr::new(10, 0, 0, 4);
    let claiming = (Claiming::Optimistic, Defence::Once);
    let (now, ip) = (sender.host.now, &mut sender.host.ip);
    let added = sender
        .host
        .ipv4
        .add_address(ip, now, (leased, 24), claiming);
    added.unwrap();
    sender.send(leased, PEER).unwrap();
    let claim = arp(Operation::Reply, [2, 0, 0, 0, 0, 0x40], leased, leased);
    let lost = sender.host.input(&claim);
    assert_eq!(lost, Some(format!("{:?} 10.0.0.4", Conflict::Lost)));
    sender.host.sent();
    assert_eq!(sender.send(leased, PEER), Err(TransmitError::Unreachable));
}

#[test]
fn a_peer_that_becomes_this_host_is_sent_nothing() {
    let mut sender = Sender::new(Offloads::default());
    sender.destination(PEER);
    sender.host.add_address(PEER, 24);
    assert_eq!(sender.send(LOCAL, PEER), Ok(Vec::new()));
    assert!(sender.host.ip.has_looped());
}

#[test]
fn a_network_that_changes_has_another_broadcast_address() {
    let mut sender = Sender::new(Offloads::default());
    let broadcast = Ipv4Addr::new(10, 0, 0, 255);
    assert_eq!(sender.destination(broadcast), [0xff; 6]);
    sender.host.add_address(LOCAL, 16);
    let sent = sender.send(LOCAL, broadcast).unwrap();
    assert_eq!(sent[0][12..14], [8, 6], "it is asked for its MAC address");
}

#[test]
fn a_neighbour_is_probed_and_given_up_although_datagrams_are_sent() {
    let mut sender = Sender::new(Offloads::default());
    let (mut probes, mut requests) = (0, 0);
    for _ in 0..200 {
        let sent = sender.send(LOCAL, PEER).unwrap();
        requests += sent.iter().filter(|frame| frame[12..14] == [8, 6]).count();
        sender.host.wait(Duration::from_millis(500));
        let probe = |frame: &&Vec<u8>| frame[12..14] == [8, 6] && frame[..6] == PEER_MAC;
        probes += sender.host.sent().iter().filter(probe).count();
        if requests > 0 {
            break;
        }
    }
    assert_eq!((probes, requests), (3, 1));
}
