//! Received fragments.

use super::*;
use crate::net::ip::reassembly::{MAX_MEMORY, MAX_SOURCE_MEMORY};
use proptest::prelude::*;

/// A fragment of a packet from `source`, in a frame.
fn piece(source: Ipv6Addr, id: u32, protocol: u8, at: usize, more: bool, data: &[u8]) -> Vec<u8> {
    piece_with(source, id, protocol, at, more, data, |_| ())
}

/// The same, whose header, or what is before it, `change` changes.
fn piece_with(
    source: Ipv6Addr,
    id: u32,
    protocol: u8,
    at: usize,
    more: bool,
    data: &[u8],
    change: impl FnOnce(&mut Vec<u8>),
) -> Vec<u8> {
    let mut payload = std::vec![protocol, 0];
    payload.extend((at as u16 | u16::from(more)).to_be_bytes());
    payload.extend(id.to_be_bytes());
    payload.extend(data);
    let mut packet = ipv6(source, LOCAL, 44, 64, &payload);
    change(&mut packet);
    frame(&packet)
}

/// Receives a frame, and the packet that it completes.
pub(super) fn receive(host: &mut Host, frame: &[u8]) -> Option<String> {
    assert_eq!(host.input(frame), None);
    let packet = host.ip.take_reassembled()?;
    let (ip, link, now) = (&mut host.ip, &mut host.link, host.now);
    let input = host
        .families
        .layers()
        .input_reassembled(ip, now, &packet, link);
    Some(input.map_or_else(String::new, |input| describe(&input)))
}

/// Returns whether a fragment completes a packet.
fn completes(host: &mut Host, frame: &[u8]) -> bool {
    receive(host, frame).is_some()
}

pub(super) fn echo_request(size: usize) -> Vec<u8> {
    let rest: Vec<_> = (0..4 + size).map(|index| (index / 3) as u8).collect();
    icmp(PEER, LOCAL, 128, 0, &rest)[40..].to_vec()
}

/// The fragments of a packet from a neighbour, with `size` bytes each.
pub(super) fn cut(protocol: u8, payload: &[u8], size: usize) -> Vec<Vec<u8>> {
    let pieces = payload.chunks(size).enumerate().map(|(index, data)| {
        let at = index * size;
        let more = at + data.len() < payload.len();
        piece(PEER, 9, protocol, at, more, data)
    });
    pieces.collect()
}

/// The ICMPv6 errors that were sent: type, code, pointer, and what they are about.
fn errors(host: &mut Host) -> Vec<(u8, u8, u32, Vec<u8>)> {
    let sent = host.sent();
    let sent = sent.iter().map(|frame| read(frame));
    let errors = sent.filter(|sent| sent.protocol == 58 && sent.payload[0] < 128);
    let errors = errors.map(|error| {
        let pointer = error.payload[4..].first_chunk().copied().unwrap();
        let about = error.payload[8..].to_vec();
        (
            error.payload[0],
            error.payload[1],
            u32::from_be_bytes(pointer),
            about,
        )
    });
    errors.collect()
}

#[test]
fn a_datagram_in_fragments_is_received() {
    let mut host = Host::new();
    let datagram = datagram(PEER, LOCAL, b"a datagram in three fragments");
    let all = cut(17, &datagram, 16);
    assert_eq!(receive(&mut host, &all[0]), None);
    assert_eq!(receive(&mut host, &all[2]), None);
    assert_eq!(
        receive(&mut host, &all[1]).as_deref(),
        Some("udp fd00::9 -> fd00::2 a datagram in three fragments")
    );
    assert_eq!(host.ip.drops().total(), 0);
    let segment = &syn(PEER, LOCAL)[40..];
    let segment = [segment, b"some data"].concat();
    let segment = with_checksum(PEER, LOCAL, 6, &segment, 16);
    let all = cut(6, &segment, 24);
    assert_eq!(receive(&mut host, &all[1]), None);
    let received = receive(&mut host, &all[0]);
    assert_eq!(received.as_deref(), Some("tcp fd00::9 -> fd00::2"));
}

#[test]
fn a_datagram_to_a_group_is_received() {
    let mut host = Host::new();
    let group = Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 0, 0xfb);
    let sockets = host.families.sockets();
    sockets.join_group(host.now, group, 1).unwrap();
    let datagram = datagram(PEER, group, b"to everybody");
    let to_group = |mut fragment: Vec<u8>| {
        fragment[..6].copy_from_slice(&group_mac(group));
        fragment[38..54].copy_from_slice(&group.octets());
        fragment
    };
    let [first, last] = <[_; 2]>::try_from(cut(17, &datagram, 16))
        .unwrap()
        .map(to_group);
    assert_eq!(receive(&mut host, &first), None);
    let received = receive(&mut host, &last);
    assert_eq!(
        received,
        Some(format!("udp {PEER} -> {group} to everybody"))
    );
}

/// RFC 6946: it is none of the fragments that wait.
#[test]
fn a_packet_that_is_whole_is_processed_at_once() {
    let mut host = Host::new();
    let datagram = datagram(PEER, LOCAL, b"whole");
    let [first, last] = <[_; 2]>::try_from(cut(17, &datagram, 8)).unwrap();
    assert_eq!(receive(&mut host, &first), None);
    let whole = piece(PEER, 9, 17, 0, false, &datagram);
    let expected = "udp fd00::9 -> fd00::2 whole";
    assert_eq!(host.input(&whole).as_deref(), Some(expected));
    assert_eq!(receive(&mut host, &last).as_deref(), Some(expected));
}

#[test]
fn headers_before_and_after_that_of_the_fragment_are_skipped() {
    let mut host = Host::new();
    let mut payload = std::vec![17, 0, 1, 4, 0, 0, 0, 0];
    payload.extend(datagram(PEER, LOCAL, b"a datagram behind options"));
    for first in [true, false] {
        // Those before are of the first fragment, whatever the others have.
        let with_options = |packet: &mut Vec<u8>| {
            packet.splice(40..40, [44, 0, 1, 4, 0, 0, 0, 0]);
            packet[6] = 60;
            packet[5] += 8;
        };
        let (start, rest) = payload.split_at(24);
        let mut fragments = [
            piece(PEER, 5, 60, 0, true, start),
            piece(PEER, 5, 60, 24, false, rest),
        ];
        fragments[0] = piece_with(PEER, 5, 60, 0, true, start, with_options);
        let order = if first { [0, 1] } else { [1, 0] };
        assert_eq!(receive(&mut host, &fragments[order[0]]), None);
        let received = receive(&mut host, &fragments[order[1]]);
        let expected = "udp fd00::9 -> fd00::2 a datagram behind options";
        assert_eq!(received.as_deref(), Some(expected));
    }
}

#[test]
fn overlaps_discard_the_packet_and_duplicates_do_not() {
    let all = cut(58, &echo_request(100), 56);
    let mut host = Host::new();
    assert!(!completes(&mut host, &all[0]));
    assert!(!completes(&mut host, &all[0]));
    assert!(completes(&mut host, &all[1]));
    // Teardrop, the same place with other data, in the middle, and a second end.
    for (at, more, data) in [(24, false, 4), (0, true, 56), (8, true, 8), (112, true, 8)] {
        let mut host = Host::new();
        receive(&mut host, &all[0]);
        if at == 112 {
            receive(&mut host, &piece(PEER, 9, 58, 80, false, &[1; 8]));
        }
        let other = piece(PEER, 9, 58, at, more, &std::vec![0xee; data]);
        host.refuses(&other, DropReason::FragmentOverlap);
        host.refuses(&all[1], DropReason::FragmentOverlap);
        // Nobody is told (RFC 5722).
        assert!(host.wait(Duration::from_secs(31)).is_empty());
        assert!(errors(&mut host).is_empty());
        assert_eq!(host.ip.reassembler.usage(), (0, 0));
    }
}

#[test]
fn an_overlap_discards_the_packet_in_every_order() {
    let mut all = cut(58, &echo_request(150), 48);
    all.push(piece(PEER, 9, 58, 40, true, &[0xee; 16]));
    // If it comes last, the packet was complete before.
    for first in 1..all.len() {
        let mut host = Host::new();
        for index in 0..all.len() {
            host.input(&all[(first + index) % all.len()]);
            assert!(host.ip.take_reassembled().is_none());
        }
        assert!(host.ip.drops().get(DropReason::FragmentOverlap) > 0);
    }
}

/// RFC 7112: a first fragment that is too short for a port or a flag, or for the headers before.
#[test]
fn the_first_fragment_has_all_headers() {
    let segment = syn(PEER, LOCAL)[40..].to_vec();
    let options = [&[17, 1, 0x1e, 12][..], &[0; 12]].concat();
    let no_header = [&[59, 0, 1, 4][..], &[0; 4]].concat();
    // Whether it is refused, and how often that is told: not if it may be an error itself.
    for (protocol, data, (is_refused, reports)) in [
        (6, &segment[..16], (true, 1)),
        (6, &segment[..8], (true, 1)),
        (60, &options[..8], (true, 0)),
        (60, &options[..16], (true, 1)),
        (60, &no_header[..], (false, 0)),
        (58, &[128, 0, 0, 0, 0, 0, 0, 0], (false, 0)),
        (17, &[0; 8], (false, 0)),
        (132, &[0; 8], (false, 0)),
    ] {
        let mut host = Host::new();
        let first = piece(PEER, 1, protocol, 0, true, data);
        match is_refused {
            true => {
                host.refuses(&first, DropReason::FragmentMalformed);
                let report = (4, 3, 0, first[14..].to_vec());
                assert_eq!(errors(&mut host), std::vec![report; reports]);
                assert_eq!(host.ip.reassembler.usage(), (0, 0));
            }
            false => {
                assert_eq!(receive(&mut host, &first), None);
                assert_eq!(host.ip.reassembler.usage().0, 1);
            }
        }
    }
}

#[test]
fn impossible_fragments_are_refused() {
    let mut host = Host::new();
    // A length that is no multiple of 8, and a packet that would be too long: the ping of death.
    for (protocol, at, more, length, pointer) in [
        (58, 0, true, 9, 4),
        (17, 8, true, 9, 4),
        (17, 65_528, false, 8, 42),
    ] {
        let data = std::vec![128; length];
        let fragment = piece(PEER, 1, protocol, at, more, &data);
        host.refuses(&fragment, DropReason::FragmentMalformed);
        assert_eq!(
            errors(&mut host),
            [(4, 0, pointer, fragment[14..].to_vec())]
        );
    }
    // An error of ICMP is never answered by another one, and these may be parts of one.
    for (protocol, at, more, length) in [(58, 8, true, 9), (60, 8, true, 9), (17, 8, true, 0)] {
        let data = std::vec![0; length];
        let fragment = piece(PEER, 1, protocol, at, more, &data);
        host.refuses(&fragment, DropReason::FragmentMalformed);
        assert!(errors(&mut host).is_empty());
    }
    assert_eq!(host.ip.reassembler.usage(), (0, 0));
    // Options of the first fragment, with which the packet is too long.
    host.input(&piece(PEER, 2, 17, 8, false, &std::vec![0; 65_527]));
    let with_options = |packet: &mut Vec<u8>| {
        packet.splice(40..40, [44, 0, 1, 4, 0, 0, 0, 0]);
        packet[6] = 60;
        packet[5] += 8;
    };
    let first = piece_with(PEER, 2, 17, 0, true, &[0; 8], with_options);
    host.refuses(&first, DropReason::FragmentMalformed);
    assert_eq!(host.ip.reassembler.usage(), (0, 0));
}

#[test]
fn fragments_in_fragments_are_dropped() {
    let mut host = Host::new();
    let inner = [17, 0, 0, 1, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 0];
    let first = piece(PEER, 1, 44, 0, true, &inner);
    host.refuses(&first, DropReason::Ipv6Extension);
    // Behind options that only the packet has whole.
    let options = [&[44, 0, 1, 4, 0, 0, 0, 0][..], &inner].concat();
    receive(&mut host, &piece(PEER, 2, 60, 24, false, &[0; 8]));
    host.refuses(
        &piece(PEER, 2, 60, 0, true, &options),
        DropReason::Ipv6Extension,
    );
}

/// RFC 6980.
#[test]
fn neighbour_discovery_uses_no_fragments() {
    let mut host = Host::new();
    let stranger = Ipv6Addr::new(0xfd00, 0, 0, 0, 0, 0, 0, 0x99);
    let mut asks = Ndp::solicitation(stranger, LOCAL);
    asks.destination = LOCAL;
    let of_link = |packet: &mut Vec<u8>| packet[7] = 255;
    let message = asks.message();
    let (start, rest) = message.split_at(24);
    let first = piece_with(stranger, 1, 58, 0, true, start, of_link);
    let last = piece_with(stranger, 1, 58, 24, false, rest, of_link);
    assert_eq!(receive(&mut host, &first), None);
    assert_eq!(receive(&mut host, &last).as_deref(), Some(""));
    assert_eq!(host.ip.drops().get(DropReason::NdpMalformed), 1);
    assert!(host.sent().is_empty());
    // The same message in one packet is answered.
    assert_eq!(host.answers(&asks.frame()).len(), 1);
}

#[test]
fn fragments_that_are_not_for_this_host_take_no_memory() {
    let mut host = Host::new();
    let mut other = piece(PEER, 1, 17, 0, true, &[7; 16]);
    other[38..54].copy_from_slice(&FAR.octets());
    host.refuses(&other, DropReason::Destination);
    for source in [Ipv6Addr::LOCALHOST, Ipv6Addr::UNSPECIFIED, ALL_NODES] {
        let martian = piece(source, 1, 17, 0, true, &[7; 16]);
        host.refuses(&martian, DropReason::SourceMartian);
    }
    let own = piece(LOCAL, 1, 17, 0, true, &[7; 16]);
    host.refuses(&own, DropReason::SourceLocal);
    assert_eq!(host.ip.reassembler.usage(), (0, 0));
}

#[test]
fn a_missing_fragment_is_reported_if_the_first_was_received() {
    let all = cut(58, &echo_request(100), 56);
    for (received, reports) in [(0, 1), (1, 0)] {
        let mut host = Host::new();
        receive(&mut host, &all[received]);
        host.wait(Duration::from_secs(29));
        assert!(errors(&mut host).is_empty());
        host.wait(Duration::from_secs(2));
        // ICMPv6 time exceeded, fragment reassembly time exceeded, and the first fragment.
        let report = (3, 1, 0, all[0][14..].to_vec());
        assert_eq!(errors(&mut host), std::vec![report; reports]);
        assert_eq!(host.ip.drops().get(DropReason::ReassemblyTimeout), 1);
        assert_eq!(host.ip.reassembler.next_deadline(), None);
    }
}

#[test]
fn reports_of_missing_fragments_are_limited() {
    let mut host = Host::new();
    for id in 0..50 {
        receive(&mut host, &piece(PEER, id, 17, 0, true, &[7; 8]));
    }
    host.wait(Duration::from_secs(31));
    assert_eq!(host.ip.drops().get(DropReason::ReassemblyTimeout), 50);
    assert!((17..=20).contains(&errors(&mut host).len()));
}

#[test]
fn a_mark_of_congestion_is_kept() {
    let datagram = datagram(PEER, LOCAL, b"sixteen bytes...");
    // Not-ECT, ECT(1), ECT(0), CE.
    for (ecn, outcome) in [
        ([2, 2], Some(2)),
        ([2, 3], Some(3)),
        ([0, 0], Some(0)),
        ([0, 3], None),
    ] {
        let mut host = Host::new();
        for (index, mut each) in cut(17, &datagram, 16).into_iter().enumerate() {
            each[15] = ecn[index] << 4;
            host.input(&each);
        }
        let packet = host.ip.take_reassembled();
        assert_eq!(packet.map(|packet| packet[1] >> 4), outcome);
    }
}

#[test]
fn floods_of_first_fragments_have_bounds_and_a_real_host_is_answered() {
    let all = cut(58, &echo_request(3000), 1448);
    for size in [8, 1448] {
        let mut host = Host::new();
        for number in 0..5000_u32 {
            let source = match number % 2 {
                0 => FAR,
                _ => Ipv6Addr::from_bits(FAR.to_bits() + 1 + u128::from(number % 200)),
            };
            let first = piece(source, number, 17, 0, true, &std::vec![7; size]);
            receive(&mut host, &first);
            let (packets, memory) = host.ip.reassembler.usage();
            assert!(packets <= 640 && memory <= MAX_MEMORY);
            if number % 500 == 499 {
                assert!(!completes(&mut host, &all[2]) && !completes(&mut host, &all[0]));
                assert!(completes(&mut host, &all[1]));
            }
        }
        assert!(host.ip.drops().get(DropReason::ReassemblyEvicted) > 4000);
    }
}

#[test]
fn long_headers_count_for_memory() {
    let mut host = Host::new();
    for id in 0..1000 {
        let with_options = |packet: &mut Vec<u8>| {
            // Two options of 200 bytes that are ignored, before the fragment header.
            let option = [&[0x1e, 200][..], &[0; 200]].concat();
            let options = [&[44, 50][..], &option, &option, &[1, 0]].concat();
            packet.splice(40..40, options.repeat(3));
            for header in 0..2 {
                packet[40 + 408 * header] = 60;
            }
            packet[6] = 60;
            packet[4..6].copy_from_slice(&(16_u16 + 3 * 408).to_be_bytes());
        };
        let first = piece_with(PEER, id, 17, 0, true, &[7; 8], with_options);
        assert_eq!(receive(&mut host, &first), None);
    }
    let (packets, _) = host.ip.reassembler.usage();
    assert!(
        packets * (40 + 3 * 408 + 16) <= MAX_SOURCE_MEMORY,
        "{packets}"
    );
}

#[test]
fn a_flood_from_one_source_evicts_only_its_own_packets() {
    let all = cut(58, &echo_request(3000), 1448);
    let mut host = Host::new();
    receive(&mut host, &all[0]);
    receive(&mut host, &all[2]);
    let before = host.ip.reassembler.usage().1;
    for number in 0..5000 {
        receive(&mut host, &piece(FAR, number, 17, 0, true, &[7; 8]));
    }
    let (_, memory) = host.ip.reassembler.usage();
    assert!(memory - before <= MAX_SOURCE_MEMORY);
    assert!(completes(&mut host, &all[1]));
}

#[test]
fn a_packet_with_too_many_fragments_is_discarded() {
    let mut host = Host::new();
    let all = cut(17, &std::vec![7; 8000], 8);
    let mut reasons = all.iter().map(|each| {
        let before = host.ip.drops().get(DropReason::ReassemblyEvicted);
        host.input(each);
        host.ip.drops().get(DropReason::ReassemblyEvicted) - before
    });
    let kept = reasons.by_ref().take_while(|&dropped| dropped == 0).count();
    assert_eq!(kept, 160);
    // Those that come later, too.
    assert!(reasons.all(|dropped| dropped == 1));
    assert_eq!(host.ip.reassembler.usage().0, 1);
}

proptest! {
    #[test]
    fn any_split_in_any_order_is_reassembled(
        size in 1..8000_usize,
        sizes in prop::collection::vec(1..100_usize, 1..20),
        order in any::<u64>(),
    ) {
        let request = echo_request(size);
        let (mut all, mut at) = (Vec::new(), 0);
        for length in sizes.iter().cycle() {
            // The source has a limit of fragments.
            let end = request.len().min(at + (length * 8).max(size / 100 * 8));
            let more = end < request.len();
            all.push(piece(PEER, 3, 58, at, more, &request[at..end]));
            at = end;
            if !more { break; }
        }
        let mut key = order | 1;
        all.sort_by_cached_key(|_| { key = key.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ key >> 29; key });
        let mut host = Host::new();
        if all.len() == 1 { return Ok(()); }
        let (last, rest) = all.split_last().unwrap();
        for each in rest {
            prop_assert!(!completes(&mut host, each));
        }
        prop_assert!(completes(&mut host, last));
        prop_assert_eq!(host.ip.drops().total(), 0);
        prop_assert_eq!(host.ip.reassembler.usage(), (0, 0));
    }
}
