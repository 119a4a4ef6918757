//! Frames of IPv6.

use super::verdict::{Verdict, tcp};
use crate::{addresses::Ipv6Addresses, ndp};
use mirage_graph::ipv6::Ipv6InterfaceAddress;
use smoltcp::wire::{EthernetFrame, Icmpv6Message, Icmpv6Packet, IpProtocol, Ipv6Packet, Ipv6Repr};
use std::net::Ipv6Addr;

/// The addresses of one link (RFC 4291, section 2.5.6).
const LINK_LOCAL: Ipv6InterfaceAddress = Ipv6InterfaceAddress {
    address: Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 0),
    prefix_length: 64,
};

/// Decides on a frame that has a packet of IPv6. Packets with extension headers are dropped, whatever these are,
/// and fragments among them: nothing that the network answers needs one.
pub fn verdict(frame: &EthernetFrame<&[u8]>, addresses: &Ipv6Addresses) -> Option<Verdict> {
    // It is the address of answers.
    if !frame.src_addr().is_unicast() {
        return None;
    }
    let packet = Ipv6Packet::new_checked(frame.payload()).ok()?;
    let header = Ipv6Repr::parse(&packet).ok()?;
    let (from, to) = (header.src_addr, header.dst_addr);
    let may_send = || is_guest(from, addresses) && is_reachable(from, to, addresses);
    let is_accepted = match header.next_header {
        IpProtocol::Icmpv6 => {
            if let Some(message) = ndp::parse(frame.src_addr(), &header, packet.payload()) {
                return is_of_guest(&message, addresses).then_some(Verdict::Discover(message));
            }
            is_echo_request(packet.payload()) && addresses.is_gateway(to) && may_send()
        }
        IpProtocol::Tcp if may_send() => return tcp(from.into(), to.into(), packet.payload()),
        IpProtocol::Udp => may_send(),
        _ => false,
    };
    is_accepted.then_some(Verdict::Accept)
}

fn is_echo_request(message: &[u8]) -> bool {
    Icmpv6Packet::new_checked(message).is_ok_and(|message| {
        message.msg_type() == Icmpv6Message::EchoRequest && message.msg_code() == 0
    })
}

/// Whether a message of neighbour discovery is sent by the guest, and for itself if it advertises.
fn is_of_guest(message: &ndp::Message, addresses: &Ipv6Addresses) -> bool {
    let is_sent = message.from.is_unspecified() || is_guest(message.from, addresses);
    is_sent
        && match message.kind {
            ndp::Kind::NeighborAdvertisement { target } => is_guest(target, addresses),
            _ => true,
        }
}

/// Whether the guest can have this address: it is of the network or of the link, and not ours.
pub fn is_guest(address: Ipv6Addr, addresses: &Ipv6Addresses) -> bool {
    (addresses.network.contains(address) || LINK_LOCAL.contains(address))
        && is_unicast(address)
        && !addresses.answers_at(address)
}

/// Whether a packet may leave the guest: to this network's own addresses, or beyond the link to another
/// network. A link-local source stays on the link (RFC 4291, section 2.5.6).
fn is_reachable(from: Ipv6Addr, to: Ipv6Addr, addresses: &Ipv6Addresses) -> bool {
    addresses.answers_at(to)
        || is_remote(to) && !addresses.network.contains(to) && !LINK_LOCAL.contains(from)
}

/// Whether a host beyond the link can have this address. The host would take others for its own: `::1`, and
/// addresses of IPv4, which connect it to 127.0.0.1 or to whatever the filter of IPv4 refuses.
fn is_remote(address: Ipv6Addr) -> bool {
    is_unicast(address) && !address.is_unicast_link_local()
}

/// Whether the address is of one host, by IPv6: `::/96` has the unspecified and the loopback address, and
/// addresses of IPv4 in a form that is deprecated (RFC 4291, section 2.5.5.1).
fn is_unicast(address: Ipv6Addr) -> bool {
    let is_ipv4 = address.to_bits() >> 32 == 0 || address.to_ipv4_mapped().is_some();
    !is_ipv4 && !address.is_multicast()
}
