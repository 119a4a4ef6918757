//! The Internet Protocol: IPv4 and IPv6, their routes and ICMP.

mod addresses;
mod datagram_info;
mod datagram_output;
mod egress;
mod families;
mod fragmentation;
mod fragmenter;
mod fragments;
mod groups;
mod icmp;
mod identification;
mod igmp;
mod input;
mod interface;
mod ipv4;
mod ipv4_only;
mod ipv4_sockets;
mod loopback;
mod members;
mod membership;
mod mtu_discover;
mod multicast_options;
mod original;
mod output;
mod packet;
mod predicted;
mod reassembly;
mod routes;
mod template;
#[cfg(test)]
mod tests;
mod v4;
mod v6;

pub use datagram_info::DatagramInfo;
pub use egress::Egress;
pub use families::{Change, Families, Family, Layers};
pub use icmp::{ErrorMessage, IcmpError, IcmpErrorKind};
pub use input::Input;
pub use interface::Ip;
pub use ipv4::Ipv4;
pub use ipv4_only::Ipv4Only;
pub use ipv4_sockets::Ipv4Sockets;
pub use members::{Member, MembershipError};
pub use mtu_discover::MtuDiscover;
pub use multicast_options::MulticastOptions;
pub use original::Original;
pub use output::Ipv4Egress;
pub use packet::{Address, Ecn, NextHopHint, Packet, PacketHeader, Protocol, TransmitError};
pub(super) use packet::{MAX_DATAGRAM_LEN, UDP_HEADER_LEN, ip_header_len, max_datagram_len};
pub use predicted::Predicted;
pub use routes::{Route, Routes};
pub use template::Template;
pub use v6::{
    Autoconfiguration, Autoconfigured, DualStack, HasIpv6, Ipv6, Ipv6Families, Ipv6Only,
    Ipv6Sockets,
};
