//! Scans of the network, at 100,000 packets per second (RFC 6583).

use super::*;

const INTERVAL: Duration = Duration::from_micros(10);

/// How long a scan takes.
const PACKETS: u32 = 50_000;

/// One neighbour of 2^64.
fn neighbour(number: u32) -> Ipv6Addr {
    let [high, low] = [(number >> 16) as u16, number as u16];
    Ipv6Addr::new(
        0xfd00,
        0,
        0,
        0,
        0x5ca7,
        high.wrapping_mul(0x9e37),
        high,
        low,
    )
}

/// Passes a packet for each neighbour to a host, while it sends datagrams to one that it has asked, one that is
/// confirmed by the transport, and one that it knows by a question only.
fn scan(frame: impl Fn(Ipv6Addr) -> Vec<u8>) -> Host {
    let mut host = Host::new();
    host.input(&Ndp::advertisement(PEER, PEER_MAC).frame());
    let mut hint = NextHopHint::default();
    host.send_by(&mut hint, LOCAL, LINK_LOCAL_PEER, b"1")
        .unwrap();
    let (ip, link) = (&mut host.ip, &mut host.link);
    let mut layers = host.families.layers();
    let mut egress = layers.egress(ip, host.now, link);
    egress.confirm(LINK_LOCAL_PEER.into(), &mut hint);
    drop(egress);
    drop(layers);
    host.sent();
    for number in 0..PACKETS {
        host.input(&frame(neighbour(number)));
        host.wait(INTERVAL);
        if number % 1000 == 0 {
            host.link.frames.clear();
            for live in [PEER, LINK_LOCAL_PEER, GATEWAY] {
                host.send(LOCAL, live, b"1").unwrap();
                let sent = read(&host.sent()[0]);
                assert_eq!((sent.to, sent.destination), (PEER_MAC, live), "{number}");
            }
        }
        host.link.frames.clear();
    }
    // A client that is new is answered meanwhile.
    let stranger = Ipv6Addr::new(0xfd00, 0, 0, 0, 0, 0, 0, 0x99);
    host.input(&solicitation(stranger, LOCAL));
    host.sent();
    host.send(LOCAL, stranger, b"1").unwrap();
    assert_eq!(read(&host.sent()[0]).destination, stranger);
    host
}

/// Each answer needs a neighbour that does not exist.
#[test]
fn packets_from_hosts_that_do_not_exist_evict_no_neighbour_in_use() {
    let host = scan(|source| frame(&icmp(source, LOCAL, 128, 0, &[0; 12])));
    let evicted = host.ip.drops().get(DropReason::NeighbourEvicted);
    assert!(evicted > u64::from(PACKETS) / 2, "{evicted}");
}

#[test]
fn questions_of_hosts_that_do_not_exist_evict_no_neighbour_in_use() {
    scan(|source| solicitation(source, LOCAL));
}

#[test]
fn advertisements_that_nobody_asked_for_evict_no_neighbour_in_use() {
    let host = scan(|source| Ndp::advertisement(source, PEER_MAC).frame());
    assert_eq!(host.ip.drops().total(), 0);
}
