//! The segment sizes that a path carries.

use super::segment::HEADER_LEN;
use crate::net::ip::{Address, ip_header_len};

/// The largest segment that fits into an IP packet of `mtu` bytes, not counting options (RFC 6691).
pub fn max_segment_size(remote: Address, mtu: u16) -> u16 {
    mtu.saturating_sub(ip_header_len(remote) + HEADER_LEN as u16)
}

/// The smallest MTU of a path that is accepted: links of IPv6 carry 1280 bytes (RFC 8200, section 5).
pub const fn min_path_mtu(remote: Address) -> u16 {
    match remote.as_ipv4() {
        Some(_) => 552,
        None => 1280,
    }
}

/// The MTUs to try on a path that drops larger packets without an ICMP error: that of Ethernet, of tunnels, and the
/// smallest.
pub const fn base_mtus(remote: Address) -> &'static [u16] {
    match remote.as_ipv4() {
        Some(_) => &[1500, 1280, 1024, 552],
        None => &[1500, 1280],
    }
}
