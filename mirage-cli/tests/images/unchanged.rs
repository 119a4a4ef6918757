//! The guest `unchanged`, whose dependencies know nothing of the runtime.

use crate::harness::{Runner, Running, trials};
use libtest_mimic::Trial;

/// The tests.
pub fn list() -> Vec<Trial> {
    trials(
        &Runner::ALL,
        [(
            "unchanged::crates_find_entropy_time_and_exclusion",
            crates_find_entropy_time_and_exclusion as fn(Runner),
        )],
    )
    .collect()
}

fn crates_find_entropy_time_and_exclusion(runner: Runner) {
    let (status, lines) = Running::start("unchanged", runner, &[]).end();
    assert_eq!(status, 0, "{lines:#?}");
    for expected in [
        "random bytes were drawn",
        "a critical section was entered",
        "time has passed",
    ] {
        let found = lines.iter().any(|line| line.trim_end() == expected);
        assert!(found, "no {expected} in {lines:#?}");
    }
}
