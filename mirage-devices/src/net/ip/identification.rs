//! Identifications of packets that are fragmented, or may be (RFC 791; RFC 6864, section 4; RFC 7739).

use super::packet::Address;
use crate::{net::sip_key::SipKey, random::Random};
use rand_core::Rng;

/// How often the halves of a number are mixed. Four rounds of a Feistel network are a pseudorandom
/// permutation that cannot be inverted by asking either side (Luby and Rackoff, 1988).
const ROUNDS: u64 = 4;

/// Gives identifications: the packets to a host have different ones until 65,536 packets have been given
/// one, and who sees those to another host cannot predict them.
///
/// They are a counter that is encrypted with a key for each host.
#[derive(Debug)]
pub(super) struct Identifications {
    key: SipKey,
    counter: u16,
}

impl Identifications {
    pub(super) fn new(random: &mut Random) -> Self {
        Self {
            key: SipKey::new(random),
            counter: random.next_u32() as u16,
        }
    }

    /// Returns the identification of the next packet to `remote`.
    pub(super) fn next(&mut self, remote: Address) -> u16 {
        self.counter = self.counter.wrapping_add(1);
        let address = u128::from_ne_bytes(*remote.as_bytes());
        let [mut left, mut right] = self.counter.to_be_bytes();
        for round in 0..ROUNDS {
            let words = [address as u64, (address >> 64) as u64, round, right.into()];
            (left, right) = (right, left ^ self.key.hash(words) as u8);
        }
        u16::from_be_bytes([left, right])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::net::Ipv4Addr;
    use std::{collections::BTreeSet, vec::Vec};

    fn address(host: u8) -> Address {
        Ipv4Addr::new(192, 0, 2, host).into()
    }

    #[test]
    fn no_identification_repeats_before_all_were_used() {
        let mut ids = Identifications::new(&mut Random::from_seed([7; 32]));
        let all: BTreeSet<_> = (0..=u16::MAX).map(|_| ids.next(address(2))).collect();
        assert_eq!(all.len(), 1 << 16);
    }

    #[test]
    fn identifications_to_one_host_do_not_reveal_those_to_another() {
        let mut ids = Identifications::new(&mut Random::from_seed([7; 32]));
        let pairs: Vec<_> = (0..1000)
            .map(|_| {
                let one = ids.next(address(2));
                (one, ids.next(address(3)))
            })
            .collect();
        // Neither the steps between them nor the difference of both repeat as those of a counter do.
        let steps: BTreeSet<_> = pairs
            .windows(2)
            .map(|pair| pair[1].0.wrapping_sub(pair[0].0))
            .collect();
        let differences: BTreeSet<_> = pairs.iter().map(|(a, b)| a.wrapping_sub(*b)).collect();
        assert!(steps.len() > 900, "{}", steps.len());
        assert!(differences.len() > 900, "{}", differences.len());
    }

    #[test]
    fn another_key_gives_others() {
        let [mut one, mut other] =
            [1, 2].map(|seed| Identifications::new(&mut Random::from_seed([seed; 32])));
        let same = (0..1000).filter(|_| one.next(address(2)) == other.next(address(2)));
        assert!(same.count() < 10);
    }
}
