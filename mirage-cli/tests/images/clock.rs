//! The example `clock`.

use crate::harness::{Runner, Running, trials};
use libtest_mimic::Trial;
use std::{
    collections::HashSet,
    time::{Duration, Instant},
};

/// The tests.
pub fn list() -> Vec<Trial> {
    trials(&Runner::ALL, [("clock::ticks_for_three_seconds", ticks)]).collect()
}

fn ticks(runner: Runner) {
    let unikernel = Running::start("clock", runner, &[]);
    let mut times = Vec::new();
    let mut numbers = HashSet::new();
    for tick in 1..=3 {
        let line = unikernel.wait_for(&format!("tick {tick} at "));
        times.push(Instant::now());
        let (_, number) = line.split_once("random ").expect("a random number");
        numbers.insert(number.to_owned());
    }
    // The third tick comes two seconds after the first, no matter when the first was read.
    let between = times[2] - times[0];
    assert!(between > Duration::from_millis(1500), "{between:?}");
    assert_eq!(numbers.len(), 3, "{numbers:?}");
    let (status, lines) = unikernel.end();
    assert_eq!(status, 0, "{lines:#?}");
}
