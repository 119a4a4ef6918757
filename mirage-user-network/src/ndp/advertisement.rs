//! Router advertisements: everything that a guest with SLAAC needs.

use super::{ALL_NODES, frame, multicast_mac};
use crate::{addresses::Ipv6Addresses, link::MTU};
use smoltcp::wire::{EthernetAddress, Icmpv6Message};
use std::{net::Ipv6Addr, time::Duration};

/// How often they are sent unasked (`MaxRtrAdvInterval`, RFC 4861, section 6.2.1). There is one router, so the
/// intervals need not vary.
pub const INTERVAL: Duration = Duration::from_secs(600);

/// How long the gateway is a router, and has the name server, in seconds (`AdvDefaultLifetime`).
const ROUTER_LIFETIME: u16 = 1800;
/// How long addresses are valid and preferred, in seconds: 30 days and seven (RFC 4861, section 6.2.1).
const VALID_LIFETIME: u32 = 2_592_000;
const PREFERRED_LIFETIME: u32 = 604_800;
/// The hop limit of packets of the guest.
const HOP_LIMIT: u8 = 64;

/// Numbers of options (RFC 4861, section 4.6, and RFC 8106, section 5.1).
const SOURCE_LINK_LAYER_ADDRESS: u8 = 1;
const PREFIX_INFORMATION: u8 = 3;
const MTU_OPTION: u8 = 5;
const RECURSIVE_DNS_SERVER: u8 = 25;
/// The prefix is on the link, and hosts choose their addresses in it.
const ON_LINK_AND_AUTONOMOUS: u8 = 0xc0;

/// Returns the frame by which the gateway, with the MAC address `own`, advertises the network to `to`, or to all
/// hosts.
pub fn advertisement(
    addresses: &Ipv6Addresses,
    own: EthernetAddress,
    to: Option<(Ipv6Addr, EthernetAddress)>,
) -> Vec<u8> {
    let mut message = vec![Icmpv6Message::RouterAdvert.into(), 0, 0, 0, HOP_LIMIT, 0];
    message.extend(ROUTER_LIFETIME.to_be_bytes());
    // Reachable time and retransmission timer are the guest's.
    message.extend([0; 8]);
    message.extend([SOURCE_LINK_LAYER_ADDRESS, 1]);
    message.extend(own.0);
    message.extend([MTU_OPTION, 1, 0, 0]);
    message.extend((MTU as u32).to_be_bytes());
    let length = addresses.network.prefix_length;
    message.extend([PREFIX_INFORMATION, 4, length, ON_LINK_AND_AUTONOMOUS]);
    message.extend(VALID_LIFETIME.to_be_bytes());
    message.extend(PREFERRED_LIFETIME.to_be_bytes());
    message.extend([0; 4]);
    message.extend(addresses.network.address.octets());
    message.extend([RECURSIVE_DNS_SERVER, 3, 0, 0]);
    message.extend(u32::from(ROUTER_LIFETIME).to_be_bytes());
    message.extend(addresses.name_server.octets());
    let to = to.unwrap_or((ALL_NODES, multicast_mac(ALL_NODES)));
    frame((addresses.link_local(), own), to, &message)
}
