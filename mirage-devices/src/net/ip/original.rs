//! A received packet that may be refused.

/// A received packet as it was on the link, for the ICMP error that refuses it
/// ([`IpEgress::refuse`](super::IpEgress::refuse)).
#[derive(Debug, Clone, Copy)]
pub struct Original<'a> {
    pub(super) is_unicast: bool,
    pub(super) bytes: &'a [u8],
}
