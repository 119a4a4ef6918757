//! Port numbers and packet sizes: which numbers are ones.

use core::ops::RangeInclusive;

/// Ports that can be listened on; 0 means "any" to other systems.
pub const PORTS: RangeInclusive<u64> = 1..=65535;

/// The largest IP packet that an interface may carry, in bytes: what every host must take
/// (RFC 791, section 3.1) up to a jumbo frame.
pub const MTUS: RangeInclusive<u64> = 576..=9000;
