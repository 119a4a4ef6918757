//! Advertisements that are wrong, come from elsewhere, or are too many.

use super::*;

/// The host is as it was before an advertisement.
fn is_ignored(advertisement: &[u8], reason: DropReason) {
    let mut host = Host::asking(Claiming::Optimistic);
    host.wait(SECOND * 2);
    host.refuses(advertisement, reason);
    host.wait(SECOND * 2);
    assert_eq!((host.address(), host.next_hop(FAR)), (None, None));
    assert!(host.name_servers().is_empty() && host.changes().is_empty());
}

#[test]
fn only_routers_on_the_link_are_believed() {
    let forwarded = Advertisement {
        hop_limit: 254,
        ..default_advertisement()
    };
    is_ignored(&forwarded.frame(), DropReason::IcmpIgnored);
    for source in [FAR, Ipv6Addr::UNSPECIFIED, ALL_NODES, LINK_LOCAL] {
        let elsewhere = Advertisement {
            source,
            ..default_advertisement()
        };
        let reason = match source {
            FAR => DropReason::NdpMalformed,
            ALL_NODES => DropReason::SourceMartian,
            // What neighbour discovery may have is passed to it.
            _ => DropReason::IcmpIgnored,
        };
        is_ignored(&elsewhere.frame(), reason);
    }
    let other_host = Advertisement {
        destination: LINK_LOCAL_PEER,
        ..default_advertisement()
    };
    is_ignored(&other_host.frame(), DropReason::Destination);
}

#[test]
fn an_advertisement_in_a_fragment_is_dropped() {
    let mut fragment = std::vec![58, 0, 0, 0, 0, 0, 0, 1];
    fragment.extend(default_advertisement().message());
    let packet = ipv6(ROUTER, ALL_NODES, 44, 255, &fragment);
    is_ignored(&frame(&packet), DropReason::IcmpIgnored);
    // Behind options it is one.
    let mut options = std::vec![58, 0, 1, 4, 0, 0, 0, 0];
    options.extend(default_advertisement().message());
    let mut host = Host::asking(Claiming::Optimistic);
    let packet = ipv6(ROUTER, ALL_NODES, 60, 255, &options);
    assert!(host.answers(&frame(&packet)).is_empty());
    assert!(host.address().is_some());
}

#[test]
fn a_malformed_advertisement_is_dropped_as_a_whole() {
    let code = Advertisement {
        code: 1,
        ..default_advertisement()
    };
    is_ignored(&code.frame(), DropReason::NdpMalformed);
    let mut checksum = default_advertisement().frame();
    checksum[60] ^= 1;
    is_ignored(&checksum, DropReason::IcmpChecksum);
    let mut short = default_advertisement();
    short.options.clear();
    let message = &short.message()[..12];
    let message = with_checksum(ROUTER, ALL_NODES, 58, message, 2);
    let short = frame(&ipv6(ROUTER, ALL_NODES, 58, 255, &message));
    is_ignored(&short, DropReason::NdpMalformed);
    for wrong in [
        &[1, 0, 0, 0, 0, 0, 0, 0][..],
        &[1, 2, 0, 0, 0, 0, 0, 0],
        &[7],
        &[1, 1, 1, 0, 0, 0, 0, 0],
    ] {
        let mut with_option =
            Advertisement::from_router(ROUTER).prefix(NETWORK, INFINITE, INFINITE);
        with_option.options.extend(wrong);
        is_ignored(&with_option.frame(), DropReason::NdpMalformed);
    }
}

#[test]
fn options_of_the_wrong_length_are_skipped() {
    let mut advertisement = Advertisement::from_router(ROUTER);
    for (kind, length) in [(3, 3), (3, 5), (5, 2), (25, 1), (25, 2), (24, 1), (200, 2)] {
        advertisement.options.extend([kind, length]);
        let rest = usize::from(length) * 8 - 2;
        advertisement.options.extend(std::vec![64; rest]);
    }
    let host = Host::configured(&advertisement);
    assert_eq!((host.address(), host.ip.mtu()), (None, 1500));
    assert!(host.name_servers().is_empty());
    assert_eq!(host.next_hop(FAR), Some(ROUTER));
}

#[test]
fn a_flood_of_routers_evicts_none() {
    let mut host = Host::configured(&default_advertisement());
    for number in 0..10_000_u16 {
        let router = Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 7, number);
        let high = Advertisement {
            flags: 0x08,
            ..Advertisement::from_router(router)
        };
        host.hears(&high.mac());
    }
    // Three are known beside it. The attacker is one of them, whose preference counts.
    let attacker = Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 7, 0);
    assert_eq!(host.next_hop(FAR), Some(attacker));
    for number in 0..3 {
        let router = Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 7, number);
        host.hears(&Advertisement::from_router(router).lifetime(0));
    }
    assert_eq!(host.next_hop(FAR), Some(ROUTER));
}

#[test]
fn a_flood_of_prefixes_and_name_servers_evicts_none() {
    let server = |number| Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, number);
    let mut host = Host::configured(&default_advertisement().name_servers(1800, &[server(1)]));
    let address = host.address().expect("an address");
    let mut claimed = 0;
    for number in 0..10_000_u16 {
        let prefix = Ipv6Addr::new(0x2001, 0xdb8, 7, number, 0, 0, 0, 0);
        let advertisement = Advertisement::from_router(ROUTER)
            .prefix(prefix, INFINITE, INFINITE)
            .name_servers(INFINITE, &[server(number + 2)]);
        host.hears(&advertisement);
        claimed += usize::from(host.source(prefix).map(network) == Some(prefix));
    }
    assert_eq!(claimed, 7);
    assert!(host.usable(address));
    assert_eq!(host.source(NEIGHBOUR), Some(address));
    assert_eq!(host.name_servers(), [server(1), server(2), server(3)]);
    assert!(host.changes().is_empty());
}

/// Prefixes that come and go: what has ended makes room.
#[test]
fn short_lifetimes_leave_nothing_behind() {
    let mut host = Host::configured(&default_advertisement());
    let address = host.address().expect("an address");
    for number in 0..1000_u16 {
        let prefix = Ipv6Addr::new(0x2001, 0xdb8, 7, number, 0, 0, 0, 0);
        let advertisement = Advertisement::from_router(ROUTER).prefix(prefix, 1, 1);
        host.hears(&advertisement.name_servers(1, &[prefix]));
        assert_eq!(host.source(prefix).map(network), Some(prefix));
        assert_eq!(host.next_hop(prefix), Some(prefix));
        host.wait(SECOND * 2);
        assert_eq!(host.changes().len(), 1);
        assert_eq!(host.source(prefix), Some(address));
        assert_eq!(host.next_hop(prefix), Some(ROUTER));
        assert!(host.name_servers().is_empty());
    }
}

/// Static addresses are not affected.
#[test]
fn nothing_is_believed_without_slaac() {
    let mut host = Host::new();
    host.refuses(&default_advertisement().frame(), DropReason::IcmpIgnored);
    assert_eq!(host.family.sockets().next_hop(FAR), Some(GATEWAY));
}
