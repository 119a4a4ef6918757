//! IPv6 (RFC 8200): its addresses and routes, ICMPv6 and neighbour discovery.
//!
//! What it shares with IPv4, such as the link's properties, counters, rate limits and packets of this host to
//! itself, is in [`Ip`](super::Ip).

mod addresses;
mod autoconfiguration;
mod discovery;
mod dual_stack;
mod egress;
mod extensions;
mod fragmentation;
mod fragmenter;
mod fragments;
mod icmp;
mod identification;
mod input;
mod interface;
mod ipv6_only;
mod membership;
mod output;
mod packet;
mod sockets;
#[cfg(test)]
mod tests;

pub use autoconfiguration::{Autoconfiguration, Autoconfigured};
pub use dual_stack::DualStack;
pub use interface::Ipv6;
pub use ipv6_only::{HasIpv6, Ipv6Families, Ipv6Only};
pub use sockets::Ipv6Sockets;
