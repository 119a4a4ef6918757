//! The example `custom-device`.

use crate::harness::{Runner, Running, trials};
use libtest_mimic::Trial;

/// The tests.
pub fn list() -> Vec<Trial> {
    trials(&Runner::ALL, [("custom_device::is_wired", is_wired)]).collect()
}

fn is_wired(runner: Runner) {
    wired(Running::start("custom-device", runner, &[]));
}

/// Expects the output of `custom-device`.
pub fn wired(unikernel: Running) {
    let (status, lines) = unikernel.end();
    assert_eq!(status, 0, "{lines:?}");
    let expected = [
        "fresh: Some(\"mirage\")",
        "1 fresh",
        "0 fresh",
        "a second later: None",
    ];
    let printed: Vec<_> = lines.iter().map(|line| line.trim_end()).collect();
    for line in expected {
        assert!(printed.contains(&line), "no `{line}` in {printed:?}");
    }
}
