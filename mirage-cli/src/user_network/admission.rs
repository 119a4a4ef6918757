//! Which frames of the unikernel the network takes, decided before it sees them.

use super::Addresses;
use smoltcp::wire::{
    ArpPacket, EthernetFrame, EthernetProtocol, IpProtocol, Ipv4Packet, TcpPacket,
};
use std::net::{Ipv4Addr, SocketAddrV4};

/// The two ends of a TCP connection that the unikernel opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Tuple {
    /// The unikernel's.
    pub guest: SocketAddrV4,
    /// The one that it connects to.
    pub remote: SocketAddrV4,
}

/// What is done with a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission {
    /// It is nobody's.
    Refused,
    /// The network takes it.
    Granted,
    /// The network takes it once the other end is connected.
    Opens(Tuple),
}

/// What is done with `frame`. The network takes part as the gateway and the name server, and stands for
/// everything that lies behind them; it stands for no other host of the unikernel's own network.
pub fn of(frame: &[u8], addresses: &Addresses) -> Admission {
    admission(frame, addresses).unwrap_or(Admission::Refused)
}

/// Nothing for a frame that is malformed.
fn admission(frame: &[u8], addresses: &Addresses) -> Option<Admission> {
    let frame = EthernetFrame::new_checked(frame).ok()?;
    let granted = match frame.ethertype() {
        EthernetProtocol::Arp => {
            let packet = ArpPacket::new_checked(frame.payload()).ok()?;
            let wanted = packet.target_protocol_addr();
            [addresses.host, addresses.name_server]
                .map(|own| own.octets())
                .iter()
                .any(|own| own == wanted)
        }
        EthernetProtocol::Ipv4 => {
            let packet = Ipv4Packet::new_checked(frame.payload()).ok()?;
            match packet.next_header() {
                IpProtocol::Tcp => return tcp(&packet),
                IpProtocol::Icmp => packet.dst_addr() == addresses.host,
                IpProtocol::Udp => true,
                _ => false,
            }
        }
        _ => false,
    };
    granted.then_some(Admission::Granted)
}

fn tcp(packet: &Ipv4Packet<&[u8]>) -> Option<Admission> {
    let segment = TcpPacket::new_checked(packet.payload()).ok()?;
    if !segment.syn() || segment.ack() {
        return Some(Admission::Granted);
    }
    let remote = SocketAddrV4::new(packet.dst_addr(), segment.dst_port());
    is_reached(*remote.ip()).then_some(Admission::Opens(Tuple {
        guest: SocketAddrV4::new(packet.src_addr(), segment.src_port()),
        remote,
    }))
}

/// Whether there can be a host of this address.
pub fn is_reached(address: Ipv4Addr) -> bool {
    !address.is_unspecified()
        && !address.is_loopback()
        && !address.is_multicast()
        && !address.is_broadcast()
}

#[cfg(test)]
mod tests {
    use super::{super::addresses::EXAMPLE, *};
    use proptest::prelude::*;
    use smoltcp::{
        phy::ChecksumCapabilities,
        wire::{
            ArpOperation, ArpRepr, EthernetAddress, EthernetRepr, Ipv4Repr, TcpControl, TcpRepr,
            TcpSeqNumber,
        },
    };

    const GUEST: Ipv4Addr = EXAMPLE.guest;
    const MAC: EthernetAddress = EthernetAddress([2, 0, 0, 0, 0, 2]);

    fn frame(ethertype: EthernetProtocol, length: usize, fill: impl FnOnce(&mut [u8])) -> Vec<u8> {
        let header = EthernetRepr {
            src_addr: MAC,
            dst_addr: EthernetAddress::BROADCAST,
            ethertype,
        };
        let mut bytes = vec![0; header.buffer_len() + length];
        let mut frame = EthernetFrame::new_unchecked(&mut bytes[..]);
        header.emit(&mut frame);
        fill(frame.payload_mut());
        bytes
    }

    fn packet(to: Ipv4Addr, next_header: IpProtocol, payload: &[u8]) -> Vec<u8> {
        let header = Ipv4Repr {
            src_addr: GUEST,
            dst_addr: to,
            next_header,
            payload_len: payload.len(),
            hop_limit: 64,
        };
        let length = header.buffer_len() + payload.len();
        frame(EthernetProtocol::Ipv4, length, |room| {
            let mut packet = Ipv4Packet::new_unchecked(room);
            header.emit(&mut packet, &ChecksumCapabilities::default());
            packet.payload_mut().copy_from_slice(payload);
        })
    }

    fn segment(to: Ipv4Addr, control: TcpControl, ack: bool) -> Vec<u8> {
        let segment = TcpRepr {
            src_port: 40000,
            dst_port: 80,
            control,
            seq_number: TcpSeqNumber(1),
            ack_number: ack.then_some(TcpSeqNumber(2)),
            window_len: 1000,
            window_scale: None,
            max_seg_size: None,
            sack_permitted: false,
            sack_ranges: [None; 3],
            timestamp: None,
            payload: &[],
        };
        let mut bytes = vec![0; segment.buffer_len()];
        segment.emit(
            &mut TcpPacket::new_unchecked(&mut bytes[..]),
            &GUEST.into(),
            &to.into(),
            &ChecksumCapabilities::default(),
        );
        packet(to, IpProtocol::Tcp, &bytes)
    }

    fn arp(target: Ipv4Addr) -> Vec<u8> {
        let question = ArpRepr::EthernetIpv4 {
            operation: ArpOperation::Request,
            source_hardware_addr: MAC,
            source_protocol_addr: GUEST,
            target_hardware_addr: EthernetAddress::BROADCAST,
            target_protocol_addr: target,
        };
        frame(EthernetProtocol::Arp, question.buffer_len(), |room| {
            question.emit(&mut ArpPacket::new_unchecked(room));
        })
    }

    #[test]
    fn the_gateway_and_the_name_server_are_the_only_hosts_of_the_network() {
        let gateway = EXAMPLE.host;
        let other = Ipv4Addr::new(10, 0, 0, 9);
        let far = Ipv4Addr::new(192, 0, 2, 1);
        for (frame, granted) in [
            (arp(gateway), true),
            (arp(EXAMPLE.name_server), true),
            (arp(other), false),
            // An address is asked for before it is taken: nobody must answer.
            (arp(GUEST), false),
            (packet(gateway, IpProtocol::Icmp, &[8; 8]), true),
            (packet(far, IpProtocol::Icmp, &[8; 8]), false),
            (packet(far, IpProtocol::Udp, &[0; 8]), true),
            (packet(far, IpProtocol::Igmp, &[0; 8]), false),
            (segment(far, TcpControl::None, true), true),
            (segment(gateway, TcpControl::Syn, true), true),
            (frame(EthernetProtocol::Ipv6, 40, |_| {}), false),
        ] {
            let expected = if granted {
                Admission::Granted
            } else {
                Admission::Refused
            };
            assert_eq!(of(&frame, &EXAMPLE), expected, "{frame:?}");
        }
    }

    #[test]
    fn a_connection_is_opened_to_what_can_be_a_host() {
        let far = Ipv4Addr::new(192, 0, 2, 1);
        let opened = of(&segment(far, TcpControl::Syn, false), &EXAMPLE);
        let tuple = Tuple {
            guest: SocketAddrV4::new(GUEST, 40000),
            remote: SocketAddrV4::new(far, 80),
        };
        assert_eq!(opened, Admission::Opens(tuple));
        for address in [[127, 0, 0, 1], [0, 0, 0, 0], [224, 0, 0, 1], [255; 4]] {
            let frame = segment(address.into(), TcpControl::Syn, false);
            assert_eq!(of(&frame, &EXAMPLE), Admission::Refused);
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_decided_on(mut frame: Vec<u8>, ethertype in 0usize..3) {
            if frame.len() >= 14 {
                let ethertype = [0x0800u16, 0x0806, 0x86dd][ethertype];
                frame[12..14].copy_from_slice(&ethertype.to_be_bytes());
            }
            of(&frame, &EXAMPLE);
        }
    }
}
