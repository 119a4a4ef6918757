//! Sizes of Ethernet frames.

/// Length of an Ethernet II header in bytes: destination, source, type.
pub const HEADER_LEN: usize = 14;

/// MTU of ordinary Ethernet in bytes (RFC 894).
pub const DEFAULT_MTU: u16 = 1500;

/// Smallest MTU that IPv4 allows, in bytes (RFC 791, section 3.2).
pub const MIN_IPV4_MTU: u16 = 68;
