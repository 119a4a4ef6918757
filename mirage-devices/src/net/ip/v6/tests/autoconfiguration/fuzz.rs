//! Routers whose every advertisement is an input of the fuzzer.

use super::*;
use fuzzing::{Input as Decisions, fuzz};

/// A step in which a router advertises `options`.
fn advertises(advertisement: &Advertisement) -> Vec<u8> {
    let mut step = std::vec![0, 1, 0];
    step.extend(advertisement.lifetime.to_le_bytes());
    step.extend((advertisement.options.len() as u16).to_le_bytes());
    step.extend(&advertisement.options);
    step
}

fn seeds() -> Vec<Vec<u8>> {
    let full = default_advertisement()
        .prefix(OTHER_NETWORK, 7200, 0)
        .prefix_with(NETWORK, (48, 0x80), 30, 30)
        .mtu(1400)
        .name_servers(60, &[FAR, ROUTER]);
    let wait = [1, 0xff, 0xff];
    let conflict = [2, 0];
    let together = [
        advertises(&full),
        wait.into(),
        conflict.into(),
        advertises(&default_advertisement().lifetime(0)),
    ];
    std::vec![
        advertises(&full),
        advertises(&default_advertisement()),
        together.concat(),
    ]
}

#[test]
fn fuzz_router_advertisements() {
    fuzz("router-advertisements", &seeds(), |bytes| {
        let mut decisions = Decisions::new(bytes);
        let mut host = match decisions.u8() % 2 {
            0 => Host::configured(&default_advertisement()),
            _ => Host::asking(Claiming::Tentative),
        };
        while !decisions.is_empty() {
            match decisions.u8() % 4 {
                0 => {
                    let router = Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, decisions.u8().into());
                    let flags = decisions.u8();
                    let lifetime = decisions.u16();
                    let length = decisions.u16() % 1400;
                    let advertisement = Advertisement {
                        flags,
                        lifetime,
                        options: decisions.take(length.into()).to_vec(),
                        ..Advertisement::from_router(router)
                    };
                    host.input(&advertisement.frame());
                }
                1 => {
                    let seconds = decisions.u16() % 4096;
                    host.wait(Duration::from_secs(seconds.into()));
                }
                2 => {
                    let address = host.address().unwrap_or(LINK_LOCAL);
                    let mut defence = Ndp::advertisement(address, PEER_MAC);
                    (defence.destination, defence.flags) = (ALL_NODES, decisions.u8());
                    host.input(&defence.frame());
                }
                _ => {
                    if let Some(source) = host.source(FAR) {
                        let _ = host.send(source, FAR, b"data");
                    }
                }
            }
            host.link.frames.clear();
            assert!(host.changes().len() <= 9);
            assert!(host.name_servers().len() <= 3);
            assert!((1280..=1500).contains(&host.ip.mtu()));
            if let Some(address) = host.address() {
                assert!(!address.is_multicast() && !address.is_unicast_link_local());
            }
        }
    });
}
