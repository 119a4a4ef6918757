//! Networks whose every IPv6 frame is an input of the fuzzer.

use super::{fragmentation::template, fragments::cut, *};
use crate::net::{
    datagrams::Datagrams,
    ip::{MtuDiscover, reassembly::MAX_MEMORY},
};
use fuzzing::{Input as Decisions, fuzz};

/// A step that receives a frame whose checksum is corrected.
fn receive(frame: &[u8]) -> Vec<u8> {
    let mut step = std::vec![0];
    step.extend((frame.len() as u16).to_le_bytes());
    step.extend(frame);
    step
}

fn seeds() -> Vec<Vec<u8>> {
    let mut about = std::vec![0; 4];
    about.extend(udp(LOCAL, FAR, b"1"));
    let mut options = std::vec![17, 0, 5, 2, 0, 0, 1, 0];
    options.extend(datagram(PEER, LOCAL, b"1"));
    let mut fragment = std::vec![17, 0, 0, 0, 0, 0, 0, 1];
    fragment.extend(datagram(PEER, LOCAL, b"1"));
    let all = [
        frame(&udp(PEER, LOCAL, b"hello")),
        frame(&syn(FAR, LOCAL)),
        frame(&icmp(PEER, LOCAL, 128, 0, &[0; 12])),
        frame(&icmp(GATEWAY, LOCAL, 1, 4, &about)),
        frame(&icmp(GATEWAY, LOCAL, 2, 0, &about)),
        frame(&ipv6(PEER, LOCAL, 60, 64, &options)),
        frame(&ipv6(PEER, LOCAL, 0, 64, &options)),
        frame(&ipv6(PEER, LOCAL, 44, 64, &fragment)),
        frame(&ipv6(PEER, LOCAL, 43, 64, &[17, 0, 0, 1, 0, 0, 0, 0])),
        solicitation(PEER, LOCAL),
        solicitation(Ipv6Addr::UNSPECIFIED, LOCAL),
        Ndp::advertisement(PEER, PEER_MAC).frame(),
    ];
    let together = all.iter().flat_map(|frame| receive(frame));
    // A datagram to a neighbour that is not known, a wait, a datagram to itself, and what it received.
    let steps = [4, 77, 5, 0xff, 0xff, 4, 2, 6];
    let mut seeds: Vec<_> = all.iter().map(|frame| receive(frame)).collect();
    seeds.push(together.chain(steps).collect());
    // An echo request in fragments, which come in the wrong order, twice, and in part; and time for the rest.
    let pieces = cut(58, &fragments::echo_request(40), 16);
    let order = [2, 0, 1, 1, 2, 0, 1, 1_usize];
    let steps = order.iter().flat_map(|&at| receive(&pieces[at]));
    seeds.push(steps.chain([5, 0xff, 0xff]).collect());
    // Datagrams in fragments to a neighbour that is known, to one that is not, and to this host.
    seeds.push(std::vec![
        7, 9, 0, 16, 3, 7, 77, 0, 16, 3, 5, 0xff, 0xff, 7, 2, 0, 16, 3, 6
    ]);
    seeds
}

/// Corrects the checksum of what follows the header, so that what is behind is reached.
fn correct(frame: &mut [u8]) {
    let Some(packet) = frame.get_mut(14..).filter(|packet| packet.len() > 40) else {
        return;
    };
    let address = |at: usize| Ipv6Addr::from_octets(*packet[at..].first_chunk().unwrap());
    let (source, destination, protocol) = (address(8), address(24), packet[6]);
    let length = usize::from(packet[4]) << 8 | usize::from(packet[5]);
    let Some(payload) = packet.get_mut(40..40 + length) else {
        return;
    };
    let offset = match protocol {
        6 => 16,
        17 => 6,
        _ => 2,
    };
    if payload.len() >= offset + 2 && matches!(protocol, 6 | 17 | 58) {
        let corrected = with_checksum(source, destination, protocol, payload, offset);
        payload.copy_from_slice(&corrected);
    }
}

/// Passes what was received to UDP, and refuses what is not for it.
fn pass(host: &mut Host, datagrams: &mut Datagrams, frame: &[u8], looped: bool) {
    if !looped {
        host.input(frame);
    }
    let (ip, link, now) = (&mut host.ip, &mut host.link, host.now);
    let mut input = match looped {
        true => host.families.layers().input_looped(ip, now, frame, link),
        false => host
            .families
            .layers()
            .input(ip, now, frame, host.info, link),
    };
    let reassembled = ip.take_reassembled();
    if let Some(packet) = &reassembled {
        assert!(input.is_none(), "fragments are not input before the last");
        input = host
            .families
            .layers()
            .input_reassembled(ip, now, packet, link);
    }
    assert!(ip.reassembler.usage().1 <= MAX_MEMORY);
    match input {
        Some(Input::Udp(packet, original))
            if datagrams.input(&packet, &mut ()) == Err(DropReason::PortClosed) =>
        {
            host.families
                .layers()
                .refuse_datagram(ip, now, link, &original);
        }
        Some(Input::Error(error)) => datagrams.error(&error),
        _ => {}
    }
}

#[test]
fn fuzz_ipv6_frames() {
    fuzz("ipv6-frames", &seeds(), |bytes| {
        let mut decisions = Decisions::new(bytes);
        let mut host = match decisions.u8() % 2 {
            0 => Host::new(),
            _ => Host::starting(Claiming::Tentative, Offloads::default()),
        };
        let mut datagrams = Datagrams::new(Random::from_seed([2; 32]));
        let port = datagrams.bind(7, Default::default()).unwrap();
        while !decisions.is_empty() {
            match decisions.u8() % 8 {
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
                    let remote = Ipv6Addr::new(0xfd00, 0, 0, 0, 0, 0, 0, decisions.u8().into());
                    let _ = host.send(LOCAL, remote, b"data");
                }
                5 => {
                    let milliseconds = decisions.u16().into();
                    host.wait(Duration::from_millis(milliseconds));
                }
                7 => {
                    // A datagram in fragments, and room for some of them.
                    let remote = Ipv6Addr::new(0xfd00, 0, 0, 0, 0, 0, 0, decisions.u8().into());
                    let data = std::vec![7; decisions.u16().into()];
                    let mut template = template(MtuDiscover::Want);
                    host.link = Recorder::with_room(decisions.u8().into());
                    let sent = host.send_datagram(&mut template, remote, &data);
                    assert!(sent != Err(TransmitError::TooLong) || data.len() > 65_527);
                    host.link = Recorder::with_room(usize::MAX);
                    host.flush();
                }
                _ => {
                    while let Some(packet) = host.ip.take_looped() {
                        pass(&mut host, &mut datagrams, &packet, true);
                    }
                }
            }
            host.link.frames.clear();
        }
        while datagrams.receive(port, |_, _| ()).is_ok() {}
        while datagrams.take_error(port).is_some() {}
        host.wait(Duration::from_secs(100));
        let deadline = host.next_deadline();
        assert_eq!(deadline, None, "everything has an end");
    });
}
