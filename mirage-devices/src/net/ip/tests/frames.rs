//! Frames by hand.

use super::*;

pub(super) fn ethernet(to: MacAddress, ether_type: u16, payload: &[u8]) -> Vec<u8> {
    let mut frame = Vec::from(to);
    frame.extend(PEER_MAC);
    frame.extend(ether_type.to_be_bytes());
    frame.extend(payload);
    frame
}

/// A frame to this host from its peer.
pub(super) fn frame(packet: &[u8]) -> Vec<u8> {
    ethernet(MAC, 0x0800, packet)
}

pub(super) fn arp(
    operation: Operation,
    mac: MacAddress,
    sender: Ipv4Addr,
    target: Ipv4Addr,
) -> Vec<u8> {
    let mut packet = std::vec![0, 1, 8, 0, 6, 4, 0];
    packet.push(if operation == Operation::Request {
        1
    } else {
        2
    });
    packet.extend(mac);
    packet.extend(sender.octets());
    packet.extend(MAC);
    packet.extend(target.octets());
    ethernet(MAC, 0x0806, &packet)
}

/// The Internet checksum, word by word.
pub(super) fn sum(words: &[u8]) -> u16 {
    let mut sum = 0_u32;
    for word in words.chunks(2) {
        sum += u32::from(word[0]) << 8 | u32::from(*word.get(1).unwrap_or(&0));
    }
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    !(sum as u16)
}

/// A packet whose header the test changes before its checksum is computed.
pub(super) fn ipv4_with(
    source: Ipv4Addr,
    destination: Ipv4Addr,
    protocol: u8,
    payload: &[u8],
    options: &[u8],
    change: impl FnOnce(&mut [u8]),
) -> Vec<u8> {
    let header_len = 20 + options.len();
    let total = (header_len + payload.len()) as u16;
    let mut packet = std::vec![0x40 | (header_len / 4) as u8, 0];
    packet.extend(total.to_be_bytes());
    packet.extend([0x12, 0x34, 0, 0, 64, protocol, 0, 0]);
    packet.extend(source.octets());
    packet.extend(destination.octets());
    packet.extend(options);
    change(&mut packet);
    let checksum = sum(&packet);
    packet[10..12].copy_from_slice(&checksum.to_be_bytes());
    packet.extend(payload);
    packet
}

pub(super) fn ipv4(
    source: Ipv4Addr,
    destination: Ipv4Addr,
    protocol: u8,
    payload: &[u8],
) -> Vec<u8> {
    ipv4_with(source, destination, protocol, payload, &[], |_| {})
}

pub(super) fn udp_without_checksum(from: u16, to: u16, data: &[u8]) -> Vec<u8> {
    let mut datagram = Vec::from(from.to_be_bytes());
    datagram.extend(to.to_be_bytes());
    datagram.extend((8 + data.len() as u16).to_be_bytes());
    datagram.extend([0, 0]);
    datagram.extend(data);
    datagram
}

/// A transport header and payload with the checksum at `offset` filled in.
pub(super) fn with_checksum(
    source: Ipv4Addr,
    destination: Ipv4Addr,
    protocol: u8,
    payload: &[u8],
    offset: usize,
) -> Vec<u8> {
    let mut words = Vec::from(source.octets());
    words.extend(destination.octets());
    words.extend([0, protocol]);
    words.extend((payload.len() as u16).to_be_bytes());
    words.extend(payload);
    let mut payload = payload.to_vec();
    payload[offset..offset + 2].copy_from_slice(&sum(&words).to_be_bytes());
    payload
}

/// A packet with a datagram to port 7.
pub(super) fn udp(source: Ipv4Addr, destination: Ipv4Addr, data: &[u8]) -> Vec<u8> {
    let datagram = udp_without_checksum(1000, 7, data);
    let datagram = with_checksum(source, destination, 17, &datagram, 6);
    ipv4(source, destination, 17, &datagram)
}

/// A packet with a SYN to port 7.
pub(super) fn syn(source: Ipv4Addr, destination: Ipv4Addr) -> Vec<u8> {
    let segment = [
        3, 232, 0, 7, 0, 0, 0, 1, 0, 0, 0, 0, 0x50, 2, 255, 255, 0, 0, 0, 0,
    ];
    let segment = with_checksum(source, destination, 6, &segment, 16);
    ipv4(source, destination, 6, &segment)
}

pub(super) fn icmp(
    source: Ipv4Addr,
    destination: Ipv4Addr,
    kind: u8,
    code: u8,
    rest: &[u8],
) -> Vec<u8> {
    let mut message = std::vec![kind, code, 0, 0];
    message.extend(rest);
    let checksum = sum(&message);
    message[2..4].copy_from_slice(&checksum.to_be_bytes());
    ipv4(source, destination, 1, &message)
}
