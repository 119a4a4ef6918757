//! Echo requests.

use super::*;
use smoltcp::{
    phy::ChecksumCapabilities,
    socket::raw,
    wire::{
        Icmpv4Packet, Icmpv4Repr, Icmpv6Packet, Icmpv6Repr, IpProtocol, Ipv4Packet, Ipv4Repr,
        Ipv6Packet, Ipv6Repr,
    },
};

#[test]
fn the_gateway_answers_ping_over_ipv4() {
    let mut guest = Guest::start(&[]);
    let socket = guest.raw(EXAMPLE.guest.into(), IpProtocol::Icmp);
    let checks = ChecksumCapabilities::default();
    let request = Icmpv4Repr::EchoRequest {
        ident: 7,
        seq_no: 1,
        data: b"ping",
    };
    let header = Ipv4Repr {
        src_addr: EXAMPLE.guest,
        dst_addr: EXAMPLE.gateway,
        next_header: IpProtocol::Icmp,
        payload_len: request.buffer_len(),
        hop_limit: 64,
    };
    let raw = guest.sockets.get_mut::<raw::Socket>(socket);
    let length = header.buffer_len() + header.payload_len;
    let mut packet = Ipv4Packet::new_unchecked(raw.send(length).expect("there is room"));
    header.emit(&mut packet, &checks);
    request.emit(
        &mut Icmpv4Packet::new_unchecked(packet.payload_mut()),
        &checks,
    );
    let answer = guest.receive(socket);
    let answer = Ipv4Packet::new_checked(&answer[..]).expect("a packet");
    let answer = Icmpv4Packet::new_checked(answer.payload()).expect("a message");
    let answer = Icmpv4Repr::parse(&answer, &checks).expect("a message");
    let expected = Icmpv4Repr::EchoReply {
        ident: 7,
        seq_no: 1,
        data: b"ping",
    };
    assert_eq!(answer, expected);
}

#[test]
fn the_gateway_answers_ping_over_ipv6() {
    let mut guest = Guest::start(&[]);
    let address = IPV6_EXAMPLE.guest.expect("it is static");
    let socket = guest.raw(address.into(), IpProtocol::Icmpv6);
    let checks = ChecksumCapabilities::default();
    let request = Icmpv6Repr::EchoRequest {
        ident: 7,
        seq_no: 1,
        data: b"ping",
    };
    let header = Ipv6Repr {
        src_addr: address,
        dst_addr: IPV6_EXAMPLE.gateway,
        next_header: IpProtocol::Icmpv6,
        payload_len: request.buffer_len(),
        hop_limit: 64,
    };
    let raw = guest.sockets.get_mut::<raw::Socket>(socket);
    let length = header.buffer_len() + header.payload_len;
    let mut packet = Ipv6Packet::new_unchecked(raw.send(length).expect("there is room"));
    header.emit(&mut packet);
    request.emit(
        &header.src_addr,
        &header.dst_addr,
        &mut Icmpv6Packet::new_unchecked(packet.payload_mut()),
        &checks,
    );
    let answer = loop {
        let packet = guest.receive(socket);
        let packet = Ipv6Packet::new_checked(&packet[..]).expect("a packet");
        let (from, to) = (packet.src_addr(), packet.dst_addr());
        let message = Icmpv6Packet::new_checked(packet.payload()).expect("a message");
        let message = Icmpv6Repr::parse(&from, &to, &message, &checks).expect("a message");
        // The socket also receives neighbour discovery.
        if let Icmpv6Repr::EchoReply { data, .. } = message {
            assert_eq!((from, to), (header.dst_addr, header.src_addr));
            break data.to_vec();
        }
    };
    assert_eq!(answer, b"ping");
}
