//! A guest that chooses its address in the advertised network.

use super::{frames::Frames, *};
use smoltcp::wire::{
    Icmpv6Message, Icmpv6Packet, IpProtocol, NdiscPrefixInfoFlags, NdiscRepr, TcpPacket,
};
use std::net::TcpStream;

const LINK_LOCAL: Ipv6Addr = Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 2);
const ALL_ROUTERS: Ipv6Addr = Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 0, 2);
const SOLICITATION: [u8; 8] = [133, 0, 0, 0, 0, 0, 0, 0];

#[test]
fn a_solicitation_is_answered_with_all_that_slaac_needs() {
    let addresses = Ipv6Addresses::for_slaac(0, &[]);
    let frames = Frames::start(&addresses, &[]);
    for (source, destination) in [
        (LINK_LOCAL, LINK_LOCAL),
        // The guest has no address yet.
        (Ipv6Addr::UNSPECIFIED, ndp::ALL_NODES),
    ] {
        frames.send_message(source, ALL_ROUTERS, &SOLICITATION);
        let (from, to, bytes) = frames.receive_message(Icmpv6Message::RouterAdvert);
        assert_eq!((from, to), (addresses.router, destination));
        let message = Icmpv6Packet::new_checked(&bytes[..]).expect("a message");
        let NdiscRepr::RouterAdvert {
            flags,
            router_lifetime,
            lladdr,
            mtu,
            prefix_info: Some(prefix),
            ..
        } = NdiscRepr::parse(&message).expect("a message")
        else {
            panic!("{bytes:?}");
        };
        assert!(flags.is_empty() && router_lifetime.secs() == 1800 && mtu == Some(1500));
        assert_eq!(lladdr, Some(GATEWAY_MAC.into()));
        assert_eq!(
            (prefix.prefix, prefix.prefix_len),
            (addresses.network.address, 64)
        );
        let both = NdiscPrefixInfoFlags::ON_LINK | NdiscPrefixInfoFlags::ADDRCONF;
        assert_eq!(prefix.flags, both);
        assert!(prefix.valid_lifetime > prefix.preferred_lifetime);
        // smoltcp knows no name servers: 1800 s, and the address.
        let name_server = [
            [25, 3, 0, 0, 0, 0, 7, 8].as_slice(),
            &addresses.name_server.octets(),
        ];
        assert!(bytes.ends_with(&name_server.concat()), "{bytes:?}");
    }
    frames.close();
}

/// Otherwise the guest would lose its router after half an hour.
#[test]
fn the_network_is_advertised_unasked() {
    let addresses = Ipv6Addresses::for_slaac(0, &[]);
    let soon = Instant::ZERO + Duration::from_millis(100);
    let frames = Frames::start_with(&addresses, &[], |network| {
        assert_eq!(
            network.advertise_at,
            Some(Instant::ZERO + ndp::INTERVAL.into())
        );
        network.advertise_at = Some(soon);
    });
    let (from, to, _) = frames.receive_message(Icmpv6Message::RouterAdvert);
    assert_eq!((from, to), (addresses.router, ndp::ALL_NODES));
    // The next one is not due.
    for _ in 0..2 {
        frames.solicit(LINK_LOCAL, addresses.router);
        let next = frames.receive(|packet| Some(packet.payload()[0]));
        assert_eq!(next, u8::from(Icmpv6Message::NeighborAdvert));
    }
    frames.close();
}

#[test]
fn a_static_guest_is_sent_no_advertisements() {
    let frames = Frames::start(&IPV6_EXAMPLE, &[]);
    frames.send_message(LINK_LOCAL, ALL_ROUTERS, &SOLICITATION);
    frames.solicit(LINK_LOCAL, IPV6_EXAMPLE.router);
    let first = frames.receive(|packet| Some(packet.payload()[0]));
    assert_eq!(first, u8::from(Icmpv6Message::NeighborAdvert));
    frames.close();
}

/// Returns the address to which the network's next SYN is sent.
fn receives_syn(frames: &Frames) -> Ipv6Addr {
    frames.receive(|packet| {
        if packet.next_header() == IpProtocol::Tcp {
            let segment = TcpPacket::new_checked(packet.payload()).expect("a segment");
            return segment.syn().then(|| packet.dst_addr());
        }
        // The network asks for the address that it is about to use.
        if packet.payload()[0] == u8::from(Icmpv6Message::NeighborSolicit) {
            let target: [u8; 16] = packet.payload()[8..24].try_into().expect("a target");
            let mut message = vec![136, 0, 0, 0, 0x60, 0, 0, 0];
            message.extend(target);
            frames.send_message(target.into(), packet.src_addr(), &message);
        }
        None
    })
}

#[test]
fn clients_wait_until_the_guest_has_an_address() {
    let addresses = Ipv6Addresses::for_slaac(0, &[]);
    let web = published(Protocol::Tcp, Ipv6Addr::LOCALHOST.into(), 80);
    let frames = Frames::start(&addresses, &[web]);
    let _waiting = TcpStream::connect(web.host).expect("it listens");
    let address = |last| Ipv6Addr::from_bits(addresses.network.address.to_bits() + last);
    // None of these is the guest's address in the network.
    frames.solicit(Ipv6Addr::UNSPECIFIED, LINK_LOCAL);
    frames.solicit(Ipv6Addr::UNSPECIFIED, addresses.gateway);
    for _ in 0..2 {
        frames.solicit(LINK_LOCAL, addresses.gateway);
        let next = frames.receive(|packet| Some(packet.payload()[0]));
        assert_eq!(next, u8::from(Icmpv6Message::NeighborAdvert));
    }
    let (first, second) = (address(0x77), address(0x88));
    frames.solicit(Ipv6Addr::UNSPECIFIED, first);
    assert_eq!(receives_syn(&frames), first);
    // It has lost the address to another host, and chosen another.
    frames.solicit(second, addresses.gateway);
    frames.receive_message(Icmpv6Message::NeighborAdvert);
    let _next = TcpStream::connect(web.host).expect("it listens");
    // The first connection is tried again meanwhile.
    while receives_syn(&frames) != second {}
    frames.close();
}
