//! Packets with one datagram, of either family.

use crate::link::MTU;
use smoltcp::{
    phy::ChecksumCapabilities,
    socket::raw::Socket,
    wire::{
        IpAddress, IpProtocol, IpRepr, IpVersion, Ipv4Packet, Ipv6Packet, UDP_HEADER_LEN,
        UdpPacket, UdpRepr,
    },
};
use std::net::{IpAddr, SocketAddr};

/// The hop limit of packets to the guest.
const HOP_LIMIT: u8 = 64;

/// The endpoints of datagrams, as the guest sees them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Flow {
    /// The guest's endpoint.
    pub guest: SocketAddr,
    /// The remote one.
    pub remote: SocketAddr,
}

/// Returns the flow and the payload of a UDP packet of the guest, or `None` if it is malformed.
pub fn parse(packet: &[u8]) -> Option<(Flow, &[u8])> {
    let (from, to, payload): (IpAddr, IpAddr, _) = match IpVersion::of_packet(packet).ok()? {
        IpVersion::Ipv4 => {
            let packet = Ipv4Packet::new_checked(packet).ok()?;
            let (from, to) = (packet.src_addr(), packet.dst_addr());
            (from.into(), to.into(), packet.payload())
        }
        IpVersion::Ipv6 => {
            let packet = Ipv6Packet::new_checked(packet).ok()?;
            let (from, to) = (packet.src_addr(), packet.dst_addr());
            (from.into(), to.into(), packet.payload())
        }
    };
    let datagram = UdpPacket::new_checked(payload).ok()?;
    let checks = ChecksumCapabilities::default();
    let ports = UdpRepr::parse(&datagram, &from.into(), &to.into(), &checks).ok()?;
    let flow = Flow {
        guest: SocketAddr::new(from, ports.src_port),
        remote: SocketAddr::new(to, ports.dst_port),
    };
    Some((flow, datagram.payload()))
}

/// Sends a datagram to the guest, between endpoints of one family. Returns whether it fits one frame and the
/// buffer.
pub fn send(
    socket: &mut Socket<'static>,
    from: SocketAddr,
    to: SocketAddr,
    payload: &[u8],
) -> bool {
    let ports = UdpRepr {
        src_port: from.port(),
        dst_port: to.port(),
    };
    let (source, destination): (IpAddress, IpAddress) = (from.ip().into(), to.ip().into());
    let length = UDP_HEADER_LEN + payload.len();
    let header = IpRepr::new(source, destination, IpProtocol::Udp, length, HOP_LIMIT);
    if header.buffer_len() > MTU {
        return false;
    }
    let Ok(room) = socket.send(header.buffer_len()) else {
        return false;
    };
    let checks = ChecksumCapabilities::default();
    header.emit(&mut room[..], &checks);
    let mut datagram = UdpPacket::new_unchecked(&mut room[header.header_len()..]);
    let copy = |room: &mut [u8]| room.copy_from_slice(payload);
    ports.emit(
        &mut datagram,
        &source,
        &destination,
        payload.len(),
        copy,
        &checks,
    );
    true
}
