//! The Internet Protocol: IPv4, its routes and ICMP.

mod addresses;
mod datagram_info;
mod datagram_output;
mod egress;
mod icmp;
mod input;
mod interface;
mod loopback;
mod original;
mod output;
mod packet;
mod predicted;
mod routes;
mod template;
#[cfg(test)]
mod tests;
mod v4;

pub use datagram_info::DatagramInfo;
pub use egress::Egress;
pub use icmp::{IcmpError, IcmpErrorKind, Unreachable};
pub use input::Input;
pub use interface::Ip;
pub use original::Original;
pub use output::IpEgress;
pub(super) use packet::UDP_HEADER_LEN;
pub use packet::{Address, Ecn, NextHopHint, Packet, PacketHeader, Protocol, TransmitError};
pub use predicted::Predicted;
pub use routes::{Route, Routes};
pub use template::Template;
