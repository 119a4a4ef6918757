//! Addresses and their lifetimes (RFC 4862, section 5.5).

use super::*;

#[test]
fn an_address_follows_from_a_prefix_and_is_the_same_at_each_boot() {
    let host = Host::configured(&default_advertisement());
    let address = host.address().expect("an address");
    assert_eq!(network(address), NETWORK);
    assert_eq!(
        Host::configured(&default_advertisement()).address(),
        Some(address)
    );
    // It does not reveal the MAC address.
    let identifier = address.to_bits() as u64;
    assert_ne!(identifier, LINK_LOCAL.to_bits() as u64);
    assert_eq!(host.source(FAR), Some(address));
    let other = Advertisement::from_router(ROUTER).prefix(OTHER_NETWORK, INFINITE, INFINITE);
    let other = Host::configured(&other).address().expect("an address");
    assert_eq!(network(other), OTHER_NETWORK);
    assert_ne!(other.to_bits() as u64, identifier);
}

#[test]
fn an_address_is_claimed_as_others_are() {
    let mut host = Host::asking(Claiming::Tentative);
    host.wait(SECOND * 3);
    host.hears(&default_advertisement());
    assert_eq!(host.address(), None, "nobody was asked yet");
    host.link.frames.clear();
    host.wait(SECOND * 3);
    let address = host.address().expect("an address");
    let asked = host.sent().into_iter().any(|frame| {
        let (sent, _, target, _) = read_ndp(&frame);
        sent.payload[0] == 135 && target == address && sent.source.is_unspecified()
    });
    assert!(asked);
    let mut host = Host::asking(Claiming::Optimistic);
    host.hears(&default_advertisement());
    assert_eq!(host.address(), Some(address));
}

#[test]
fn another_address_is_tried_if_a_host_has_the_first_one() {
    let mut host = Host::asking(Claiming::Optimistic);
    host.hears(&default_advertisement());
    let mut tried = Vec::new();
    while let Some(address) = host.address() {
        assert!(!tried.contains(&address));
        assert_eq!(network(address), NETWORK);
        tried.push(address);
        let mut defence = Ndp::advertisement(address, PEER_MAC);
        (defence.destination, defence.flags) = (ALL_NODES, 0x20);
        host.input(&defence.frame());
        assert!(!host.usable(address));
        assert_eq!(host.changes(), [Change::Lost(address.into())]);
    }
    assert_eq!(tried.len(), 4, "IDGEN_RETRIES");
    // Another advertisement changes nothing.
    host.hears(&default_advertisement());
    host.wait(SECOND * 10);
    assert_eq!(host.address(), None);
}

#[test]
fn flags_and_lifetimes_say_what_a_prefix_is_for() {
    let of = |length, flags, valid, preferred| {
        let advertisement = Advertisement::from_router(ROUTER);
        let prefix = advertisement.prefix_with(NETWORK, (length, flags), valid, preferred);
        let host = Host::configured(&prefix);
        (
            host.address().is_some(),
            host.next_hop(NEIGHBOUR) == Some(NEIGHBOUR),
        )
    };
    assert_eq!(of(64, 0xc0, 10, 10), (true, true));
    assert_eq!(of(64, 0x80, 10, 10), (false, true));
    assert_eq!(of(64, 0x40, 10, 10), (true, false), "by the router");
    assert_eq!(of(64, 0x00, 10, 10), (false, false));
    assert_eq!(
        of(56, 0xc0, 10, 10),
        (false, true),
        "no length for addresses"
    );
    assert_eq!(
        of(64, 0xc0, 10, 11),
        (false, true),
        "preferred for longer than valid"
    );
    assert_eq!(of(64, 0xc0, 0, 0), (false, false));
    assert_eq!(of(129, 0xc0, 10, 10), (false, false));
}

#[test]
fn no_address_follows_from_a_prefix_with_a_meaning_of_its_own() {
    for (prefix, length) in [
        ("fe80::", 64),
        ("fe80:0:0:1::", 64),
        ("f000::", 4),
        ("::", 0),
        ("::", 64),
        ("ff02::", 64),
        ("ff00::", 8),
    ] {
        let prefix: Ipv6Addr = prefix.parse().unwrap();
        let advertisement = Advertisement::from_router(ROUTER);
        let advertisement = advertisement.prefix_with(prefix, (length, 0xc0), INFINITE, INFINITE);
        let host = Host::configured(&advertisement);
        assert_eq!(host.address(), None, "{prefix}/{length}");
        assert_eq!(host.next_hop(FAR), Some(ROUTER));
        assert_eq!(host.next_hop(ROUTER), Some(ROUTER));
    }
}

#[test]
fn an_address_whose_lifetime_is_over_is_lost() {
    let mut host = Host::configured(&Advertisement::from_router(ROUTER).prefix(NETWORK, 100, 50));
    let address = host.address().expect("an address");
    host.wait(SECOND * 97);
    assert_eq!(host.address(), Some(address));
    assert_eq!(host.next_hop(NEIGHBOUR), Some(NEIGHBOUR));
    host.wait(SECOND * 2);
    assert_eq!(host.address(), None);
    assert_eq!(host.changes(), [Change::Lost(address.into())]);
    assert_eq!(host.source(FAR), None);
    assert_eq!(host.next_hop(NEIGHBOUR), Some(ROUTER));
}

#[test]
fn after_a_renumbering_the_old_address_is_deprecated_and_then_lost() {
    let mut host = Host::configured(&default_advertisement());
    let old = host.address().expect("an address");
    // It has more in common with this host.
    assert_eq!(host.source(NEIGHBOUR), Some(old));
    let new = Advertisement::from_router(ROUTER)
        .prefix(NETWORK, 0, 0)
        .prefix(OTHER_NETWORK, 86_400, 86_400);
    host.hears(&new);
    let source = host.source(NEIGHBOUR).expect("an address");
    assert_eq!(network(source), OTHER_NETWORK);
    assert!(host.usable(old), "its connections go on");
    assert_eq!(
        host.next_hop(NEIGHBOUR),
        Some(ROUTER),
        "no longer on the link"
    );
    host.wait(HOUR * 2 - SECOND);
    assert!(host.usable(old));
    host.wait(SECOND * 2);
    assert!(!host.usable(old) && host.usable(source));
    assert_eq!(host.changes(), [Change::Lost(old.into())]);
}

#[test]
fn a_deprecated_address_is_preferred_again_if_it_is_advertised_so() {
    let both = Advertisement::from_router(ROUTER)
        .prefix(NETWORK, 86_400, 60)
        .prefix(OTHER_NETWORK, 86_400, 86_400);
    let mut host = Host::configured(&both);
    assert_eq!(host.source(NEIGHBOUR).map(network), Some(NETWORK));
    host.wait(SECOND * 60);
    assert_eq!(host.source(NEIGHBOUR).map(network), Some(OTHER_NETWORK));
    host.hears(&both);
    assert_eq!(host.source(NEIGHBOUR).map(network), Some(NETWORK));
}

/// RFC 4862, section 5.5.3 (e).
#[test]
fn an_advertisement_does_not_shorten_a_life_below_two_hours() {
    let told = |first: u32, after: Duration, second: u32, at: Duration| {
        let mut host =
            Host::configured(&Advertisement::from_router(ROUTER).prefix(NETWORK, first, 1));
        host.wait(after);
        host.hears(&Advertisement::from_router(ROUTER).prefix(NETWORK, second, 0));
        let mut left = Duration::ZERO;
        while host.address().is_some() && left < at * 2 {
            host.wait(SECOND * 10);
            left += SECOND * 10;
        }
        assert!(
            left >= at && left <= at + SECOND * 20,
            "{first} {second}: {left:?}"
        );
    };
    // Longer than what remains, or than two hours.
    told(100, SECOND * 10, 1000, SECOND * 1000);
    told(86_400, SECOND, 7201, HOUR * 2);
    // It has two hours left, and has them still.
    told(86_400, SECOND, 10, HOUR * 2);
    told(86_400, SECOND, 0, HOUR * 2);
    told(INFINITE, SECOND, 0, HOUR * 2);
    // It has less, and keeps that.
    told(3600, HOUR / 2, 10, HOUR / 2);
}
