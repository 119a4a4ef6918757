//! Which frames of the guest the network accepts, decided before smoltcp sees them.

mod ipv6;
#[cfg(test)]
mod tests;
mod verdict;

pub use verdict::{FourTuple, Verdict};

use self::verdict::tcp;
use crate::{addresses::Addresses, hosts::Hosts};
use smoltcp::wire::{ArpPacket, EthernetFrame, EthernetProtocol, IpProtocol, Ipv4Packet};
use std::net::Ipv4Addr;

/// Decides on `frame`. The network answers as the gateway and the name server and for every host behind
/// them, but for no other host of the guest's own network.
pub fn verdict(frame: &[u8], hosts: &Hosts) -> Verdict {
    checked_verdict(frame, hosts).unwrap_or(Verdict::Drop)
}

/// Returns `None` for a malformed frame.
fn checked_verdict(frame: &[u8], hosts: &Hosts) -> Option<Verdict> {
    let frame = EthernetFrame::new_checked(frame).ok()?;
    let is_accepted = match frame.ethertype() {
        EthernetProtocol::Arp => is_asked_for(&hosts.ipv4, frame.payload())?,
        EthernetProtocol::Ipv4 => return ipv4(frame.payload(), &hosts.ipv4),
        EthernetProtocol::Ipv6 => return ipv6::verdict(&frame, hosts.ipv6.as_ref()?),
        _ => false,
    };
    is_accepted.then_some(Verdict::Accept)
}

/// Whether an ARP packet asks for an address of the network.
fn is_asked_for(addresses: &Addresses, packet: &[u8]) -> Option<bool> {
    let packet = ArpPacket::new_checked(packet).ok()?;
    let target = packet.target_protocol_addr();
    let own = [addresses.gateway, addresses.name_server];
    Some(own.iter().any(|own| own.octets() == target))
}

fn ipv4(packet: &[u8], addresses: &Addresses) -> Option<Verdict> {
    let packet = Ipv4Packet::new_checked(packet).ok()?;
    // smoltcp would take the bytes of a fragment for a datagram.
    if packet.more_frags() || packet.frag_offset() != 0 {
        return None;
    }
    let (from, to) = (packet.src_addr(), packet.dst_addr());
    let is_accepted = match packet.next_header() {
        IpProtocol::Tcp if is_unicast(from) && is_unicast(to) => {
            return tcp(from.into(), to.into(), packet.payload());
        }
        IpProtocol::Icmp => to == addresses.gateway,
        IpProtocol::Udp => true,
        _ => false,
    };
    is_accepted.then_some(Verdict::Accept)
}

/// Whether a remote host can have this address.
pub fn is_unicast(address: Ipv4Addr) -> bool {
    !address.is_unspecified()
        && !address.is_loopback()
        && !address.is_multicast()
        && !address.is_broadcast()
}
