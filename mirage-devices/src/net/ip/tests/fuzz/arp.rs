//! Neighbours whose every ARP packet is an input of the fuzzer.

use super::*;

/// An address of the network, of another one, or one that no host has.
fn address(decisions: &mut Decisions<'_>) -> Ipv4Addr {
    match decisions.u8() {
        0 => Ipv4Addr::UNSPECIFIED,
        1 => Ipv4Addr::BROADCAST,
        2 => FAR,
        3 => Ipv4Addr::new(224, 0, 0, 1),
        4 => Ipv4Addr::LOCALHOST,
        5 => GATEWAY,
        host => Ipv4Addr::new(10, 0, 0, host.wrapping_sub(6)),
    }
}

fn mac(decisions: &mut Decisions<'_>) -> MacAddress {
    match decisions.u8() {
        0 => MAC,
        1 => [0xff; 6],
        2 => [1, 0, 94, 0, 0, 1],
        3 => [0; 6],
        host => [2, 0, 0, 0, 0, host],
    }
}

/// A frame with an ARP packet for Ethernet and IPv4, one byte of which may differ.
fn packet(decisions: &mut Decisions<'_>) -> Vec<u8> {
    let mut packet = std::vec![0, 1, 8, 0, 6, 4, 0, decisions.u8() % 4];
    packet.extend(mac(decisions));
    packet.extend(address(decisions).octets());
    packet.extend(mac(decisions));
    packet.extend(address(decisions).octets());
    if let Some(byte) = packet.get_mut(usize::from(decisions.u8())) {
        *byte = decisions.u8();
    }
    let to = if decisions.u8().is_multiple_of(2) {
        MAC
    } else {
        [0xff; 6]
    };
    ethernet(to, 0x0806, &packet)
}

fn seeds() -> Vec<Vec<u8>> {
    // A request and a reply of one neighbour, a packet to it, and a wait.
    let request = [0, 1, 9, 15, 0, 8, 99, 0];
    let reply = [0, 2, 9, 15, 0, 8, 99, 1];
    let conflict = [0, 1, 9, 8, 3, 8, 99, 1];
    let rest = [3, 15, 4, 0xe8, 3];
    std::vec![
        [&request[..], &rest].concat(),
        [&rest[..], &reply].concat(),
        [&conflict[..], &rest, &conflict].concat(),
        [&[5, 14][..], &rest, &conflict, &rest, &rest].concat(),
    ]
}

#[test]
fn fuzz_arp() {
    fuzz("arp", &seeds(), |bytes| {
        let mut decisions = Decisions::new(bytes);
        let mut host = Host::new();
        while !decisions.is_empty() {
            match decisions.u8() % 6 {
                0..=2 => {
                    let frame = packet(&mut decisions);
                    match host
                        .ipv4
                        .input(&mut host.ip, host.now, &frame, host.info, &mut host.link)
                    {
                        None => {}
                        Some(Input::Conflict(lost, _, Conflict::Lost)) => {
                            assert_ne!(lost, LOCAL, "configured addresses are kept");
                            host.ipv4.remove_address(&mut host.ip, lost);
                        }
                        Some(Input::Conflict(_, _, Conflict::Defended | Conflict::Repeated)) => {}
                        Some(other) => panic!("{}", describe(&other)),
                    }
                    // An answer, and the packets that waited for the neighbour.
                    assert!(host.link.frames.len() <= 4);
                }
                3 => {
                    let host_number = decisions.u8().wrapping_sub(6);
                    let remote = Ipv4Addr::new(10, 0, 0, host_number);
                    let _ = host.send(LOCAL, remote, b"data");
                }
                4 => {
                    let milliseconds = decisions.u16().into();
                    host.wait(Duration::from_millis(milliseconds));
                }
                _ => {
                    let claiming = (Claiming::Tentative, Defence::Once);
                    let address = Ipv4Addr::new(10, 0, 0, 128 | decisions.u8());
                    let (now, ip) = (host.now, &mut host.ip);
                    let added = host.ipv4.add_address(ip, now, (address, 24), claiming);
                    added.unwrap();
                }
            }
            for frame in host.sent() {
                let is_arp = frame[12..14] == [8, 6];
                let to_all = frame[..6] == [0xff; 6];
                let to_group = frame[0] & 1 == 1;
                let packet_to_all = frame[30..34] == [255; 4] || frame[33] == 255;
                assert!(
                    !to_group || to_all && (is_arp || packet_to_all),
                    "{frame:?}"
                );
            }
        }
        host.wait(Duration::from_secs(100));
        assert_eq!(host.ipv4.next_deadline(), None, "everything has an end");
        host.link.frames.clear();
        let answered = host.input(&arp(Operation::Request, PEER_MAC, PEER, LOCAL));
        assert_eq!((answered, host.sent().len()), (None, 1));
    });
}
