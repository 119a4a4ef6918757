//! A received packet that may be refused.

use core::net::Ipv4Addr;

/// A received packet as it was on the link, for the ICMP error that refuses it
/// ([`IpEgress::refuse`](super::IpEgress::refuse)).
#[derive(Debug, Clone, Copy)]
pub struct Original<'a> {
    pub(super) source: Ipv4Addr,
    pub(super) destination: Ipv4Addr,
    pub(super) is_unicast: bool,
    pub(super) bytes: &'a [u8],
}
