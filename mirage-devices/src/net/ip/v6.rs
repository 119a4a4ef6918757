//! IPv6 (RFC 8200): its addresses and routes, ICMPv6 and neighbour discovery.
//!
//! An interface that has it has IPv4, too. What both have once, such as the link's properties, counters,
//! rate limits and packets of this host to itself, is in [`Ip`].

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
mod membership;
mod output;
mod packet;
mod sockets;
#[cfg(test)]
mod tests;

pub use autoconfiguration::{Autoconfiguration, Autoconfigured};
pub use dual_stack::DualStack;
pub use interface::Ipv6;
pub use sockets::Ipv6Sockets;
