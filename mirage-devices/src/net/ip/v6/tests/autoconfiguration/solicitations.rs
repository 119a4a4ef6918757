//! When routers are asked (RFC 4861, section 6.3.7, and RFC 7559).

use super::*;

#[test]
fn routers_are_asked_at_once_and_less_and_less_often() {
    let mut host = Host::asking(Claiming::Optimistic);
    host.wait(Duration::ZERO);
    // Others may have the address until nobody has said so.
    assert_eq!(host.solicitations(), [(LINK_LOCAL, Vec::new())]);
    let mut times = Vec::new();
    let mut last = host.now;
    while times.len() < 14 {
        host.wait(SECOND / 10);
        for asked in host.solicitations() {
            assert_eq!(asked, (LINK_LOCAL, option(1, MAC)));
            times.push((host.now - last).as_secs_f64());
            last = host.now;
        }
    }
    let mut expected = 4.0;
    for time in times {
        assert!(
            time > expected * 0.85 && time < expected * 1.15 + 0.1,
            "{time} {expected}"
        );
        expected = (time * 2.0).min(3600.0);
    }
}

#[test]
fn a_strict_host_waits_and_asks_without_an_address_that_it_must_not_use() {
    let mut host = Host::asking(Claiming::Tentative);
    host.wait(SECOND);
    let asked = host.solicitations();
    assert_eq!(asked, [(Ipv6Addr::UNSPECIFIED, Vec::new())]);
}

#[test]
fn a_default_router_is_answer_enough() {
    let mut host = Host::asking(Claiming::Optimistic);
    host.wait(SECOND);
    assert_eq!(host.solicitations().len(), 1);
    // A prefix is no router.
    host.hears(&default_advertisement().lifetime(0));
    host.wait(SECOND * 4);
    assert_eq!(host.solicitations().len(), 1);
    host.hears(&default_advertisement());
    host.wait(SECOND * 1000);
    assert!(host.solicitations().is_empty());
}

#[test]
fn routers_are_asked_again_if_the_last_one_is_lost() {
    let mut host = Host::configured(&default_advertisement());
    host.wait(SECOND * 1799);
    assert_eq!(host.solicitations().len(), 1);
    host.hears(&default_advertisement());
    // However often that happens, they are not asked more often.
    for _ in 0..1000 {
        host.hears(&default_advertisement().lifetime(0));
        host.wait(SECOND / 100);
        host.hears(&default_advertisement());
    }
    let asked = host.solicitations().len();
    assert!(asked <= 3, "{asked} times in ten seconds");
}
