//! Hosts and routers whose every ICMP message is an input of the fuzzer.

use super::*;

const REMOTES: [Ipv4Addr; 3] = [PEER, GATEWAY, FAR];

/// The packet that an error is about: one that this host may have sent, changed in one byte, and cut.
fn original(decisions: &mut Decisions<'_>) -> Vec<u8> {
    let remote = REMOTES[usize::from(decisions.u8() % 3)];
    let protocol = [17, 6, 1, decisions.u8()][usize::from(decisions.u8() % 4)];
    let mut transport = Vec::from(7_u16.to_be_bytes());
    transport.extend(1000_u16.to_be_bytes());
    let length = usize::from(decisions.u8());
    transport.extend(decisions.take(length));
    let options = std::vec![1; usize::from(decisions.u8() % 11) * 4];
    let mut packet = ipv4_with(LOCAL, remote, protocol, &transport, &options, |_| {});
    if let Some(byte) = packet.get_mut(usize::from(decisions.u8())) {
        *byte = decisions.u8();
    }
    packet.truncate(usize::from(decisions.u8()));
    packet
}

fn message(decisions: &mut Decisions<'_>) -> Vec<u8> {
    let kind = match decisions.u8() {
        kind @ 0..128 => [3, 3, 8, 11, 12, 5, 4, 0][usize::from(kind % 8)],
        kind => kind,
    };
    let code = decisions.u8() % 17;
    let mut rest = Vec::from(decisions.bytes::<4>());
    rest.extend(original(decisions));
    icmp(
        REMOTES[usize::from(decisions.u8() % 3)],
        LOCAL,
        kind,
        code,
        &rest,
    )
}

fn seeds() -> Vec<Vec<u8>> {
    let about = |kind, code| {
        let mtu = [0, 0, 2, 88];
        let udp = [2, 0, 0, 4, 0, 12, 0, 0, 0, 99, 200];
        [&[1, kind, code][..], &mtu, &udp, &[1]].concat()
    };
    std::vec![
        about(0, 3),
        about(1, 4),
        about(3, 0),
        about(2, 0),
        [about(0, 1), std::vec![0, 3, 0xe8, 3]].concat(),
    ]
}

#[test]
fn fuzz_icmp() {
    fuzz("icmp", &seeds(), |bytes| {
        let mut decisions = Decisions::new(bytes);
        let mut host = Host::new();
        let mut datagrams = Datagrams::new(Random::from_seed([2; 32]));
        let port = datagrams.bind(7, Default::default()).unwrap();
        while !decisions.is_empty() {
            match decisions.u8() % 4 {
                0 => {
                    let remote = REMOTES[usize::from(decisions.u8() % 3)];
                    let _ = host.send(LOCAL, remote, b"data");
                    host.link.frames.clear();
                }
                1 | 2 => {
                    let frame = frame(&message(&mut decisions));
                    pass(&mut host, &mut datagrams, &frame, false);
                    // At most an echo reply, which is as long. Errors are never answered.
                    let mut sent = host.sent();
                    sent.retain(|frame| frame[12..14] == [8, 0]);
                    assert!(sent.len() <= 1);
                    for reply in sent {
                        assert_eq!((reply.len(), frame[34]), (frame.len(), 8));
                    }
                }
                _ => {
                    let milliseconds = decisions.u16().into();
                    host.wait(Duration::from_millis(milliseconds));
                    host.link.frames.clear();
                }
            }
        }
        while datagrams.take_error(port).is_some() {}
        host.wait(Duration::from_secs(100));
        assert_eq!(host.ipv4.next_deadline(), None, "everything has an end");
        assert_eq!(host.send(LOCAL, PEER, b"data"), Ok(()));
    });
}
