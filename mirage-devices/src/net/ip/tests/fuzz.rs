//! Networks whose every frame is an input of the fuzzer.

mod arp;
mod icmp;

use super::{fragments::cut, hostile::correct, *};
use crate::net::datagrams::Datagrams;
use fuzzing::{Input as Decisions, fuzz};

/// A step that receives a frame.
fn receive(frame: &[u8]) -> Vec<u8> {
    let mut step = std::vec![0];
    step.extend((frame.len() as u16).to_le_bytes());
    step.extend(frame);
    step
}

fn seeds() -> Vec<Vec<u8>> {
    let all = hostile::seeds();
    let together = all.iter().flat_map(|frame| receive(frame));
    // A datagram to a neighbour that is not known, a wait, a datagram to itself, and what it received.
    let steps = [4, 77, 5, 0xff, 0xff, 4, 2, 6];
    let mut seeds: Vec<_> = all.iter().map(|frame| receive(frame)).collect();
    seeds.push(together.chain(steps).collect());
    // An echo request in fragments, which come in the wrong order, twice, and in part.
    let request = &icmp(PEER, LOCAL, 8, 0, &[7; 44])[20..];
    let pieces = cut(request, 16);
    let order = [2, 0, 1, 1, 2, 0, 1, 1_usize];
    let steps = order.iter().flat_map(|&at| {
        let mut step = receive(&pieces[at]);
        // The checksum of ICMP is that of the whole packet, and stays.
        step[0] = 2;
        step
    });
    seeds.push(steps.collect());
    // A host in two groups is asked by each version, sends to a group, and leaves it.
    let mut steps = std::vec![9, 251, 9, 2];
    for (code, length) in [(0xff, 12), (20, 8), (0, 8)] {
        steps.extend(receive(&igmp::query(code, Ipv4Addr::UNSPECIFIED, length)));
        steps.extend([5, 0xff, 0xff, 10, 251, 6, 9, 251]);
    }
    seeds.push(steps);
    // Datagrams in fragments to a neighbour that is known, to one that is not, and to this host.
    seeds.push(std::vec![
        8, 9, 0, 16, 3, 8, 77, 0, 16, 3, 5, 0xff, 0xff, 8, 2, 0, 16, 3, 6
    ]);
    seeds
}

/// Passes what was received to UDP, and refuses what is not for it.
fn pass(host: &mut Host, datagrams: &mut Datagrams, frame: &[u8], looped: bool) {
    if !looped {
        host.check_prediction(frame);
    }
    let (ipv4, ip, link) = (&mut host.ipv4, &mut host.ip, &mut host.link);
    let mut input = match looped {
        true => ipv4.input_looped(ip, host.now, frame, link),
        false => ipv4.input(ip, host.now, frame, host.info, link),
    };
    let reassembled = ip.take_reassembled();
    if let Some(packet) = &reassembled {
        assert!(input.is_none(), "fragments are not input before the last");
        let info = ReceiveInfo::default();
        input = ipv4.input_packet(ip, host.now, packet, false, info, link);
    }
    let (_, memory) = ip.reassembler.usage();
    assert!(memory <= reassembly::MAX_MEMORY);
    match input {
        Some(Input::Udp(packet, original))
            if datagrams.input(&packet, &mut ()) == Err(DropReason::PortClosed) =>
        {
            let mut egress = Ipv4Egress::new(ipv4, ip, host.now, link);
            egress.refuse(&original, ErrorMessage::PortUnreachable);
        }
        Some(Input::Error(error)) => datagrams.error(&error),
        Some(Input::Conflict(address, _, Conflict::Lost)) => ipv4.remove_address(ip, address),
        _ => {}
    }
}

/// Takes the frames sent, without ARP packets.
fn packets(host: &mut Host) -> Vec<Vec<u8>> {
    let mut frames = host.sent();
    frames.retain(|frame| frame[12..14] == [8, 0]);
    frames
}

#[test]
fn fuzz_network_frames() {
    fuzz("network-frames", &seeds(), |bytes| {
        let mut decisions = Decisions::new(bytes);
        let mut host = Host::new();
        let mut template = Template::default();
        let mut long = Template::default();
        long.set_mtu_discover(MtuDiscover::Want);
        let mut datagrams = Datagrams::new(Random::from_seed([2; 32]));
        let port = datagrams.bind(7, Default::default()).unwrap();
        while !decisions.is_empty() {
            match decisions.u8() % 11 {
                action @ 0..=2 => {
                    let length = decisions.u16() % 2048;
                    let mut frame = decisions.take(length.into()).to_vec();
                    if action < 2 {
                        correct(&mut frame);
                    }
                    pass(&mut host, &mut datagrams, &frame, false);
                }
                3 => {
                    host.info.checksum = match decisions.u8() % 3 {
                        0 => ChecksumState::Unknown,
                        1 => ChecksumState::Verified,
                        _ => ChecksumState::Partial,
                    }
                }
                4 => {
                    let remote = Ipv4Addr::new(10, 0, 0, decisions.u8());
                    let (template, ends) = (&mut template, (LOCAL, remote));
                    let sent = host.send_datagram(template, ends, Ecn::Capable0, b"data");
                    let by_template = sent.map(|()| packets(&mut host));
                    let sent = host.send(LOCAL, remote, b"data");
                    assert_eq!(by_template, sent.map(|()| packets(&mut host)));
                }
                5 => {
                    let milliseconds = decisions.u16().into();
                    host.wait(Duration::from_millis(milliseconds));
                }
                8 => {
                    // A datagram in fragments, and room for some of them.
                    let remote = Ipv4Addr::new(10, 0, 0, decisions.u8());
                    let data = std::vec![7; decisions.u16().into()];
                    let (template, ends) = (&mut long, (LOCAL, remote));
                    host.link = Recorder::with_room(decisions.u8().into());
                    let sent = host.send_datagram(template, ends, Ecn::NotCapable, &data);
                    assert!(sent != Err(TransmitError::TooLong) || data.len() > 65_507);
                    host.link = Recorder::with_room(usize::MAX);
                    Ipv4Egress::new(&mut host.ipv4, &mut host.ip, host.now, &mut host.link)
                        .flush_fragments();
                }
                9 => {
                    // Joined, or left by the last member.
                    let group = Ipv4Addr::new(224, 0, 0, decisions.u8());
                    let (now, ipv4, ip) = (host.now, &mut host.ipv4, &mut host.ip);
                    if ipv4.join_group(ip, now, group, 1) == Err(MembershipError::AlreadyJoined) {
                        ipv4.leave_group(ip, now, group, 1).unwrap();
                    }
                }
                10 => {
                    let group = Ipv4Addr::new(224, 0, 0, decisions.u8());
                    let (template, ends) = (&mut template, (LOCAL, group));
                    let _ = host.send_datagram(template, ends, Ecn::NotCapable, b"data");
                    assert!(packets(&mut host).iter().all(|packet| packet[22] == 1));
                }
                6 => {
                    while let Some(packet) = host.ip.take_looped() {
                        pass(&mut host, &mut datagrams, &packet, true);
                    }
                }
                _ => {
                    let claiming = (Claiming::Tentative, Defence::Once);
                    let address = Ipv4Addr::new(10, 0, decisions.u8() % 2, decisions.u8());
                    let prefix_length = decisions.u8() % 33;
                    let (now, ip) = (host.now, &mut host.ip);
                    host.ipv4
                        .add_address(ip, now, (address, prefix_length), claiming)
                        .unwrap();
                }
            }
            host.link.frames.clear();
        }
        while datagrams.receive(port, |_, _| ()).is_ok() {}
        while datagrams.take_error(port).is_some() {}
        // A query may be answered that late.
        host.wait(Duration::from_secs(3200));
        assert_eq!(host.next_deadline(), None, "everything has an end");
    });
}
