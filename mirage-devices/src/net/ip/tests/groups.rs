//! Packets to groups, received and sent.

use super::*;

const OTHER: Ipv4Addr = Ipv4Addr::new(224, 0, 0, 252);
const ALL_SYSTEMS: Ipv4Addr = Ipv4Addr::new(224, 0, 0, 1);

/// mDNS.
pub(super) const GROUP: Ipv4Addr = Ipv4Addr::new(224, 0, 0, 251);

/// A frame to a group from this host's peer.
pub(super) fn group_frame(packet: &[u8]) -> Vec<u8> {
    let [_, second, third, fourth] = *packet[16..].first_chunk().unwrap();
    ethernet([1, 0, 0x5e, second & 0x7f, third, fourth], 0x0800, packet)
}

impl Host {
    pub(super) fn join(&mut self, group: Ipv4Addr) {
        self.ipv4
            .join_group(&mut self.ip, self.now, group, 1)
            .unwrap();
    }

    /// Takes the datagrams that were looped back.
    fn copies(&mut self) -> Vec<String> {
        let mut received = Vec::new();
        while let Some(packet) = self.ip.take_looped() {
            let input = self
                .ipv4
                .input_looped(&mut self.ip, self.now, &packet, &mut self.link);
            received.extend(input.as_ref().map(describe));
        }
        received
    }

    /// Sends a datagram by a template; returns the frame, without the reports.
    fn send_to_group(&mut self, template: &mut Template, data: &[u8]) -> Vec<Vec<u8>> {
        self.send_datagram(template, (LOCAL, GROUP), Ecn::NotCapable, data)
            .unwrap();
        self.sent()
    }
}

#[test]
fn datagrams_to_groups_are_received_by_members_only() {
    let mut host = Host::new();
    let datagram = group_frame(&udp(PEER, GROUP, b"x"));
    host.refuses(&datagram, DropReason::FrameDestination);
    host.refuses(&frame(&udp(PEER, GROUP, b"x")), DropReason::Destination);
    host.join(GROUP);
    let received = host.input(&datagram);
    assert_eq!(received.as_deref(), Some("udp 10.0.0.9 -> 224.0.0.251 x"));
    // Every member of any group is in that of all hosts.
    assert!(
        host.input(&group_frame(&udp(PEER, ALL_SYSTEMS, b"x")))
            .is_some()
    );
    // Wireless links send a copy to each host.
    assert!(host.input(&frame(&udp(PEER, GROUP, b"x"))).is_some());
    host.refuses(
        &group_frame(&udp(PEER, OTHER, b"x")),
        DropReason::Destination,
    );
    // Both groups have the same MAC address.
    let same_mac = Ipv4Addr::new(239, 128, 0, 251);
    host.refuses(
        &group_frame(&udp(PEER, same_mac, b"x")),
        DropReason::Destination,
    );
    host.ipv4
        .leave_group(&mut host.ip, host.now, GROUP, 1)
        .unwrap();
    host.refuses(&datagram, DropReason::Destination);
}

#[test]
fn segments_and_echo_requests_to_groups_are_dropped_without_an_answer() {
    let mut host = Host::new();
    host.join(GROUP);
    let segment = group_frame(&syn(PEER, GROUP));
    host.refuses(&segment, DropReason::TransportBroadcast);
    let echo = group_frame(&icmp(PEER, GROUP, 8, 0, &[0; 12]));
    host.refuses(&echo, DropReason::TransportBroadcast);
    let other = group_frame(&ipv4(PEER, GROUP, 99, &[0; 12]));
    host.refuses(&other, DropReason::Protocol);
    // A packet to this host alone in a frame to a group.
    let to_host = ethernet([1, 0, 0x5e, 0, 0, 0xfb], 0x0800, &udp(PEER, LOCAL, b"x"));
    host.refuses(&to_host, DropReason::FrameBroadcast);
    let (now, datagram) = (host.now, group_frame(&udp(PEER, GROUP, b"x")));
    let received = host
        .ipv4
        .input(&mut host.ip, now, &datagram, host.info, &mut host.link);
    let Some(Input::Udp(_, original)) = received else {
        panic!("{received:?}");
    };
    let mut egress = Ipv4Egress::new(&mut host.ipv4, &mut host.ip, now, &mut host.link);
    egress.refuse(&original, ErrorMessage::PortUnreachable);
    assert!(host.sent().is_empty());
}

#[test]
fn packets_to_groups_are_reassembled() {
    let mut host = Host::new();
    host.join(GROUP);
    let datagram = with_checksum(PEER, GROUP, 17, &udp_without_checksum(1000, 7, &[7; 64]), 6);
    let (first, second) = datagram.split_at(40);
    let part = |field: [u8; 2], payload: &[u8]| {
        let change = |header: &mut [u8]| header[6..8].copy_from_slice(&field);
        group_frame(&ipv4_with(PEER, GROUP, 17, payload, &[], change))
    };
    assert_eq!(host.input(&part([0x20, 0], first)), None);
    assert_eq!(host.input(&part([0, 5], second)), None);
    let packet = host.ip.take_reassembled().unwrap();
    let info = ReceiveInfo::default();
    let input =
        host.ipv4
            .input_packet(&mut host.ip, host.now, &packet, false, info, &mut host.link);
    assert!(matches!(input, Some(Input::Udp(..))), "{input:?}");
    // One that stays incomplete is given up without an answer.
    host.input(&part([0x20, 0], first));
    host.wait(Duration::from_secs(60));
    host.sent()
        .iter()
        .for_each(|frame| assert_ne!(frame[23], 1));
    assert_eq!(host.ip.drops().get(DropReason::ReassemblyTimeout), 1);
}

#[test]
fn datagrams_to_groups_have_the_time_to_live_of_the_socket() {
    let mut host = Host::new();
    let mut template = Template::default();
    let mut ttl_of = |template: &mut Template, size| {
        let sent = host.send_to_group(template, &std::vec![7; size]);
        for frame in &sent {
            assert_eq!(frame[..6], [1, 0, 0x5e, 0, 0, 0xfb]);
            assert_eq!(sum(&frame[14..34]), 0);
        }
        sent.iter().map(|frame| frame[22]).collect::<Vec<_>>()
    };
    for _ in 0..2 {
        assert_eq!(ttl_of(&mut template, 9), [1]);
    }
    let set = |template: &mut Template, ttl| {
        let options = MulticastOptions {
            ttl,
            ..template.multicast_v4()
        };
        template.set_multicast_v4(options);
    };
    set(&mut template, 255);
    for _ in 0..2 {
        assert_eq!(ttl_of(&mut template, 9), [255]);
    }
    template.set_mtu_discover(MtuDiscover::Want);
    assert_eq!(ttl_of(&mut template, 2000), [255, 255]);
    template.set_mtu_discover(MtuDiscover::Dont);
    assert_eq!(ttl_of(&mut template, 9), [255]);
    set(&mut template, 0);
    assert_eq!(ttl_of(&mut template, 9), []);
    template.set_mtu_discover(MtuDiscover::Do);
    assert_eq!(ttl_of(&mut template, 9), []);
    // Other destinations have their own.
    let ends = (LOCAL, PEER);
    let sent = host.send_datagram(&mut template, ends, Ecn::NotCapable, b"x");
    sent.unwrap();
    assert_eq!(host.sent()[0][22], 64);
}

#[test]
fn a_member_receives_its_own_datagrams_unless_the_socket_does_not_want_it() {
    let mut host = Host::new();
    let mut template = Template::default();
    assert_eq!(host.send_to_group(&mut template, b"not yet").len(), 1);
    assert!(host.copies().is_empty());
    host.join(GROUP);
    let copy = |data: &str| format!("udp {LOCAL} -> {GROUP} {data}");
    for data in ["first", "second"] {
        assert_eq!(host.send_to_group(&mut template, data.as_bytes()).len(), 1);
        assert_eq!(host.copies(), [copy(data)]);
    }
    let options = template.multicast_v4();
    // It stays on this host.
    template.set_multicast_v4(MulticastOptions { ttl: 0, ..options });
    assert!(host.send_to_group(&mut template, b"local").is_empty());
    assert_eq!(host.copies(), [copy("local")]);
    template.set_multicast_v4(MulticastOptions {
        is_looped: false,
        ..options
    });
    for _ in 0..2 {
        assert_eq!(host.send_to_group(&mut template, b"silent").len(), 1);
        assert!(host.copies().is_empty());
    }
    template.set_multicast_v4(options);
    template.set_mtu_discover(MtuDiscover::Want);
    let long = std::vec![b'l'; 3000];
    assert_eq!(host.send_to_group(&mut template, &long).len(), 3);
    assert_eq!(host.copies().len(), 1);
    // What waits when the group is left is lost.
    host.send_to_group(&mut template, b"late");
    host.ipv4
        .leave_group(&mut host.ip, host.now, GROUP, 1)
        .unwrap();
    assert!(host.copies().is_empty());
    assert_eq!(host.ip.drops().get(DropReason::Destination), 1);
}

#[test]
fn a_datagram_that_waits_for_the_link_is_looped_back_once() {
    let mut host = Host::new();
    host.join(GROUP);
    let mut template = Template::default();
    host.link = Recorder::with_room(0);
    for _ in 0..3 {
        let sent = host.send_datagram(&mut template, (LOCAL, GROUP), Ecn::NotCapable, b"x");
        assert_eq!(sent, Err(TransmitError::NoRoom));
    }
    assert!(host.copies().is_empty());
    host.link = Recorder::with_room(1);
    host.send_to_group(&mut template, b"x");
    assert_eq!(host.copies().len(), 1);
}

#[test]
fn copies_are_bounded_and_do_not_hold_up_the_datagrams() {
    let mut host = Host::new();
    host.join(GROUP);
    let mut template = Template::default();
    for _ in 0..1000 {
        assert_eq!(host.send_to_group(&mut template, b"x").len(), 1);
    }
    assert_eq!(host.copies().len(), 256);
    assert_eq!(host.ip.drops().get(DropReason::LoopbackFull), 744);
}

#[test]
fn groups_have_members_and_a_bound() {
    let mut host = Host::new();
    let (ipv4, ip, now) = (&mut host.ipv4, &mut host.ip, host.now);
    let group = |index| Ipv4Addr::new(239, 0, 0, index);
    assert_eq!(
        ipv4.join_group(ip, now, PEER, 1),
        Err(MembershipError::NotAGroup)
    );
    assert_eq!(
        ipv4.leave_group(ip, now, group(0), 1),
        Err(MembershipError::NotJoined)
    );
    for index in 0..16 {
        assert_eq!(ipv4.join_group(ip, now, group(index), 1), Ok(()));
    }
    assert_eq!(
        ipv4.join_group(ip, now, group(16), 1),
        Err(MembershipError::TooMany)
    );
    assert_eq!(
        ipv4.join_group(ip, now, group(3), 1),
        Err(MembershipError::AlreadyJoined)
    );
    assert_eq!(ipv4.join_group(ip, now, group(3), 2), Ok(()));
    assert_eq!(
        ipv4.leave_group(ip, now, group(4), 2),
        Err(MembershipError::NotJoined)
    );
    assert_eq!(ipv4.leave_group(ip, now, group(3), 1), Ok(()));
    assert!(ipv4.group_recipient(group(3)).is_ok());
    ipv4.leave_groups(ip, now, 1);
    for index in 0..16 {
        assert_eq!(ipv4.group_recipient(group(index)).is_ok(), index == 3);
    }
    assert_eq!(ipv4.join_group(ip, now, group(16), 1), Ok(()));
}
