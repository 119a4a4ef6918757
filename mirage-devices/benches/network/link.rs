//! The link, the peer on it, and the interface of this host.

use mirage_devices::{
    net::{
        checksum::Sum,
        ip::{Ip, Ipv4},
        link::Transmit,
        neighbour::{Claiming, Defence},
        offload::{ChecksumState, Offloads, ReceiveInfo, TransmitInfo},
    },
    random::Random,
    time::Instant,
};
use std::{hint::black_box, net::Ipv4Addr};

/// The address of this host.
pub const MAC: [u8; 6] = [2, 0, 0, 0, 0, 2];
const PEER_MAC: [u8; 6] = [2, 0, 0, 0, 0, 9];
pub const LOCAL: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 2);
const PEER: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 9);

/// When the benchmarks begin.
pub const START: Instant = Instant::from_nanos(1_000_000_000_000);

/// A link with room for one frame, which is overwritten.
pub struct Buffer {
    pub bytes: [u8; 2048],
    pub length: usize,
}

impl Transmit for Buffer {
    fn has_room(&mut self) -> bool {
        true
    }

    fn push<R>(&mut self, length: usize, fill: impl FnOnce(&mut [u8]) -> R) -> Option<R> {
        self.push_with(length, TransmitInfo::default(), fill)
    }

    #[inline(always)]
    fn push_with<R>(
        &mut self,
        length: usize,
        info: TransmitInfo,
        fill: impl FnOnce(&mut [u8]) -> R,
    ) -> Option<R> {
        black_box(info);
        self.length = length;
        Some(fill(self.bytes.get_mut(..length)?))
    }

    fn flush(&mut self) {}
}

impl Buffer {
    pub fn new() -> Self {
        Self {
            bytes: [0; 2048],
            length: 0,
        }
    }
}

/// The interface of this host, and what accompanies the frames that it receives. With `offload`, the
/// link verifies and completes checksums.
pub fn interface(offload: bool) -> (Ip, Ipv4, ReceiveInfo) {
    let offloads = Offloads {
        checksum: offload,
        ..Offloads::default()
    };
    let random = Random::from_seed([1; 32]);
    let mut ip = Ip::new(MAC, 1500, offloads, random.clone());
    let mut ipv4 = Ipv4::new(MAC, random);
    let claiming = (Claiming::Optimistic, Defence::Always);
    ipv4.add_address(&mut ip, START, (LOCAL, 24), claiming)
        .expect("memory");
    let mut info = ReceiveInfo::default();
    if offload {
        info.checksum = ChecksumState::Verified;
    }
    (ip, ipv4, info)
}

/// The answer of the peer to the request for its MAC address.
pub fn arp_reply() -> Vec<u8> {
    let mut frame = Vec::from(MAC);
    frame.extend(PEER_MAC);
    frame.extend([8, 6, 0, 1, 8, 0, 6, 4, 0, 2]);
    frame.extend(PEER_MAC);
    frame.extend(PEER.octets());
    frame.extend(MAC);
    frame.extend(LOCAL.octets());
    frame
}

/// A frame from the peer with a segment or datagram, whose checksum field is `checksum_at`.
pub fn frame(protocol: u8, mut payload: Vec<u8>, checksum_at: usize) -> Vec<u8> {
    let length = (payload.len() as u16).to_be_bytes();
    let mut pseudo = Vec::from(PEER.octets());
    pseudo.extend(LOCAL.octets());
    pseudo.extend([0, protocol]);
    pseudo.extend(length);
    let sum = Sum::from_bytes(&pseudo) + Sum::from_bytes(&payload);
    payload[checksum_at..checksum_at + 2].copy_from_slice(&sum.checksum().to_be_bytes());
    let mut header = vec![0x45, 0];
    header.extend((20 + payload.len() as u16).to_be_bytes());
    header.extend([0, 0, 0x40, 0, 64, protocol, 0, 0]);
    header.extend(PEER.octets());
    header.extend(LOCAL.octets());
    let checksum = Sum::from_bytes(&header).checksum();
    header[10..12].copy_from_slice(&checksum.to_be_bytes());
    [&MAC[..], &PEER_MAC, &[8, 0], &header, &payload].concat()
}
