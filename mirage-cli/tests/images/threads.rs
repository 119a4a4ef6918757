//! The example `threads`: threads, channels and locks of the standard library.

use crate::harness::{Runner, Running, trials};
use libtest_mimic::Trial;

/// The tests.
pub fn list() -> Vec<Trial> {
    trials(&Runner::ALL, [("threads::add_up", add_up)]).collect()
}

fn add_up(runner: Runner) {
    added_up(Running::start("threads", runner, &[]));
}

/// Expects the output of `threads`.
pub fn added_up(unikernel: Running) {
    let (status, lines) = unikernel.end();
    for expected in ["the squares add up to 30", "4 workers are done"] {
        assert!(lines.iter().any(|line| line == expected), "{lines:#?}");
    }
    assert_eq!(status, 0, "{lines:#?}");
}
