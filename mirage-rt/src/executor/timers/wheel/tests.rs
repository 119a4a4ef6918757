//! The wheel beside a map ordered by deadline.

use super::{Key, TICK, Wheel};
use alloc::{collections::BTreeMap, vec::Vec};
use mirage_devices::time::Instant;
use proptest::{prelude::*, sample::Index};

#[derive(Debug, Clone, Copy)]
enum Step {
    /// Adds a timer for so many nanoseconds from now.
    Insert(u64),
    /// Changes the value of one of the timers that were added so far.
    Change(Index),
    /// Removes one of the timers that were added so far.
    Remove(Index),
    /// Lets so many nanoseconds pass.
    Pass(u64),
}

/// A time of any magnitude.
fn nanos() -> impl Strategy<Value = u64> {
    (any::<u64>(), 4..60_u32).prop_map(|(nanos, bits)| nanos >> (u64::BITS - bits))
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => nanos().prop_map(Step::Insert),
        1 => any::<Index>().prop_map(Step::Change),
        3 => any::<Index>().prop_map(Step::Remove),
        2 => nanos().prop_map(Step::Pass),
    ]
}

/// Returns all that is due, in the order of ticks and of adding.
fn pop(wheel: &mut Wheel<u64>, now: u64) -> Vec<u64> {
    core::iter::from_fn(|| wheel.pop(Instant::from_nanos(now))).collect()
}

proptest! {
    #[test]
    fn timers_are_due_once_in_the_order_of_their_ticks(
        steps in proptest::collection::vec(step(), 1..300)
    ) {
        let mut wheel = Wheel::new();
        let mut now = 0;
        let mut added: Vec<(Key, u64)> = Vec::new();
        // The deadlines and values of timers, in the order in which they were added.
        let mut expected: BTreeMap<u64, (u64, u64)> = BTreeMap::new();
        for (value, step) in (0..).zip(steps) {
            match step {
                Step::Insert(nanos) => {
                    let deadline = now + nanos;
                    let key = wheel.insert(Instant::from_nanos(deadline), value);
                    added.push((key.expect("memory"), value));
                    expected.insert(value, (deadline, value));
                }
                Step::Change(index) if !added.is_empty() => {
                    let (key, number) = *index.get(&added);
                    let timer = wheel.get_mut(key).map(|timer| core::mem::replace(timer, value));
                    let changed = expected.get_mut(&number);
                    let old = changed.map(|(_, timer)| core::mem::replace(timer, value));
                    prop_assert_eq!(timer, old);
                }
                Step::Remove(index) if !added.is_empty() => {
                    let (key, number) = *index.get(&added);
                    let removed = expected.remove(&number).map(|(_, timer)| timer);
                    prop_assert_eq!(wheel.remove(key), removed);
                }
                Step::Change(_) | Step::Remove(_) => {}
                Step::Pass(nanos) => {
                    now += nanos;
                    let mut due: Vec<_> = expected
                        .extract_if(.., |_, (deadline, _)| *deadline <= now)
                        .map(|(_, timer)| timer)
                        .collect();
                    due.sort_by_key(|(deadline, _)| deadline >> TICK);
                    let due: Vec<_> = due.into_iter().map(|(_, timer)| timer).collect();
                    prop_assert_eq!(pop(&mut wheel, now), due);
                }
            }
            let next = expected.values().map(|(deadline, _)| *deadline).min();
            let bound = wheel.next_deadline().map(Instant::as_nanos);
            prop_assert_eq!(bound.is_some(), next.is_some());
            prop_assert!(bound <= next);
        }
        prop_assert!(wheel.timers.len() <= added.len());
    }

    /// With a stale bound the executor wakes too early, but not for ever.
    #[test]
    fn waiting_for_the_next_deadline_ends(
        timers in proptest::collection::vec((nanos(), any::<bool>()), 1..50)
    ) {
        let mut wheel = Wheel::new();
        let mut kept = Vec::new();
        let mut removed = Vec::new();
        for (nanos, is_kept) in timers {
            let key = wheel.insert(Instant::from_nanos(nanos), nanos);
            if is_kept { kept.push(nanos) } else { removed.extend(key) }
        }
        for key in &removed {
            wheel.remove(*key);
        }
        kept.sort_unstable();
        let mut fired = Vec::new();
        let mut waits = 0;
        let mut now = 0;
        while let Some(next) = wheel.next_deadline() {
            prop_assert!(next.as_nanos() >= now);
            now = next.as_nanos();
            let due = pop(&mut wheel, now);
            prop_assert!(due.iter().all(|deadline| *deadline == now));
            fired.extend(due);
            waits += 1;
        }
        prop_assert_eq!(&fired, &kept);
        prop_assert!(waits <= kept.len() + removed.len() * super::LEVELS);
    }
}

#[test]
fn an_entry_is_used_again() {
    let mut wheel = Wheel::new();
    let soon = Instant::from_nanos(1);
    let first = wheel.insert(soon, 1).expect("memory");
    assert_eq!(wheel.pop(soon), Some(1));
    let second = wheel.insert(soon, 2).expect("memory");
    assert_eq!(wheel.timers.len(), 1);
    assert_eq!(wheel.remove(first), None);
    assert_eq!(wheel.get_mut(first), None);
    assert_eq!(wheel.remove(second), Some(2));
    assert_eq!(wheel.next_deadline(), None);
}
