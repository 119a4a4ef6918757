//! Initial sequence numbers (RFC 6528) and timestamps (RFC 7323, section 5.4).

use super::{flow::Flow, secret::Secrets, seq::SeqNumber};
use crate::time::Instant;

/// The secret offsets of the clocks of a flow: the halves of one hash.
#[derive(Debug, Clone, Copy)]
pub struct Offsets {
    sequence: u32,
    /// The offset of its timestamps, which hides the uptime.
    pub timestamps: u32,
}

impl Offsets {
    /// Computes the offsets of `flow`.
    pub fn new(secrets: &Secrets, flow: &Flow) -> Self {
        let hash = secrets.clocks.hash_flow(flow, 0);
        Self {
            sequence: hash as u32,
            timestamps: (hash >> 32) as u32,
        }
    }

    /// The initial sequence number of a connection: a clock of 4 µs and a secret for each flow, so that
    /// it cannot be guessed and a new connection does not overlap an old one.
    pub fn initial_sequence_number(self, now: Instant) -> SeqNumber {
        let clock = (now.as_nanos() / 4000) as u32;
        SeqNumber(clock.wrapping_add(self.sequence))
    }
}

/// The timestamp of a flow with `offset`: a clock of a millisecond.
pub fn timestamp(now: Instant, offset: u32) -> u32 {
    ((now.as_nanos() / 1_000_000) as u32).wrapping_add(offset)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{net::tcp::flow::LocalAddress, random::Random};
    use core::{net::Ipv4Addr, time::Duration};

    fn flow(remote_port: u16) -> Flow {
        Flow {
            remote: Ipv4Addr::new(10, 0, 0, 1).into(),
            remote_port,
            local_port: 80,
            local: LocalAddress(0),
        }
    }

    #[test]
    fn the_sequence_numbers_of_a_flow_follow_the_clock() {
        let secrets = Secrets::new(&mut Random::from_seed([1; 32]));
        let start = Instant::BOOT + Duration::from_secs(100);
        let offsets = Offsets::new(&secrets, &flow(1));
        let first = offsets.initial_sequence_number(start);
        // Four microseconds each, around in less than five hours.
        for (micros, expected) in [(3, 0), (4, 1), (4_000_000, 1_000_000), (4 << 32, 0)] {
            let now = start + Duration::from_micros(micros);
            let number = offsets.initial_sequence_number(now);
            assert_eq!(number - first, expected, "{micros}");
        }
    }

    /// Neither another flow nor another host says where the numbers of a flow are.
    #[test]
    fn sequence_numbers_depend_on_the_flow_and_on_a_secret() {
        let now = Instant::BOOT + Duration::from_secs(100);
        let mut numbers = alloc::vec::Vec::new();
        for seed in 0..20 {
            let secrets = Secrets::new(&mut Random::from_seed([seed; 32]));
            for port in 0..20 {
                let offsets = Offsets::new(&secrets, &flow(port));
                numbers.push(offsets.initial_sequence_number(now).0);
            }
        }
        let is_spread = |part: &[u32]| {
            let high = part.iter().filter(|number| **number >> 31 == 1).count();
            (part.len() / 5..part.len() * 4 / 5).contains(&high)
        };
        assert!(is_spread(&numbers), "{numbers:x?}");
        numbers.sort_unstable();
        numbers.dedup();
        assert_eq!(numbers.len(), 400);
    }
}
