//! Default routers, the MTU and name servers.

use super::*;

const SERVER: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0x53);
const OTHER_SERVER: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0x54);

#[test]
fn packets_go_by_the_router_whose_mac_address_is_advertised() {
    let mut host = Host::configured(&default_advertisement());
    let address = host.address().expect("an address");
    assert_eq!(host.next_hop(FAR), Some(ROUTER));
    host.send(address, FAR, b"1").unwrap();
    let sent = read(&host.sent()[0]);
    assert_eq!((sent.to, sent.destination), (PEER_MAC, FAR));
}

#[test]
fn a_router_is_lost_with_its_lifetime_or_when_it_says_so() {
    let mut host = Host::configured(&default_advertisement().lifetime(100));
    host.wait(SECOND * 97);
    assert_eq!(host.next_hop(FAR), Some(ROUTER));
    host.wait(SECOND * 2);
    assert_eq!(host.next_hop(FAR), None);
    assert!(host.address().is_some(), "the address stays");
    host.hears(&default_advertisement());
    assert_eq!(host.next_hop(FAR), Some(ROUTER));
    host.hears(&default_advertisement().lifetime(0));
    assert_eq!(host.next_hop(FAR), None);
    // One that forwards no more (RFC 4861, section 7.2.5).
    host.hears(&default_advertisement());
    let mut host_only = Ndp::advertisement(ROUTER, PEER_MAC);
    (host_only.destination, host_only.flags) = (LINK_LOCAL, 0xe0);
    host.input(&host_only.frame());
    assert_eq!(host.next_hop(FAR), Some(ROUTER));
    host_only.flags = 0x60;
    host.input(&host_only.frame());
    assert_eq!(host.next_hop(FAR), None);
}

#[test]
fn the_router_with_the_highest_preference_is_used() {
    let with = |router, flags| Advertisement {
        flags,
        ..Advertisement::from_router(router)
    };
    let mut host = Host::configured(&default_advertisement());
    host.hears(&with(OTHER_ROUTER, 0));
    assert_eq!(host.next_hop(FAR), Some(ROUTER), "the first one of equals");
    host.hears(&with(OTHER_ROUTER, 0x08));
    assert_eq!(host.next_hop(FAR), Some(OTHER_ROUTER));
    host.hears(&with(OTHER_ROUTER, 0x10));
    assert_eq!(
        host.next_hop(FAR),
        Some(OTHER_ROUTER),
        "a reserved value is no less"
    );
    host.hears(&with(OTHER_ROUTER, 0x18));
    assert_eq!(host.next_hop(FAR), Some(ROUTER));
    host.hears(&with(ROUTER, 0).lifetime(0));
    assert_eq!(host.next_hop(FAR), Some(OTHER_ROUTER));
}

#[test]
fn another_router_is_used_if_one_does_not_answer() {
    let mut host = Host::configured(&default_advertisement());
    host.hears(&Advertisement::from_router(OTHER_ROUTER));
    let address = host.address().expect("an address");
    let router_of = |host: &mut Autoconfiguring| {
        host.send(address, FAR, b"1").unwrap();
        host.wait(SECOND * 15);
        host.next_hop(FAR)
    };
    // Neither answers: they are used by turns.
    assert_eq!(router_of(&mut host), Some(OTHER_ROUTER));
    assert_eq!(router_of(&mut host), Some(ROUTER));
    assert_eq!(router_of(&mut host), Some(OTHER_ROUTER));
    // An advertisement is a sign of life.
    host.hears(&default_advertisement());
    assert_eq!(host.next_hop(FAR), Some(OTHER_ROUTER), "which is in use");
    assert_eq!(router_of(&mut host), Some(ROUTER));
}

#[test]
fn an_mtu_reduces_that_of_the_interface() {
    let mut host = Host::configured(&default_advertisement());
    for (mtu, expected) in [
        (1279, 1500),
        (1501, 1500),
        (1400, 1400),
        (1500, 1400),
        (1280, 1280),
    ] {
        host.hears(&default_advertisement().mtu(mtu));
        assert_eq!(host.ip.mtu(), expected);
    }
    // The last one first.
    assert_eq!(host.changes(), [Change::Mtu(1280), Change::Mtu(1400)]);
    let address = host.address().expect("an address");
    let longest = [0; 1280 - 40 - 8];
    host.send(address, FAR, &longest).unwrap();
    let too_long = host.send(address, FAR, &[0; 1280 - 40 - 7]);
    assert_eq!(too_long, Err(TransmitError::TooLong));
}

#[test]
fn name_servers_are_known_for_their_lifetime() {
    let mut host = Host::configured(&default_advertisement().name_servers(100, &[SERVER]));
    assert_eq!(host.name_servers(), [SERVER]);
    host.hears(&default_advertisement().name_servers(1000, &[OTHER_SERVER, ROUTER]));
    assert_eq!(host.name_servers(), [SERVER, OTHER_SERVER, ROUTER]);
    host.wait(SECOND * 100);
    assert_eq!(host.name_servers(), [OTHER_SERVER, ROUTER]);
    host.hears(&default_advertisement().name_servers(0, &[OTHER_SERVER]));
    assert_eq!(host.name_servers(), [ROUTER]);
    let none = [ALL_NODES, Ipv6Addr::UNSPECIFIED, Ipv6Addr::LOCALHOST];
    host.hears(&default_advertisement().name_servers(INFINITE, &none));
    assert_eq!(host.name_servers(), [ROUTER]);
}
