//! Any frames.

use super::*;
use proptest::prelude::*;

/// Valid frames, which are changed.
pub(super) fn seeds() -> Vec<Vec<u8>> {
    let mut about = std::vec![0; 4];
    about.extend(&udp(LOCAL, FAR, b"1"));
    std::vec![
        frame(&udp(PEER, LOCAL, b"hello")),
        frame(&syn(FAR, LOCAL)),
        frame(&icmp(PEER, LOCAL, 8, 0, &[0; 12])),
        frame(&icmp(GATEWAY, LOCAL, 3, 3, &about)),
        frame(&ipv4_with(PEER, LOCAL, 17, &[0; 40], &[1; 40], |_| {})),
        arp(Operation::Request, PEER_MAC, PEER, LOCAL),
        arp(Operation::Reply, PEER_MAC, PEER, LOCAL),
        ethernet(MAC, 0x8100, &[0, 0, 8, 0, 0x45]),
    ]
}

/// Corrects the checksums of an IPv4 header and an ICMP message, so that what is behind is reached.
pub(super) fn correct(frame: &mut [u8]) {
    let header_len = frame.get(14).map_or(0, |first| usize::from(first & 15) * 4);
    if header_len < 20 || frame.len() < 14 + header_len {
        return;
    }
    let (header, rest) = frame[14..].split_at_mut(header_len);
    header[10..12].fill(0);
    let checksum = sum(header);
    header[10..12].copy_from_slice(&checksum.to_be_bytes());
    if header[9] == 1 && rest.len() >= 4 {
        rest[2..4].fill(0);
        let checksum = sum(rest);
        rest[2..4].copy_from_slice(&checksum.to_be_bytes());
    }
}

proptest! {
    #[test]
    fn frames_are_processed_or_counted(
        seed in 0..8_usize,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8),
        cut in any::<prop::sample::Index>(),
        keep in any::<bool>(),
        room in 0..2_usize,
        verified in any::<bool>(),
    ) {
        let mut frame = seeds().swap_remove(seed);
        for (index, value) in changes {
            let index = index.index(frame.len());
            frame[index] = value;
        }
        if !keep {
            frame.truncate(cut.index(frame.len() + 1));
        }
        correct(&mut frame);
        let mut host = Host::new();
        host.link = Recorder::with_room(room);
        if verified {
            host.info.checksum = ChecksumState::Verified;
        }
        let received = host.input(&frame);
        prop_assert!(received.is_none() || host.ip.drops().total() == 0);
        host.wait(Duration::from_secs(100));
        prop_assert_eq!(host.next_deadline(), None);
    }

    #[test]
    fn any_bytes_are_processed(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let mut host = Host::new();
        host.input(&bytes);
        host.input(&frame(&bytes));
        let _ = host.ipv4.input_looped(&mut host.ip, START, &bytes, &mut host.link);
    }

    #[test]
    fn any_datagram_sent_is_received(data in prop::collection::vec(any::<u8>(), 0..1472)) {
        let mut sender = Host::new();
        sender.send(LOCAL, PEER, &data).unwrap();
        let mut receiver = Host::without_address(Offloads::default());
        let random = Random::from_seed([6; 32]);
        receiver.ip = Ip::new(PEER_MAC, 1500, Offloads::default(), random.clone());
        receiver.ipv4 = Ipv4::new(PEER_MAC, random);
        receiver.add_address(PEER, 24);
        let sent = sender.sent().remove(0);
        let input = receiver.ipv4.input(&mut receiver.ip, START, &sent, ReceiveInfo::default(), &mut receiver.link);
        let is_whole = matches!(&input, Some(Input::Udp(packet, _)) if packet.payload[8..] == data);
        prop_assert!(is_whole, "{:?}", input);
    }
}
