//! The Internet Protocol: IPv4, its routes and ICMP.

mod addresses;
mod icmp;
mod input;
mod interface;
mod loopback;
mod original;
mod output;
mod packet;
mod routes;
#[cfg(test)]
mod tests;
mod v4;

pub use icmp::{IcmpError, IcmpErrorKind, Unreachable};
pub use input::Input;
pub use interface::Ip;
pub use original::Original;
pub use output::IpEgress;
pub use packet::{
    Address, Ecn, Egress, NextHopHint, Packet, PacketHeader, Protocol, TransmitError,
};
pub use routes::{Route, Routes};
