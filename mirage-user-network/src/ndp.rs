//! Neighbour discovery and router advertisements (RFC 4861): the gateway's part of them.
//!
//! smoltcp answers for its own addresses, but neither says that it is a router, without which hosts forget it
//! (RFC 4861, section 7.2.5), nor advertises anything. It learns the guest's MAC address from messages that are
//! written here, after the guest's have been checked.

mod advertisement;

pub use advertisement::{INTERVAL, advertisement};

use crate::link::ETHERNET_HEADER_LEN;
use smoltcp::wire::{
    EthernetAddress, EthernetFrame, EthernetProtocol, EthernetRepr, IPV6_HEADER_LEN, Icmpv6Message,
    Icmpv6Packet, IpProtocol, Ipv6Packet, Ipv6Repr,
};
use std::net::Ipv6Addr;

/// The hop limit of all messages, which no router has decremented.
const HOP_LIMIT: u8 = 255;
/// All hosts of the link.
pub const ALL_NODES: Ipv6Addr = Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 0, 1);
/// The option with the target's MAC address (RFC 4861, section 4.6.1).
const TARGET_LINK_LAYER_ADDRESS: u8 = 2;
/// The flags of neighbour advertisements (RFC 4861, section 4.4).
const ROUTER: u8 = 0x80;
const SOLICITED: u8 = 0x40;
const OVERRIDE: u8 = 0x20;
/// The offset of the target in neighbour solicitations and advertisements, and their length without options.
const TARGET: usize = 8;
const NEIGHBOR_LEN: usize = TARGET + 16;
/// The length of a router solicitation without options.
const ROUTER_SOLICITATION_LEN: usize = 8;

/// A valid message of the guest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Message {
    /// The sender's MAC address.
    pub mac: EthernetAddress,
    /// The sender's address, which may be unspecified in solicitations.
    pub from: Ipv6Addr,
    /// What it says.
    pub kind: Kind,
}

/// A kind of message that a gateway receives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Asks for router advertisements.
    RouterSolicitation,
    /// Asks who has an address.
    NeighborSolicitation {
        /// The address.
        target: Ipv6Addr,
    },
    /// Says that the sender has an address.
    NeighborAdvertisement {
        /// The address.
        target: Ipv6Addr,
    },
}

/// Parses the payload of a packet. Returns `None` for other messages, and for invalid ones (RFC 4861,
/// sections 6.1.1, 7.1.1 and 7.1.2).
pub fn parse(mac: EthernetAddress, header: &Ipv6Repr, payload: &[u8]) -> Option<Message> {
    let message = Icmpv6Packet::new_checked(payload).ok()?;
    let target = || {
        let octets: [u8; 16] = payload.get(TARGET..NEIGHBOR_LEN)?.try_into().ok()?;
        Some(Ipv6Addr::from(octets)).filter(|target| !target.is_multicast())
    };
    let (length, kind) = match message.msg_type() {
        Icmpv6Message::RouterSolicit => (ROUTER_SOLICITATION_LEN, Kind::RouterSolicitation),
        Icmpv6Message::NeighborSolicit => {
            let target = target()?;
            (NEIGHBOR_LEN, Kind::NeighborSolicitation { target })
        }
        Icmpv6Message::NeighborAdvert => {
            let target = target()?;
            (NEIGHBOR_LEN, Kind::NeighborAdvertisement { target })
        }
        _ => return None,
    };
    let is_valid = header.hop_limit == HOP_LIMIT
        && message.msg_code() == 0
        && message.verify_checksum(&header.src_addr, &header.dst_addr)
        && are_options(payload.get(length..)?);
    is_valid.then_some(Message {
        mac,
        from: header.src_addr,
        kind,
    })
}

/// Whether options, which have their length in units of eight bytes, fill `bytes`.
fn are_options(mut bytes: &[u8]) -> bool {
    while let [_, length, ..] = *bytes {
        let length = usize::from(length) * 8;
        match bytes.get(length..) {
            Some(rest) if length > 0 => bytes = rest,
            _ => return false,
        }
    }
    bytes.is_empty()
}

/// Returns a frame that advertises that the gateway, with the MAC address `own`, has the address `target`, as the
/// answer to `solicitation`.
pub fn answer(solicitation: &Message, target: Ipv6Addr, own: EthernetAddress) -> Vec<u8> {
    let flags = ROUTER | OVERRIDE;
    if solicitation.from.is_unspecified() {
        // Somebody else is about to use the address (RFC 4862, section 5.4.3).
        return neighbor_advertisement(target, own, ALL_NODES, multicast_mac(ALL_NODES), flags);
    }
    let to = solicitation.from;
    neighbor_advertisement(target, own, to, solicitation.mac, flags | SOLICITED)
}

/// Returns a frame that tells smoltcp, which is `to`, that the guest's `address` is at `mac`.
pub fn guest_is_at(
    address: Ipv6Addr,
    mac: EthernetAddress,
    to: (Ipv6Addr, EthernetAddress),
) -> Vec<u8> {
    let (to, to_mac) = to;
    neighbor_advertisement(address, mac, to, to_mac, SOLICITED | OVERRIDE)
}

/// The MAC address of a multicast group (RFC 2464, section 7).
fn multicast_mac(group: Ipv6Addr) -> EthernetAddress {
    let [.., a, b, c, d] = group.octets();
    EthernetAddress([0x33, 0x33, a, b, c, d])
}

fn neighbor_advertisement(
    target: Ipv6Addr,
    mac: EthernetAddress,
    to: Ipv6Addr,
    to_mac: EthernetAddress,
    flags: u8,
) -> Vec<u8> {
    let mut message = vec![
        Icmpv6Message::NeighborAdvert.into(),
        0,
        0,
        0,
        flags,
        0,
        0,
        0,
    ];
    message.extend(target.octets());
    message.extend([TARGET_LINK_LAYER_ADDRESS, 1]);
    message.extend(mac.0);
    frame((target, mac), (to, to_mac), &message)
}

/// Returns a frame with `message`, whose checksum is filled in.
pub fn frame(
    (from, from_mac): (Ipv6Addr, EthernetAddress),
    (to, to_mac): (Ipv6Addr, EthernetAddress),
    message: &[u8],
) -> Vec<u8> {
    let mut bytes = vec![0; ETHERNET_HEADER_LEN + IPV6_HEADER_LEN + message.len()];
    let mut frame = EthernetFrame::new_unchecked(&mut bytes[..]);
    let link = EthernetRepr {
        src_addr: from_mac,
        dst_addr: to_mac,
        ethertype: EthernetProtocol::Ipv6,
    };
    link.emit(&mut frame);
    let mut packet = Ipv6Packet::new_unchecked(frame.payload_mut());
    let header = Ipv6Repr {
        src_addr: from,
        dst_addr: to,
        next_header: IpProtocol::Icmpv6,
        payload_len: message.len(),
        hop_limit: HOP_LIMIT,
    };
    header.emit(&mut packet);
    let payload = packet.payload_mut();
    payload.copy_from_slice(message);
    Icmpv6Packet::new_unchecked(payload).fill_checksum(&from, &to);
    bytes
}
