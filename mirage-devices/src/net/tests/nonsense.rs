//! Invalid frames: none of them stops the stack or its service to other peers.

use super::{
    client::CLIENT,
    hand::{ByHand, Segment, arp_frame, ethernet_frame, ip_frame},
};
use embedded_io_async::{Read, Write};
use proptest::{collection::vec, prelude::*, sample::Index};
use smoltcp::wire::{
    ArpOperation, EthernetFrame, EthernetProtocol, Icmpv4Packet, IpProtocol, Ipv4Packet,
    TcpControl, TcpPacket, UdpPacket,
};
use std::{rc::Rc, vec::Vec};

/// What is done to a frame.
#[derive(Debug, Clone)]
enum Harm {
    Cut(Index),
    Set(usize, u8),
    Append(Vec<u8>),
}

impl Harm {
    fn apply(&self, frame: &mut Vec<u8>) {
        match self {
            Self::Cut(place) => frame.truncate(place.index(frame.len() + 1)),
            Self::Set(place, value) => {
                if let Some(byte) = frame.get_mut(*place) {
                    *byte = *value;
                }
            }
            Self::Append(bytes) => frame.extend(bytes),
        }
    }
}

fn harm() -> impl Strategy<Value = Harm> {
    prop_oneof![
        1 => any::<Index>().prop_map(Harm::Cut),
        // In the headers, where it matters most.
        4 => (0..64usize, any::<u8>()).prop_map(|(place, value)| Harm::Set(place, value)),
        1 => vec(any::<u8>(), 0..40).prop_map(Harm::Append),
    ]
}

/// What a frame was before harm came to it.
#[derive(Debug, Clone)]
enum Origin {
    /// What it acknowledges is counted from what the open connection would.
    Segment(Segment),
    Other(Vec<u8>),
}

impl Origin {
    fn frame(&self, open: &Segment) -> Vec<u8> {
        match self {
            Self::Segment(segment) => {
                let base = open.acknowledges.unwrap_or(0);
                let counted = |count: u32| base.wrapping_add(count);
                Segment {
                    acknowledges: segment.acknowledges.map(counted),
                    ..segment.clone()
                }
                .frame()
            }
            Self::Other(frame) => frame.clone(),
        }
    }
}

fn segment() -> impl Strategy<Value = Segment> {
    let control = prop_oneof![
        Just(TcpControl::None),
        Just(TcpControl::Psh),
        Just(TcpControl::Syn),
        Just(TcpControl::Fin),
        Just(TcpControl::Rst),
    ];
    let acknowledges = prop_oneof![
        1 => Just(None),
        3 => (0..3u32).prop_map(Some),
        1 => any::<u32>().prop_map(Some),
    ];
    let length = prop_oneof![5 => 0..20usize, 1 => 1000..9000usize];
    let parts = (control, 0..3u16, 995..1030u32, acknowledges, length);
    parts.prop_map(|(control, from, sequence, acknowledges, length)| Segment {
        control,
        sequence,
        acknowledges,
        payload: std::vec![b's'; length],
        ..Segment::syn(40_000 + from, 7)
    })
}

fn packet(protocol: IpProtocol, payload: &[u8]) -> Origin {
    let fill = |bytes: &mut [u8]| bytes.copy_from_slice(payload);
    Origin::Other(ip_frame(CLIENT, protocol, payload.len(), fill))
}

fn origin() -> impl Strategy<Value = Origin> {
    let bytes = || vec(any::<u8>(), 0..60);
    prop_oneof![
        6 => segment().prop_map(Origin::Segment),
        1 => Just(Origin::Other(arp_frame(ArpOperation::Request, CLIENT))),
        1 => Just(Origin::Other(arp_frame(ArpOperation::Reply, CLIENT))),
        1 => (any::<u8>(), bytes())
            .prop_map(|(protocol, payload)| packet(IpProtocol::from(protocol), &payload)),
        1 => bytes().prop_map(|payload| packet(IpProtocol::Icmp, &payload)),
        1 => bytes().prop_map(|payload| packet(IpProtocol::Udp, &payload)),
        1 => bytes().prop_map(|payload| packet(IpProtocol::Tcp, &payload)),
        1 => (any::<u16>(), bytes()).prop_map(|(kind, payload)| {
            let fill = |bytes: &mut [u8]| bytes.copy_from_slice(&payload);
            let kind = EthernetProtocol::from(kind);
            Origin::Other(ethernet_frame(kind, payload.len(), fill))
        }),
        1 => bytes().prop_map(Origin::Other),
    ]
}

/// Makes the checksums right, as far as there are any.
fn mend(frame: &mut [u8]) {
    let Ok(mut ethernet) = EthernetFrame::new_checked(frame) else {
        return;
    };
    let Ok(mut ip) = Ipv4Packet::new_checked(ethernet.payload_mut()) else {
        return;
    };
    ip.fill_checksum();
    let (from, to) = (ip.src_addr().into(), ip.dst_addr().into());
    match ip.next_header() {
        IpProtocol::Tcp => {
            if let Ok(mut tcp) = TcpPacket::new_checked(ip.payload_mut()) {
                tcp.fill_checksum(&from, &to);
            }
        }
        IpProtocol::Udp => {
            if let Ok(mut udp) = UdpPacket::new_checked(ip.payload_mut()) {
                udp.fill_checksum(&from, &to);
            }
        }
        IpProtocol::Icmp => {
            if let Ok(mut icmp) = Icmpv4Packet::new_checked(ip.payload_mut()) {
                icmp.fill_checksum();
            }
        }
        _ => {}
    }
}

/// A real client opens a connection, sends a word, and receives one.
fn serves(hand: &mut ByHand, listener: &Rc<crate::net::TcpListener>) {
    let next = hand.open(50_000, 7);
    let word = Segment {
        payload: b"question".to_vec(),
        ..next
    };
    hand.exchange(&word);
    let listener = listener.clone();
    hand.bench.world.spawn(async move {
        // The nonsense may have opened connections too.
        let mut stream = listener.accept().await.unwrap();
        while stream.peer_addr().port() != 50_000 {
            stream = listener.accept().await.unwrap();
        }
        let mut question = [0; 8];
        stream.read_exact(&mut question).await.unwrap();
        assert_eq!(&question, b"question");
        stream.write_all(b"answer").await.unwrap();
        core::future::pending().await
    });
    let segments = hand.segments();
    assert!(
        segments.iter().any(|segment| segment.payload == b"answer"),
        "{segments:?}"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn the_stack_outlives_any_frames(
        shots in vec((origin(), vec(harm(), 0..3), any::<bool>()), 1..60)
    ) {
        let mut hand = ByHand::new();
        let listener = Rc::new(hand.bench.stack.listen(7).unwrap());
        let _udp = hand.bench.stack.bind_udp(7).unwrap();
        // One connection is open, and comes under fire as well.
        let open = hand.open(40_001, 7);
        for (origin, harms, mended) in &shots {
            let mut frame = origin.frame(&open);
            harms.iter().for_each(|harm| harm.apply(&mut frame));
            if *mended {
                mend(&mut frame);
            }
            hand.inject(&frame);
        }
        // Acknowledgments may be delayed.
        hand.bench.world.pass(core::time::Duration::from_secs(1));
        hand.frames();
        serves(&mut hand, &listener);
    }
}
