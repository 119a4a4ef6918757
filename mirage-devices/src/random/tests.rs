use super::*;
use core::cell::Cell;
use std::{collections::HashSet, vec::Vec};

const SEED: [u8; 32] = [7; 32];

/// Gives these bytes once, before the draw of this number.
struct Once(u32, [u8; 32]);

impl Entropy for Once {
    fn fresh(&mut self) -> Option<[u8; 32]> {
        let is_now = self.0 == 0;
        self.0 = self.0.wrapping_sub(1);
        is_now.then_some(self.1)
    }
}

fn numbers(mut random: Random) -> Vec<u64> {
    (0..40).map(|_| random.next_u64()).collect()
}

#[test]
fn machines_with_one_state_differ_from_the_first_draw_after_fresh_entropy() {
    let plain = numbers(Random::from_seed(SEED));
    let with = |bytes| numbers(reseeding(SEED, Once(11, bytes)));
    // Each byte alone makes a difference.
    let mut others: Vec<_> = (0..32)
        .map(|at| {
            let mut bytes = [0; 32];
            bytes[at] = 1;
            with(bytes)
        })
        .collect();
    others.push(with([0; 32]));
    let mut after = HashSet::new();
    for other in &others {
        assert_eq!(other[..11], plain[..11]);
        assert!(after.insert(other[11]));
        assert!(other[11..].iter().all(|number| !plain.contains(number)));
    }
    assert_eq!(with([1; 32]), with([1; 32]), "nothing else is mixed in");
}

#[test]
fn fresh_entropy_is_not_the_whole_state() {
    let from = |seed| numbers(reseeding([seed; 32], Once(0, [3; 32])));
    assert_ne!(from(1)[0], from(2)[0]);
}

#[test]
fn every_kind_of_draw_and_every_clone_asks() {
    struct Counting(Rc<Cell<u32>>);
    impl Entropy for Counting {
        fn fresh(&mut self) -> Option<[u8; 32]> {
            self.0.set(self.0.get() + 1);
            None
        }
    }
    let asked = Rc::new(Cell::new(0));
    let mut random = reseeding(SEED, Counting(asked.clone()));
    random.next_u32();
    random.next_u64();
    random.clone().fill_bytes(&mut [0; 100]);
    assert_eq!(asked.get(), 3);
}
