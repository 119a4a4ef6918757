//! Port numbers and packet sizes: which numbers are ones, and where a port is on the host.

use core::ops::RangeInclusive;

/// Ports that can be listened on; 0 means "any" to other systems.
pub const PORTS: RangeInclusive<u64> = 1..=65535;

/// The largest IP packet that an interface may carry, in bytes: what every host must take
/// (RFC 791, section 3.1) up to a jumbo frame.
pub const MTUS: RangeInclusive<u64> = 576..=9000;

/// Ports below this one take privileges to listen on, and what is added to them for those who
/// have none.
const FIRST_UNPRIVILEGED: u16 = 1024;
const ADDED: u16 = 8000;

/// The port of the host at which the port `guest` of a unikernel is reached, unless something else
/// is asked for.
///
/// ```
/// use mirage_graph::port::on_host;
///
/// assert_eq!(on_host(80), 8080);
/// assert_eq!(on_host(1024), 1024);
/// ```
pub const fn on_host(guest: u16) -> u16 {
    if guest < FIRST_UNPRIVILEGED {
        guest + ADDED
    } else {
        guest
    }
}
