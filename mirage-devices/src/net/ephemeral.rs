//! Local ports of outgoing connections and datagrams: random, so that an off-path attacker cannot forge
//! a reply.

use crate::random::Random;
use rand_core::Rng;

/// The first of them. RFC 6056, section 3.2, has all above the well-known ports.
const FIRST: u16 = 1024;
const COUNT: u32 = u16::MAX as u32 - FIRST as u32 + 1;

/// A random port that is free; `None` if none is. Algorithm 1 of RFC 6056 (section 3.3.1).
pub(super) fn choose(mut random: Random, is_free: impl Fn(u16) -> bool) -> Option<u16> {
    // The bias of the remainder is negligible: some ports are likelier than others by 1 in 66,576.
    let start = random.next_u32() % COUNT;
    (0..COUNT)
        .map(|step| FIRST + ((start + step) % COUNT) as u16)
        .find(|port| is_free(*port))
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::cell::RefCell;
    use std::collections::BTreeSet;

    fn random() -> Random {
        Random::from_seed([9; 32])
    }

    #[test]
    fn ports_are_spread_over_the_whole_range() {
        let random = random();
        let ports: BTreeSet<u16> = (0..2000)
            .filter_map(|_| choose(random.clone(), |_| true))
            .collect();
        assert!(ports.len() > 1900, "{}", ports.len());
        assert!(ports.first() > Some(&1023) && ports.first() < Some(&2000));
        assert!(ports.last() > Some(&64_500));
    }

    #[test]
    fn the_last_free_port_is_found_and_then_none() {
        let random = random();
        assert_eq!(choose(random.clone(), |port| port == 1024), Some(1024));
        assert_eq!(choose(random.clone(), |port| port == 65_535), Some(65_535));
        let tried = RefCell::new(BTreeSet::new());
        let never = |port| {
            tried.borrow_mut().insert(port);
            false
        };
        assert_eq!(choose(random, never), None);
        assert_eq!(tried.borrow().len(), 64_512);
    }
}
