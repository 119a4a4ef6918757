//! Frames by hand.

use super::*;

/// A frame to `to` with an IPv6 packet.
pub(super) fn ethernet(to: MacAddress, packet: &[u8]) -> Vec<u8> {
    let mut frame = Vec::from(to);
    frame.extend(PEER_MAC);
    frame.extend([0x86, 0xdd]);
    frame.extend(packet);
    frame
}

/// A frame to this host, or to the group that the packet is for.
pub(super) fn frame(packet: &[u8]) -> Vec<u8> {
    let destination = Ipv6Addr::from_octets(*packet[24..].first_chunk().unwrap());
    match destination.is_multicast() {
        true => ethernet(group_mac(destination), packet),
        false => ethernet(MAC, packet),
    }
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

/// A packet with a traffic class of 0.
pub(super) fn ipv6(
    source: Ipv6Addr,
    destination: Ipv6Addr,
    next_header: u8,
    hop_limit: u8,
    payload: &[u8],
) -> Vec<u8> {
    let mut packet = std::vec![0x60, 0, 0, 0];
    packet.extend((payload.len() as u16).to_be_bytes());
    packet.extend([next_header, hop_limit]);
    packet.extend(source.octets());
    packet.extend(destination.octets());
    packet.extend(payload);
    packet
}

/// A transport header and payload with the checksum at `offset` filled in.
pub(super) fn with_checksum(
    source: Ipv6Addr,
    destination: Ipv6Addr,
    protocol: u8,
    payload: &[u8],
    offset: usize,
) -> Vec<u8> {
    let mut payload = payload.to_vec();
    payload[offset..offset + 2].fill(0);
    let mut words = Vec::from(source.octets());
    words.extend(destination.octets());
    words.extend((payload.len() as u32).to_be_bytes());
    words.extend([0, 0, 0, protocol]);
    words.extend(&payload);
    payload[offset..offset + 2].copy_from_slice(&sum(&words).to_be_bytes());
    payload
}

pub(super) fn udp_without_checksum(from: u16, to: u16, data: &[u8]) -> Vec<u8> {
    let mut datagram = Vec::from(from.to_be_bytes());
    datagram.extend(to.to_be_bytes());
    datagram.extend((8 + data.len() as u16).to_be_bytes());
    datagram.extend([0, 0]);
    datagram.extend(data);
    datagram
}

/// A datagram to port 7.
pub(super) fn datagram(source: Ipv6Addr, destination: Ipv6Addr, data: &[u8]) -> Vec<u8> {
    let datagram = udp_without_checksum(1000, 7, data);
    with_checksum(source, destination, 17, &datagram, 6)
}

/// A packet with a datagram to port 7.
pub(super) fn udp(source: Ipv6Addr, destination: Ipv6Addr, data: &[u8]) -> Vec<u8> {
    let datagram = datagram(source, destination, data);
    ipv6(source, destination, 17, 64, &datagram)
}

/// A packet with a SYN to port 7.
pub(super) fn syn(source: Ipv6Addr, destination: Ipv6Addr) -> Vec<u8> {
    let segment = [
        3, 232, 0, 7, 0, 0, 0, 1, 0, 0, 0, 0, 0x50, 2, 255, 255, 0, 0, 0, 0,
    ];
    let segment = with_checksum(source, destination, 6, &segment, 16);
    ipv6(source, destination, 6, 64, &segment)
}

pub(super) fn icmp(
    source: Ipv6Addr,
    destination: Ipv6Addr,
    kind: u8,
    code: u8,
    rest: &[u8],
) -> Vec<u8> {
    let mut message = std::vec![kind, code, 0, 0];
    message.extend(rest);
    let message = with_checksum(source, destination, 58, &message, 2);
    ipv6(source, destination, 58, 64, &message)
}

/// A message of neighbour discovery, of which the parts can be changed.
#[derive(Clone)]
pub(super) struct Ndp {
    pub(super) source: Ipv6Addr,
    pub(super) destination: Ipv6Addr,
    pub(super) hop_limit: u8,
    pub(super) kind: u8,
    pub(super) code: u8,
    pub(super) flags: u8,
    pub(super) target: Ipv6Addr,
    pub(super) options: Vec<u8>,
}

impl Ndp {
    /// The question of `source`, in the group.
    pub(super) fn solicitation(source: Ipv6Addr, target: Ipv6Addr) -> Self {
        let mut options = Vec::new();
        if !source.is_unspecified() {
            options.extend([1, 1]);
            options.extend(PEER_MAC);
        }
        Self {
            source,
            destination: solicited_node(target),
            hop_limit: 255,
            kind: 135,
            code: 0,
            flags: 0,
            target,
            options,
        }
    }

    /// The answer to this host.
    pub(super) fn advertisement(target: Ipv6Addr, mac: MacAddress) -> Self {
        let mut options = std::vec![2, 1];
        options.extend(mac);
        Self {
            source: target,
            destination: LOCAL,
            hop_limit: 255,
            kind: 136,
            code: 0,
            flags: 0x60,
            target,
            options,
        }
    }

    pub(super) fn message(&self) -> Vec<u8> {
        let mut message = std::vec![self.kind, self.code, 0, 0, self.flags, 0, 0, 0];
        message.extend(self.target.octets());
        message.extend(&self.options);
        with_checksum(self.source, self.destination, 58, &message, 2)
    }

    pub(super) fn frame(&self) -> Vec<u8> {
        let (source, destination) = (self.source, self.destination);
        frame(&ipv6(
            source,
            destination,
            58,
            self.hop_limit,
            &self.message(),
        ))
    }
}

pub(super) fn solicitation(source: Ipv6Addr, target: Ipv6Addr) -> Vec<u8> {
    Ndp::solicitation(source, target).frame()
}

/// A frame that was sent: its destination, and the fields of its packet.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Sent {
    pub(super) to: MacAddress,
    pub(super) source: Ipv6Addr,
    pub(super) destination: Ipv6Addr,
    pub(super) protocol: u8,
    pub(super) hop_limit: u8,
    pub(super) payload: Vec<u8>,
}

/// Reads a frame that was sent, whose checksum must be correct.
pub(super) fn read(frame: &[u8]) -> Sent {
    assert_eq!(
        (&frame[6..12], &frame[12..14]),
        (&MAC[..], &[0x86, 0xdd][..])
    );
    let packet = &frame[14..];
    assert_eq!((packet[0] >> 4, &packet[2..4]), (6, &[0, 0][..]));
    assert_eq!(
        usize::from(packet[4]) << 8 | usize::from(packet[5]),
        packet.len() - 40
    );
    let address = |at: usize| Ipv6Addr::from_octets(*packet[at..].first_chunk().unwrap());
    let sent = Sent {
        to: *frame.first_chunk().unwrap(),
        source: address(8),
        destination: address(24),
        protocol: packet[6],
        hop_limit: packet[7],
        payload: packet[40..].to_vec(),
    };
    let offset = match sent.protocol {
        6 => 16,
        17 => 6,
        _ => 2,
    };
    let (source, destination) = (sent.source, sent.destination);
    let expected = with_checksum(source, destination, sent.protocol, &sent.payload, offset);
    assert_eq!(sent.payload, expected, "the checksum");
    sent
}

/// Reads a message of neighbour discovery that was sent: its packet, flags, target and option.
pub(super) fn read_ndp(frame: &[u8]) -> (Sent, u8, Ipv6Addr, Vec<u8>) {
    let sent = read(frame);
    assert_eq!((sent.protocol, sent.hop_limit), (58, 255));
    let target = Ipv6Addr::from_octets(*sent.payload[8..].first_chunk().unwrap());
    let (flags, option) = (sent.payload[4], sent.payload[24..].to_vec());
    (sent, flags, target, option)
}

/// The option with a MAC address.
pub(super) fn option(kind: u8, mac: MacAddress) -> Vec<u8> {
    let mut option = std::vec![kind, 1];
    option.extend(mac);
    option
}
