//! The exit status and the last lines of unikernels that fail.

use crate::harness::{Runner, Running, trials};
use libtest_mimic::Trial;

/// The tests.
pub fn list() -> Vec<Trial> {
    let everywhere = trials(
        &Runner::ALL,
        [
            ("exit_status::a_panic_is_255", a_panic_is_255),
            ("exit_status::an_error_is_1", an_error_is_1),
            (
                "exit_status::nothing_outlives_the_tool",
                nothing_outlives_the_tool,
            ),
        ],
    );
    let booted = trials(
        &Runner::IMAGES,
        [
            (
                "exit_status::a_panic_names_the_calls",
                a_panic_names_the_calls,
            ),
            (
                "exit_status::an_exhausted_heap_is_said",
                an_exhausted_heap_is_said,
            ),
        ],
    );
    let machines = trials(
        &[Runner::Q35, Runner::Microvm, Runner::Hvt],
        [(
            "exit_status::an_exception_is_reported",
            an_exception_is_reported,
        )],
    );
    let tender = trials(
        &[Runner::Spt],
        [
            (
                "exit_status::a_bad_access_is_139",
                a_bad_access_is_139 as fn(Runner),
            ),
            (
                "exit_status::a_forbidden_call_is_159",
                a_forbidden_call_is_159,
            ),
        ],
    );
    let booted = booted.chain(machines).chain(tender);
    everywhere.chain(booted).collect()
}

fn run(guest: &str, runner: Runner) -> (i32, String) {
    let (status, lines) = Running::start(guest, runner, &[]).end();
    (status, lines.join("\n"))
}

fn a_panic_is_255(runner: Runner) {
    let (status, console) = run("panics", runner);
    assert_eq!(status, 255, "{console}");
    assert!(console.contains("number 3 is unlucky"), "{console}");
    assert!(console.contains("panics/src/main.rs:"), "{console}");
}

fn a_panic_names_the_calls(runner: Runner) {
    let (_, console) = run("panics", runner);
    let source = include_str!("../guests/panics/src/main.rs");
    for (function, call) in [
        ("inner", "panic!("),
        ("outer", "inner("),
        ("unikernel_main", "outer();"),
    ] {
        let line = source.lines().position(|line| line.contains(call));
        let line = line.expect("the call is in the source") + 1;
        let position = format!("at mirage-cli/tests/guests/panics/src/main.rs:{line}");
        let named = console
            .lines()
            .any(|line| line.contains(&format!("panics::{function}")) && line.ends_with(&position));
        assert!(named, "no {function} {position} in:\n{console}");
    }
}

fn an_error_is_1(runner: Runner) {
    let (status, console) = run("fails", runner);
    assert_eq!(status, 1, "{console}");
    assert!(console.ends_with("error: no such luck"), "{console}");
}

fn an_exception_is_reported(runner: Runner) {
    let (status, console) = run("faults", runner);
    assert_eq!(status, 255, "{console}");
    assert!(console.contains("exception: page fault"), "{console}");
    assert!(console.contains("address 0x0000000000000000"), "{console}");
    assert!(console.contains("faults::write_to_null"), "{console}");
}

fn a_bad_access_is_139(runner: Runner) {
    let (status, console) = run("faults", runner);
    assert_eq!(status, 139, "{console}");
    let sentence = "error: `faults` made an invalid memory access";
    assert!(console.contains(sentence), "{console}");
}

fn a_forbidden_call_is_159(runner: Runner) {
    let (status, console) = run("calls", runner);
    assert_eq!(status, 159, "{console}");
    assert!(console.contains("it calls the kernel"), "{console}");
    let sentence = "error: `calls` made a forbidden system call";
    assert!(console.contains(sentence), "{console}");
}

fn an_exhausted_heap_is_said(runner: Runner) {
    let (status, console) = run("exhausts", runner);
    assert_eq!(status, 255, "{console}");
    assert!(
        console.contains("memory allocation of 1048576 bytes failed"),
        "{console}"
    );
}

fn nothing_outlives_the_tool(runner: Runner) {
    Running::start("http", runner, &[80]).kill_and_wait_for_silence();
}
