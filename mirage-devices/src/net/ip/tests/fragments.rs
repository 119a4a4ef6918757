//! Received fragments.

use super::*;
use proptest::prelude::*;
use std::ops::Range;

/// The fragment with `range` of the payload of a packet, from `source`.
fn fragment(
    source: Ipv4Addr,
    id: u16,
    protocol: u8,
    payload: &[u8],
    range: Range<usize>,
) -> Vec<u8> {
    let more = range.end < payload.len();
    piece(source, id, protocol, range.start, more, &payload[range])
}

fn piece(source: Ipv4Addr, id: u16, protocol: u8, at: usize, more: bool, data: &[u8]) -> Vec<u8> {
    let field = (at / 8) as u16 | if more { 0x2000 } else { 0 };
    frame(&ipv4_with(source, LOCAL, protocol, data, &[], |header| {
        header[4..6].copy_from_slice(&id.to_be_bytes());
        header[6..8].copy_from_slice(&field.to_be_bytes());
    }))
}

/// Receives a frame, and the packet that it completes.
pub(super) fn receive(host: &mut Host, frame: &[u8]) -> Option<String> {
    assert_eq!(host.input(frame), None);
    let packet = host.ip.take_reassembled()?;
    let info = ReceiveInfo::default();
    let (now, link) = (host.now, &mut host.link);
    let input = host
        .ipv4
        .input_packet(&mut host.ip, now, &packet, false, info, link);
    Some(input.map_or_else(String::new, |input| describe(&input)))
}

/// Returns whether a fragment completes a packet.
fn completes(host: &mut Host, frame: &[u8]) -> bool {
    receive(host, frame).is_some()
}

pub(super) fn echo_request(size: usize) -> Vec<u8> {
    let rest: Vec<_> = (0..4 + size).map(|index| (index / 3) as u8).collect();
    icmp(PEER, LOCAL, 8, 0, &rest)[20..].to_vec()
}

/// The fragments of a packet of ICMP from a neighbour, with `size` bytes each.
pub(super) fn cut(payload: &[u8], size: usize) -> Vec<Vec<u8>> {
    cut_protocol(1, payload, size)
}

fn cut_protocol(protocol: u8, payload: &[u8], size: usize) -> Vec<Vec<u8>> {
    let starts = (0..payload.len()).step_by(size);
    starts
        .map(|at| fragment(PEER, 9, protocol, payload, at..payload.len().min(at + size)))
        .collect()
}

#[test]
fn a_datagram_that_a_router_has_cut_is_received() {
    let mut host = Host::new();
    let datagram = udp(PEER, LOCAL, b"a datagram in three fragments")[20..].to_vec();
    let all = cut_protocol(17, &datagram, 16);
    assert_eq!(receive(&mut host, &all[0]), None);
    assert_eq!(receive(&mut host, &all[2]), None);
    assert_eq!(
        receive(&mut host, &all[1]).as_deref(),
        Some("udp 10.0.0.9 -> 10.0.0.2 a datagram in three fragments")
    );
    assert_eq!(host.ip.reassembler.next_deadline(), None);
}

#[test]
fn overlaps_discard_the_packet_and_duplicates_do_not() {
    let request = echo_request(100);
    let all = cut(&request, 56);
    let mut host = Host::new();
    assert!(!completes(&mut host, &all[0]));
    assert!(!completes(&mut host, &all[0]));
    assert!(completes(&mut host, &all[1]));
    // Teardrop, the same place with other data, in the middle, and a second end.
    for (at, more, data) in [(24, false, 4), (0, true, 56), (8, true, 8), (112, true, 8)] {
        let mut host = Host::new();
        receive(&mut host, &all[0]);
        if at == 112 {
            receive(&mut host, &piece(PEER, 9, 1, 80, false, &[1; 8]));
        }
        let other = piece(PEER, 9, 1, at, more, &std::vec![0xee; data]);
        host.refuses(&other, DropReason::FragmentOverlap);
        host.refuses(&all[1], DropReason::FragmentOverlap);
        assert!(host.wait(Duration::from_secs(31)).is_empty());
        assert!(host.sent().iter().all(|frame| frame[12..14] == [8, 6]));
        assert_eq!(host.ip.reassembler.usage(), (0, 0));
    }
}

#[test]
fn an_overlap_discards_the_packet_in_every_order() {
    let request = echo_request(150);
    let mut all = cut(&request, 48);
    all.push(piece(PEER, 9, 1, 40, true, &[0xee; 16]));
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

/// RFC 1858: a first fragment that is too short for a port or a flag, and one that replaces it.
#[test]
fn tiny_fragments_hide_no_header() {
    let segment = syn(PEER, LOCAL)[20..].to_vec();
    let all = cut_protocol(6, &segment, 8);
    assert_eq!(all.len(), 3);
    let mut host = Host::new();
    assert_eq!(receive(&mut host, &all[0]), None);
    assert_eq!(receive(&mut host, &all[1]), None);
    let received = receive(&mut host, &all[2]);
    assert_eq!(received.as_deref(), Some("tcp 10.0.0.9 -> 10.0.0.2"));
    // The flags of the segment are in the second fragment. Another one follows that has others.
    let mut host = Host::new();
    receive(&mut host, &all[0]);
    receive(&mut host, &all[1]);
    let mut flags = segment[8..16].to_vec();
    flags[5] = 0x10;
    host.refuses(
        &piece(PEER, 9, 6, 8, true, &flags),
        DropReason::FragmentOverlap,
    );
    host.refuses(&all[2], DropReason::FragmentOverlap);
}

#[test]
fn impossible_fragments_are_dropped() {
    let mut host = Host::new();
    // The ping of death, a length that is no multiple of 8, and none.
    for (at, more, length) in [(65_528, false, 100), (0, true, 9), (8, true, 0)] {
        let data = std::vec![0; length];
        let fragment = piece(PEER, 1, 1, at, more, &data);
        host.refuses(&fragment, DropReason::FragmentMalformed);
    }
    assert_eq!(host.ip.reassembler.usage(), (0, 0));
    // Options of the first fragment, with which the packet is too long.
    let last = fragment(PEER, 2, 1, &std::vec![0; 65_515], 1480..65_515);
    host.input(&last);
    let first = ipv4_with(PEER, LOCAL, 1, &[0; 1480], &[1; 4], |header| {
        header[4..8].copy_from_slice(&[0, 2, 0x20, 0]);
    });
    host.refuses(&frame(&first), DropReason::FragmentMalformed);
    assert_eq!(host.ip.reassembler.usage(), (0, 0));
}

#[test]
fn fragments_that_are_not_for_this_host_take_no_memory() {
    let mut host = Host::new();
    let to = |destination| {
        frame(&ipv4_with(PEER, destination, 17, &[7; 16], &[], |header| {
            header[6] = 0x20;
        }))
    };
    host.refuses(&to(FAR), DropReason::Destination);
    let martian = piece(Ipv4Addr::LOCALHOST, 1, 17, 0, true, &[7; 16]);
    host.refuses(&martian, DropReason::SourceMartian);
    assert_eq!(host.ip.reassembler.usage(), (0, 0));
}

#[test]
fn a_missing_fragment_is_reported_if_the_first_was_received() {
    let all = cut(&echo_request(100), 56);
    for (received, reports) in [(0, 1), (1, 0)] {
        let mut host = Host::new();
        receive(&mut host, &all[received]);
        host.wait(Duration::from_secs(29));
        assert!(host.sent().iter().all(|frame| frame[23] != 1));
        host.wait(Duration::from_secs(2));
        let sent = host.sent();
        let sent: Vec<_> = sent.iter().filter(|frame| frame[23] == 1).collect();
        assert_eq!(sent.len(), reports);
        // ICMP time exceeded, fragment reassembly time exceeded, and the first fragment.
        assert!(
            sent.iter()
                .all(|frame| frame[34..36] == [11, 1] && frame[42..] == all[0][14..])
        );
        assert_eq!(host.ip.drops().get(DropReason::ReassemblyTimeout), 1);
        assert_eq!(host.ip.reassembler.next_deadline(), None);
    }
}

#[test]
fn a_mark_of_congestion_is_kept() {
    let datagram = udp(PEER, LOCAL, b"sixteen bytes...")[20..].to_vec();
    // Not-ECT, ECT(1), ECT(0), CE.
    for (ecn, outcome) in [
        ([2, 2], Some(2)),
        ([2, 3], Some(3)),
        ([0, 0], Some(0)),
        ([0, 3], None),
    ] {
        let mut host = Host::new();
        for (index, mut each) in cut_protocol(17, &datagram, 16).into_iter().enumerate() {
            each[15] = ecn[index];
            each[24..26].fill(0);
            let checksum = sum(&each[14..34]);
            each[24..26].copy_from_slice(&checksum.to_be_bytes());
            host.input(&each);
        }
        let packet = host.ip.take_reassembled();
        assert_eq!(packet.map(|packet| packet[1]), outcome);
    }
}

#[test]
fn floods_of_first_fragments_have_bounds_and_a_real_host_is_answered() {
    let all = cut(&echo_request(3000), 1480);
    for size in [8, 1480] {
        let mut host = Host::new();
        for number in 0..5000_u32 {
            let source = match number % 2 {
                0 => FAR,
                _ => Ipv4Addr::from(0xcb00_7100 + number % 200),
            };
            let first = piece(source, number as u16, 17, 0, true, &std::vec![7; size]);
            receive(&mut host, &first);
            let (packets, memory) = host.ip.reassembler.usage();
            assert!(packets <= 640 && memory <= reassembly::MAX_MEMORY);
            if number % 500 == 499 {
                assert!(!completes(&mut host, &all[2]) && !completes(&mut host, &all[0]));
                assert!(completes(&mut host, &all[1]));
            }
        }
        assert!(host.ip.drops().get(DropReason::ReassemblyEvicted) > 4000);
    }
}

#[test]
fn a_flood_from_one_source_evicts_only_its_own_packets() {
    let all = cut(&echo_request(3000), 1480);
    let mut host = Host::new();
    receive(&mut host, &all[0]);
    receive(&mut host, &all[2]);
    let before = host.ip.reassembler.usage().1;
    for number in 0..5000_u16 {
        receive(&mut host, &piece(FAR, number, 17, 0, true, &[7; 8]));
    }
    let (_, memory) = host.ip.reassembler.usage();
    assert!(memory - before <= reassembly::MAX_SOURCE_MEMORY);
    assert!(completes(&mut host, &all[1]));
}

#[test]
fn a_packet_with_too_many_fragments_is_discarded() {
    let mut host = Host::new();
    let payload = std::vec![7; 8000];
    let all = cut_protocol(17, &payload, 8);
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
    // Another packet of the same source is received.
    assert!(completes_all(&mut host, &cut(&echo_request(100), 56)));
}

fn completes_all(host: &mut Host, all: &[Vec<u8>]) -> bool {
    all.iter().fold(false, |_, each| completes(host, each))
}

proptest! {
    #[test]
    fn any_split_in_any_order_is_reassembled(
        size in 1..8000_usize,
        sizes in prop::collection::vec(8..100_usize, 1..20),
        order in any::<u64>(),
    ) {
        let request = echo_request(size);
        let (mut all, mut at) = (Vec::new(), 0);
        for length in sizes.iter().cycle() {
            let end = request.len().min(at + length * 8);
            all.push(fragment(PEER, 3, 1, &request, at..end));
            at = end;
            if at == request.len() { break; }
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
    }
}
