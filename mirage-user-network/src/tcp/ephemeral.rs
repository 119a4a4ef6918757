//! The source ports of connections to the guest.

use std::{collections::HashSet, ops::RangeInclusive};

/// The ports (RFC 6335, section 6).
pub const EPHEMERAL: RangeInclusive<u16> = 49152..=65535;

/// Returns the first port from `next` on that is not in `used`, or `None` if all are.
pub fn free_port(used: &HashSet<u16>, next: u16) -> Option<u16> {
    let ports = EPHEMERAL.skip(usize::from(next - EPHEMERAL.start()));
    ports
        .chain(*EPHEMERAL.start()..next)
        .find(|port| !used.contains(port))
}

/// The ephemeral port after `port`.
pub fn next_port(port: u16) -> u16 {
    if port == *EPHEMERAL.end() {
        *EPHEMERAL.start()
    } else {
        port + 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_in_use_is_skipped() {
        let used = HashSet::from([49152, 49153, 65535]);
        for (next, port) in [(49152, 49154), (50000, 50000), (65535, 49154)] {
            assert_eq!(free_port(&used, next), Some(port));
        }
        assert_eq!(free_port(&EPHEMERAL.collect(), 50000), None);
        assert_eq!([65534, 65535].map(next_port), [65535, 49152]);
    }
}
