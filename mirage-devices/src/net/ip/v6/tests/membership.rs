//! Reports of groups (RFC 3810).

use super::*;

pub(super) const SECOND: Duration = Duration::from_secs(1);
pub(super) const ROUTERS: Ipv6Addr = Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 0, 0x16);
const OTHER: Ipv6Addr = Ipv6Addr::new(0xfd00, 0, 0, 0, 0, 0, 0, 0x1234);

/// A report: the source, the destination, the type, and the records, each with its group.
pub(super) type Report = (Ipv6Addr, Ipv6Addr, u8, Vec<(u8, Ipv6Addr)>);

/// Takes the reports sent.
pub(super) fn reports(host: &mut Host) -> Vec<Report> {
    let mut reports = Vec::new();
    for (frame, _) in core::mem::take(&mut host.link.frames) {
        let packet = &frame[14..];
        if packet[6] != 0 {
            continue;
        }
        let address = |at: usize| Ipv6Addr::from_octets(*packet[at..].first_chunk().unwrap());
        let (source, destination) = (address(8), address(24));
        assert_eq!(frame[..6], group_mac(destination));
        // One hop, and the router alert of MLD.
        assert_eq!(
            (packet[7], &packet[40..48]),
            (1, &[58, 0, 5, 2, 0, 0, 1, 0][..])
        );
        let message = &packet[48..];
        assert_eq!(message, with_checksum(source, destination, 58, message, 2));
        let records = match message[0] {
            131 | 132 => std::vec![(0, address(56))],
            _ => {
                assert_eq!(message.len(), 8 + 20 * usize::from(message[7]));
                let records = message[8..].chunks(20);
                let read = |record: &[u8]| {
                    (
                        record[0],
                        Ipv6Addr::from_octets(*record[4..].first_chunk().unwrap()),
                    )
                };
                records.map(read).collect()
            }
        };
        reports.push((source, destination, message[0], records));
    }
    reports
}

/// A query with a maximum response delay of a second.
pub(super) fn query(source: Ipv6Addr, hop_limit: u8, group: Ipv6Addr, length: usize) -> Vec<u8> {
    let mut message = std::vec![130, 0, 0, 0, 0x03, 0xe8, 0, 0];
    message.extend(group.octets());
    message.resize(length, 0);
    let message = with_checksum(source, ALL_NODES, 58, &message, 2);
    let mut payload = std::vec![58, 0, 5, 2, 0, 0, 1, 0];
    payload.extend(message);
    frame(&ipv6(source, ALL_NODES, 0, hop_limit, &payload))
}

#[test]
fn the_groups_of_the_addresses_are_reported_twice_and_again_with_a_source() {
    let mut host = Host::starting(Claiming::Optimistic, Offloads::default());
    let (mut ipv6, now) = (host.families.0.borrow_mut(), host.now);
    ipv6.add_address(now, OTHER, 64, Claiming::Optimistic)
        .unwrap();
    drop(ipv6);
    host.wait(Duration::ZERO);
    // Both first addresses have one group.
    let records = std::vec![(4, solicited_node(LOCAL)), (4, solicited_node(OTHER))];
    let report = |source| (source, ROUTERS, 143, records.clone());
    assert_eq!(reports(&mut host), [report(Ipv6Addr::UNSPECIFIED)]);
    host.wait(SECOND * 5);
    let sent = reports(&mut host);
    assert_eq!(sent[0], report(Ipv6Addr::UNSPECIFIED));
    assert!(
        sent.ends_with(&[report(LINK_LOCAL), report(LINK_LOCAL)]),
        "{sent:?}"
    );
}

#[test]
fn a_query_is_answered_within_its_delay() {
    let record = std::vec![(2, solicited_node(LOCAL))];
    for group in [Ipv6Addr::UNSPECIFIED, solicited_node(LOCAL)] {
        let mut host = Host::new();
        assert!(
            host.answers(&query(LINK_LOCAL_PEER, 1, group, 28))
                .is_empty()
        );
        host.wait(SECOND);
        let expected = (LINK_LOCAL, ROUTERS, 143, record.clone());
        assert_eq!(reports(&mut host), [expected]);
        host.wait(SECOND * 100);
        assert!(reports(&mut host).is_empty());
    }
}

#[test]
fn a_query_of_the_first_version_is_answered_in_the_group() {
    let mut host = Host::new();
    host.answers(&query(LINK_LOCAL_PEER, 1, Ipv6Addr::UNSPECIFIED, 24));
    host.wait(SECOND);
    let group = solicited_node(LOCAL);
    assert_eq!(
        reports(&mut host),
        [(LINK_LOCAL, group, 131, std::vec![(0, group)])]
    );
}

#[test]
fn queries_from_elsewhere_and_for_other_groups_are_not_answered() {
    let mut host = Host::new();
    let all = Ipv6Addr::UNSPECIFIED;
    host.refuses(&query(PEER, 1, all, 28), DropReason::IcmpIgnored);
    host.refuses(&query(LINK_LOCAL_PEER, 2, all, 28), DropReason::IcmpIgnored);
    host.refuses(
        &query(LINK_LOCAL_PEER, 1, all, 23),
        DropReason::IcmpMalformed,
    );
    host.refuses(
        &query(LINK_LOCAL_PEER, 1, all, 27),
        DropReason::IcmpMalformed,
    );
    let without_alert = icmp(LINK_LOCAL_PEER, ALL_NODES, 130, 0, &[0; 24]);
    host.refuses(&frame(&without_alert), DropReason::IcmpIgnored);
    host.answers(&query(LINK_LOCAL_PEER, 1, solicited_node(OTHER), 28));
    host.wait(SECOND * 10);
    assert!(reports(&mut host).is_empty());
}
