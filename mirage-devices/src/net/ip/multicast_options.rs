//! How datagrams to groups are sent.

/// How the datagrams of a socket to groups are sent, in one address family.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MulticastOptions {
    /// The time to live or hop limit. Datagrams with 0 do not leave this host.
    pub ttl: u8,
    /// Whether this host receives them if it is in the group.
    pub is_looped: bool,
}

impl Default for MulticastOptions {
    /// Those of RFC 1112 (section 6.1) and RFC 3493 (section 5.2): one hop, and looped.
    fn default() -> Self {
        Self {
            ttl: 1,
            is_looped: true,
        }
    }
}
