//! Forbidden memory accesses end an image.

use crate::harness::{Runner, Running, build, tool, trial, trials};
use libtest_mimic::Trial;

/// The tests.
pub fn list() -> Vec<Trial> {
    let booted = trials(
        &[Runner::Q35, Runner::Microvm, Runner::Hvt],
        [(
            "protection::an_overstep_is_an_exception",
            an_overstep_is_an_exception,
        )],
    );
    let guest = trial(
        "protection::an_overstep_is_a_bad_access::spt",
        an_overstep_is_a_bad_access,
    );
    booted.chain([guest]).collect()
}

/// Each access, and the exception that a machine reports.
const OVERSTEPS: [(&str, &str); 6] = [
    ("overflow-stack", "stack overflow"),
    ("write-code", "write to read-only memory"),
    ("write-constant", "write to read-only memory"),
    ("execute-heap", "execution of data"),
    ("execute-stack", "execution of data"),
    ("write-null", "null pointer"),
];

fn an_overstep_is_an_exception(runner: Runner) {
    for (how, what) in OVERSTEPS {
        let (status, console) = overstep(how, runner.target(), &runner.arguments("oversteps"));
        assert_eq!(status, 255, "{how}: {console}");
        let exception = format!("exception: page fault: {what}");
        assert!(console.contains(&exception), "{how}: {console}");
    }
}

/// A guest handles no exceptions itself: the host ends the process by SIGSEGV (11).
fn an_overstep_is_a_bad_access() {
    for (how, _) in OVERSTEPS {
        let (status, console) = overstep(how, "spt", &Runner::Spt.arguments("oversteps"));
        assert_eq!(status, 128 + 11, "{how}: {console}");
    }
}

fn overstep(how: &str, target: &'static str, runner: &[&str]) -> (i32, String) {
    build("oversteps", target);
    let mut command = tool();
    command.args(["run", "oversteps"]).args(runner);
    let (status, lines) = Running::spawn(command.args(["--", "--how", how])).end();
    (status, lines.join("\n"))
}
