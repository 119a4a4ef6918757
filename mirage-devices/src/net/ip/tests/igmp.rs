//! Reports of groups (RFC 9776, RFC 2236), with a scripted router.

use super::{
    groups::{GROUP, group_frame},
    *,
};

const ALL_SYSTEMS: Ipv4Addr = Ipv4Addr::new(224, 0, 0, 1);
const ALL_ROUTERS: Ipv4Addr = Ipv4Addr::new(224, 0, 0, 2);
const ROUTERS: Ipv4Addr = Ipv4Addr::new(224, 0, 0, 22);
const OTHER: Ipv4Addr = Ipv4Addr::new(239, 1, 2, 3);
const ANY: Ipv4Addr = Ipv4Addr::UNSPECIFIED;
const SECOND: Duration = Duration::from_secs(1);
const ROUTER_ALERT: [u8; 4] = [0x94, 4, 0, 0];

/// The types of the messages, and of records.
const REPORT_V1: u8 = 0x12;
const REPORT_V2: u8 = 0x16;
const LEAVE: u8 = 0x17;
const REPORT: u8 = 0x22;
const IS_EXCLUDE: u8 = 2;
const TO_INCLUDE: u8 = 3;
const TO_EXCLUDE: u8 = 4;

/// A message: the destination, the type, and the records, each with its group.
type Sent = (Ipv4Addr, u8, Vec<(u8, Ipv4Addr)>);

fn report(records: &[(u8, Ipv4Addr)]) -> Sent {
    (ROUTERS, REPORT, records.to_vec())
}

fn message(destination: Ipv4Addr, kind: u8, group: Ipv4Addr) -> Sent {
    (destination, kind, std::vec![(0, group)])
}

/// Takes the messages sent, from this source.
fn messages_from(host: &mut Host, source: Ipv4Addr) -> Vec<Sent> {
    let mut messages = Vec::new();
    for frame in host.sent() {
        let (packet, address) = (&frame[14..], |bytes: &[u8]| {
            Ipv4Addr::from_octets(*bytes.first_chunk().unwrap())
        });
        if frame[12..14] != [8, 0] || packet[9] != 2 {
            continue;
        }
        let destination = address(&packet[16..]);
        let [_, second, third, fourth] = destination.octets();
        assert_eq!(
            frame[..12],
            [[1, 0, 0x5e, second & 0x7f, third, fourth], MAC].concat()
        );
        // Internetwork control, one hop, and the router alert.
        assert_eq!((packet[0], packet[1], packet[8]), (0x46, 0xc0, 1));
        assert_eq!(packet[20..24], ROUTER_ALERT);
        assert_eq!((sum(&packet[..24]), sum(&packet[24..])), (0, 0));
        assert_eq!(
            usize::from(packet[3]) | usize::from(packet[2]) << 8,
            packet.len()
        );
        assert_eq!(address(&packet[12..]), source);
        let records = match packet[24] {
            REPORT => {
                assert_eq!(packet.len(), 32 + 8 * usize::from(packet[31]));
                let records = packet[32..].chunks(8);
                records
                    .map(|record| (record[0], address(&record[4..])))
                    .collect()
            }
            _ => {
                assert_eq!(packet.len(), 32);
                std::vec![(0, address(&packet[28..]))]
            }
        };
        messages.push((destination, packet[24], records));
    }
    messages
}

fn messages(host: &mut Host) -> Vec<Sent> {
    messages_from(host, LOCAL)
}

/// A host that is in a group, which it has reported.
fn member() -> Host {
    let mut host = Host::new();
    host.join(GROUP);
    host.wait(SECOND * 10);
    host.sent();
    host
}

/// An IGMP message in a packet with a router alert.
fn igmp(source: Ipv4Addr, destination: Ipv4Addr, mut message: Vec<u8>) -> Vec<u8> {
    let checksum = sum(&message);
    message[2..4].copy_from_slice(&checksum.to_be_bytes());
    ipv4_with(source, destination, 2, &message, &ROUTER_ALERT, |_| {})
}

fn query_message(code: u8, group: Ipv4Addr, length: usize) -> Vec<u8> {
    let mut message = std::vec![0x11, code, 0, 0];
    message.extend(group.octets());
    message.resize(length, 0);
    message
}

/// A query with this maximum response code, of version 3 if it has 12 bytes.
pub(super) fn query(code: u8, group: Ipv4Addr, length: usize) -> Vec<u8> {
    let destination = if group == ANY { ALL_SYSTEMS } else { group };
    group_frame(&igmp(PEER, destination, query_message(code, group, length)))
}

/// A frame, which is neither delivered nor dropped.
fn accepts(host: &mut Host, frame: &[u8]) {
    let before = host.ip.drops().total();
    assert_eq!(host.input(frame), None);
    assert_eq!(host.ip.drops().total(), before, "{:?}", host.ip.drops());
}

#[test]
fn joining_and_leaving_are_reported_twice_within_a_second() {
    let mut host = Host::new();
    host.join(GROUP);
    host.wait(Duration::ZERO);
    assert_eq!(messages(&mut host), [report(&[(TO_EXCLUDE, GROUP)])]);
    host.wait(SECOND);
    assert_eq!(messages(&mut host), [report(&[(TO_EXCLUDE, GROUP)])]);
    // Another member changes nothing.
    host.ipv4
        .join_group(&mut host.ip, host.now, GROUP, 2)
        .unwrap();
    host.ipv4
        .leave_group(&mut host.ip, host.now, GROUP, 1)
        .unwrap();
    host.wait(SECOND * 100);
    assert_eq!(messages(&mut host), []);
    host.ipv4
        .leave_group(&mut host.ip, host.now, GROUP, 2)
        .unwrap();
    host.wait(SECOND);
    let left = report(&[(TO_INCLUDE, GROUP)]);
    assert_eq!(messages(&mut host), [left.clone(), left]);
    host.wait(SECOND * 100);
    assert_eq!(messages(&mut host), []);
    assert_eq!(host.next_deadline(), None);
}

#[test]
fn changes_at_once_are_one_report_and_the_last_one_counts() {
    let mut host = Host::new();
    host.join(GROUP);
    host.join(OTHER);
    host.ipv4
        .leave_group(&mut host.ip, host.now, GROUP, 1)
        .unwrap();
    host.wait(Duration::ZERO);
    let records = [(TO_EXCLUDE, OTHER), (TO_INCLUDE, GROUP)];
    assert_eq!(messages(&mut host), [report(&records)]);
    // The second report of leaving is not sent any more.
    host.join(GROUP);
    host.wait(SECOND * 10);
    let reported: Vec<_> = messages(&mut host)
        .into_iter()
        .flat_map(|sent| sent.2)
        .collect();
    let of_group = reported.iter().filter(|record| record.1 == GROUP);
    assert!(
        of_group.eq(&[(TO_EXCLUDE, GROUP), (TO_EXCLUDE, GROUP)]),
        "{reported:?}"
    );
}

#[test]
fn the_group_of_all_hosts_is_never_reported() {
    let mut host = Host::new();
    host.join(ALL_SYSTEMS);
    accepts(&mut host, &query(1, ANY, 12));
    accepts(&mut host, &query(1, ANY, 8));
    host.wait(SECOND * 10);
    host.ipv4.leave_groups(&mut host.ip, host.now, 1);
    host.wait(SECOND * 10);
    assert_eq!(messages(&mut host), []);
}

#[test]
fn without_an_address_reports_have_no_source() {
    let mut host = Host::without_address(Offloads::default());
    host.join(GROUP);
    host.wait(Duration::ZERO);
    assert_eq!(
        messages_from(&mut host, ANY),
        [report(&[(TO_EXCLUDE, GROUP)])]
    );
}

#[test]
fn queries_of_version_3_are_answered_once_within_their_delay() {
    // 2 s, and 31 << 10 tenths of a second.
    for (code, delay) in [(20, 2), (0xff, 3174)] {
        let mut host = member();
        host.join(OTHER);
        host.wait(SECOND);
        host.sent();
        let answers: [(_, &[_]); 2] = [
            (ANY, &[(IS_EXCLUDE, GROUP), (IS_EXCLUDE, OTHER)]),
            (GROUP, &[(IS_EXCLUDE, GROUP)]),
        ];
        for (group, records) in answers {
            for _ in 0..3 {
                accepts(&mut host, &query(code, group, 12));
            }
            host.wait(Duration::ZERO);
            assert_eq!(messages(&mut host), [], "at once");
            host.wait(SECOND * delay);
            assert_eq!(messages(&mut host), [report(records)]);
            host.wait(SECOND * delay * 2);
            assert_eq!(messages(&mut host), []);
        }
        let other = Ipv4Addr::new(239, 9, 9, 9);
        let unknown = igmp(PEER, ALL_SYSTEMS, query_message(code, other, 12));
        accepts(&mut host, &group_frame(&unknown));
        host.wait(SECOND * delay);
        assert_eq!(messages(&mut host), []);
    }
}

#[test]
fn the_answer_about_all_groups_answers_a_later_query_about_one() {
    let mut host = member();
    accepts(&mut host, &query(1, ANY, 12));
    accepts(&mut host, &query(100, GROUP, 12));
    host.wait(SECOND * 20);
    assert_eq!(messages(&mut host), [report(&[(IS_EXCLUDE, GROUP)])]);
}

#[test]
fn a_switch_without_an_address_is_answered() {
    let mut host = member();
    let query = query_message(10, ANY, 12);
    accepts(&mut host, &group_frame(&igmp(ANY, ALL_SYSTEMS, query)));
    host.wait(SECOND);
    assert_eq!(messages(&mut host).len(), 1);
    // Only messages of IGMP can have this source.
    let datagram = group_frame(&udp(ANY, GROUP, b"x"));
    host.refuses(&datagram, DropReason::SourceMartian);
}

#[test]
fn with_a_router_of_version_2_its_messages_are_used_for_400_seconds() {
    let mut host = member();
    host.join(OTHER);
    host.wait(SECOND * 10);
    host.sent();
    accepts(&mut host, &query(50, ANY, 8));
    host.wait(SECOND * 5);
    let mut answers = messages(&mut host);
    answers.sort();
    let expected = [GROUP, OTHER].map(|group| message(group, REPORT_V2, group));
    assert_eq!(answers, expected);
    accepts(&mut host, &query(50, GROUP, 8));
    host.wait(SECOND * 5);
    assert_eq!(messages(&mut host), [message(GROUP, REPORT_V2, GROUP)]);
    host.ipv4
        .leave_group(&mut host.ip, host.now, GROUP, 1)
        .unwrap();
    host.wait(SECOND * 20);
    assert_eq!(messages(&mut host), [message(ALL_ROUTERS, LEAVE, GROUP)]);
    host.join(GROUP);
    host.wait(SECOND * 20);
    let joined = message(GROUP, REPORT_V2, GROUP);
    assert_eq!(messages(&mut host), [joined.clone(), joined]);
    // The last query of the version was 45 s ago.
    host.wait(SECOND * 354);
    host.ipv4.leave_groups(&mut host.ip, host.now, 1);
    host.wait(Duration::ZERO);
    assert_eq!(messages(&mut host).len(), 2, "leaves");
    host.wait(SECOND * 2);
    host.join(GROUP);
    host.wait(Duration::ZERO);
    assert_eq!(messages(&mut host), [report(&[(TO_EXCLUDE, GROUP)])]);
}

#[test]
fn with_a_router_of_version_1_joining_is_reported_and_leaving_is_not() {
    let mut host = member();
    accepts(&mut host, &query(0, ANY, 8));
    // A router of version 2 does not end it.
    accepts(&mut host, &query(100, ANY, 8));
    host.wait(SECOND * 10);
    assert_eq!(messages(&mut host), [message(GROUP, REPORT_V1, GROUP)]);
    host.ipv4
        .leave_group(&mut host.ip, host.now, GROUP, 1)
        .unwrap();
    host.wait(SECOND * 20);
    assert_eq!(messages(&mut host), []);
    host.join(GROUP);
    host.wait(SECOND * 20);
    assert_eq!(messages(&mut host).len(), 2);
    host.wait(SECOND * 400);
    host.ipv4.leave_groups(&mut host.ip, host.now, 1);
    host.wait(SECOND);
    assert_eq!(messages(&mut host).len(), 2, "version 3 again");
}

#[test]
fn the_report_of_another_host_suppresses_an_answer_of_the_older_versions_only() {
    let reported = |kind| {
        group_frame(&igmp(
            PEER,
            GROUP,
            [&[kind, 0, 0, 0], &GROUP.octets()[..]].concat(),
        ))
    };
    for (code, kind) in [(50, REPORT_V2), (0, REPORT_V1)] {
        let mut host = member();
        accepts(&mut host, &query(code, ANY, 8));
        accepts(&mut host, &reported(kind));
        host.wait(SECOND * 20);
        assert_eq!(messages(&mut host), []);
        let mut host = member();
        accepts(&mut host, &query(50, GROUP, 12));
        accepts(&mut host, &reported(kind));
        host.wait(SECOND * 20);
        assert_eq!(messages(&mut host).len(), 1);
    }
}

#[test]
fn malformed_and_forged_messages_are_dropped() {
    let mut host = member();
    let general = query_message(10, ANY, 12);
    for length in [4, 7, 9, 11] {
        host.refuses(&query(10, ANY, length), DropReason::IcmpMalformed);
    }
    let mut wrong = query(10, ANY, 12);
    *wrong.last_mut().unwrap() ^= 1;
    host.refuses(&wrong, DropReason::IcmpChecksum);
    let to_group = igmp(PEER, GROUP, general.clone());
    host.refuses(&group_frame(&to_group), DropReason::IcmpIgnored);
    let leave = query_message(0, GROUP, 8);
    let leave = igmp(PEER, ALL_SYSTEMS, [&[LEAVE], &leave[1..]].concat());
    host.refuses(&group_frame(&leave), DropReason::IcmpIgnored);
    // Without a router alert, and with options that are none.
    let mut message = general;
    let checksum = sum(&message);
    message[2..4].copy_from_slice(&checksum.to_be_bytes());
    for options in [
        &[][..],
        &[1, 1, 1, 0],
        &[7, 1, 0x94, 4],
        &[7, 0xff, 0x94, 4],
        &[1, 1, 1, 0x94],
    ] {
        let packet = ipv4_with(PEER, ALL_SYSTEMS, 2, &message, options, |_| {});
        host.refuses(&group_frame(&packet), DropReason::IcmpIgnored);
    }
    host.wait(SECOND * 20);
    assert_eq!(messages(&mut host), []);
    // A message to this host alone is one, too.
    let options = [&[1, 1, 1, 1][..], &ROUTER_ALERT].concat();
    let packet = ipv4_with(PEER, LOCAL, 2, &message, &options, |_| {});
    accepts(&mut host, &frame(&packet));
    host.wait(SECOND * 20);
    assert_eq!(messages(&mut host).len(), 1);
}

#[test]
fn a_host_in_no_group_refuses_the_protocol() {
    let mut host = Host::new();
    host.refuses(&query(10, ANY, 12), DropReason::FrameDestination);
    let packet = igmp(PEER, LOCAL, query_message(10, ANY, 12));
    host.refuses(&frame(&packet), DropReason::Protocol);
    assert_eq!(host.sent()[0][34..36], [3, 2], "protocol unreachable");
    let packet = igmp(ANY, ALL_SYSTEMS, query_message(10, ANY, 12));
    host.refuses(&frame(&packet), DropReason::Destination);
    assert!(host.sent().is_empty());
}

#[test]
fn floods_of_queries_are_answered_rarely() {
    let mut host = Host::new();
    for index in 0..16 {
        host.join(Ipv4Addr::new(239, 0, 0, index));
    }
    host.wait(SECOND * 10);
    host.sent();
    // Ten thousand in a second, which want an answer at once, about all groups and about each.
    for count in 0..10_000_u32 {
        let group = match count % 17 {
            16 => ANY,
            index => Ipv4Addr::new(239, 0, 0, index as u8),
        };
        accepts(&mut host, &query(0, group, 12));
        host.wait(Duration::from_micros(100));
    }
    let answers = messages(&mut host).len();
    assert!((10..400).contains(&answers), "{answers}");
    host.wait(SECOND * 10);
    host.sent();
    for count in 0..10_000_u32 {
        accepts(&mut host, &query((count % 2) as u8, ANY, 8));
        host.wait(Duration::from_micros(100));
    }
    // Of version 1, of which an answer takes ten seconds, and up to a tenth of one if a query says so.
    let answers = messages(&mut host).len();
    assert!((16..16 * 40).contains(&answers), "{answers}");
}

#[test]
fn groups_that_are_joined_and_left_all_the_time_take_no_more_memory() {
    let mut host = Host::new();
    for round in 0..100_u8 {
        for index in 0..16 {
            host.join(Ipv4Addr::new(239, 0, round, index));
        }
        host.ipv4.leave_groups(&mut host.ip, host.now, 1);
    }
    host.join(GROUP);
    host.wait(Duration::ZERO);
    let sent = messages(&mut host);
    assert_eq!(sent.len(), 1);
    assert!(sent[0].2.len() <= 32);
    assert!(sent[0].2.contains(&(TO_EXCLUDE, GROUP)));
}
