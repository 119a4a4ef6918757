//! The segment sizes that a path carries.

use super::segment::HEADER_LEN;
use crate::net::ip::{Address, ip_header_len};

/// The largest segment that fits into an IP packet of `mtu` bytes, not counting options (RFC 6691).
pub fn max_segment_size(remote: Address, mtu: u16) -> u16 {
    mtu.saturating_sub(ip_header_len(remote) + HEADER_LEN as u16)
}
