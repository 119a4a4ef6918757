//! Identifications of packets that are fragmented (RFC 8200, section 4.5; RFC 7739).

use crate::{net::sip_key::SipKey, random::Random};
use core::net::Ipv6Addr;
use rand_core::Rng;

/// How often the halves of a number are mixed. Four rounds of a Feistel network are a pseudorandom
/// permutation that cannot be inverted by asking either side (Luby and Rackoff, 1988).
const ROUNDS: u64 = 4;

/// Gives identifications, as those of IPv4 are given: the packets to a host have different ones until 2^32
/// have been given, and who sees those to another host cannot predict them.
///
/// They are a counter that is encrypted with a key for each host.
#[derive(Debug)]
pub(super) struct Identifications {
    key: SipKey,
    counter: u32,
}

impl Identifications {
    pub(super) fn new(random: &mut Random) -> Self {
        Self {
            key: SipKey::new(random),
            counter: random.next_u32(),
        }
    }

    /// Returns the identification of the next packet to `remote`.
    pub(super) fn next(&mut self, remote: Ipv6Addr) -> u32 {
        self.counter = self.counter.wrapping_add(1);
        let address = remote.to_bits();
        let (mut left, mut right) = ((self.counter >> 16) as u16, self.counter as u16);
        for round in 0..ROUNDS {
            let words = [address as u64, (address >> 64) as u64, round, right.into()];
            (left, right) = (right, left ^ self.key.hash(words) as u16);
        }
        u32::from(left) << 16 | u32::from(right)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{collections::BTreeSet, vec::Vec};

    const ONE: Ipv6Addr = Ipv6Addr::new(0xfd00, 0, 0, 0, 0, 0, 0, 2);
    const OTHER: Ipv6Addr = Ipv6Addr::new(0xfd00, 0, 0, 0, 0, 0, 0, 3);

    fn identifications(seed: u8) -> Identifications {
        Identifications::new(&mut Random::from_seed([seed; 32]))
    }

    #[test]
    fn no_identification_repeats() {
        // By chance, about ten of as many would.
        let mut ids = identifications(7);
        let all: BTreeSet<_> = (0..300_000).map(|_| ids.next(ONE)).collect();
        assert_eq!(all.len(), 300_000);
    }

    #[test]
    fn identifications_to_one_host_do_not_reveal_those_to_another() {
        let mut ids = identifications(7);
        let pairs: Vec<_> = (0..1000)
            .map(|_| (ids.next(ONE), ids.next(OTHER)))
            .collect();
        // Neither the steps between them nor the difference of both repeat as those of a counter do.
        let steps: BTreeSet<_> = pairs
            .windows(2)
            .map(|pair| pair[1].0.wrapping_sub(pair[0].0))
            .collect();
        let differences: BTreeSet<_> = pairs.iter().map(|(a, b)| a.wrapping_sub(*b)).collect();
        assert_eq!((steps.len(), differences.len()), (999, 1000));
    }

    #[test]
    fn another_key_gives_others() {
        let (mut one, mut other) = (identifications(1), identifications(2));
        let same = (0..1000).filter(|_| one.next(ONE) == other.next(ONE));
        assert_eq!(same.count(), 0);
    }
}
