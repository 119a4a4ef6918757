//! How unikernels end that do not end well.

use crate::harness::{Place, Running, trials};
use libtest_mimic::Trial;

/// The tests.
pub fn list() -> Vec<Trial> {
    let everywhere = trials(
        &Place::ALL,
        [
            ("ending::a_panic_is_255", a_panic_is_255),
            ("ending::an_error_is_1", an_error_is_1),
            (
                "ending::nothing_outlives_the_tool",
                nothing_outlives_the_tool,
            ),
        ],
    );
    let booted = trials(
        &Place::IMAGES,
        [
            ("ending::a_panic_names_the_calls", a_panic_names_the_calls),
            (
                "ending::an_exhausted_heap_is_said",
                an_exhausted_heap_is_said,
            ),
        ],
    );
    let machines = trials(
        &[Place::Q35, Place::Microvm, Place::Hvt],
        [("ending::an_exception_is_reported", an_exception_is_reported)],
    );
    let tender = trials(
        &[Place::Spt],
        [
            (
                "ending::a_bad_access_is_139",
                a_bad_access_is_139 as fn(Place),
            ),
            ("ending::a_forbidden_call_is_159", a_forbidden_call_is_159),
        ],
    );
    let booted = booted.chain(machines).chain(tender);
    everywhere.chain(booted).collect()
}

fn run(guest: &str, place: Place) -> (i32, String) {
    let (status, lines) = Running::start(guest, place, &[]).end();
    (status, lines.join("\n"))
}

fn a_panic_is_255(place: Place) {
    let (status, said) = run("panics", place);
    assert_eq!(status, 255, "{said}");
    assert!(said.contains("number 3 is unlucky"), "{said}");
    assert!(said.contains("panics/src/main.rs:"), "{said}");
}

fn a_panic_names_the_calls(place: Place) {
    let (_, said) = run("panics", place);
    let source = include_str!("../guests/panics/src/main.rs");
    for (function, call) in [
        ("inner", "panic!("),
        ("outer", "inner("),
        ("unikernel_main", "outer();"),
    ] {
        let line = source.lines().position(|line| line.contains(call));
        let line = line.expect("the call is in the source") + 1;
        let place = format!("at mirage-cli/tests/guests/panics/src/main.rs:{line}");
        let named = said
            .lines()
            .any(|line| line.contains(&format!("panics::{function}")) && line.ends_with(&place));
        assert!(named, "no {function} {place} in:\n{said}");
    }
}

fn an_error_is_1(place: Place) {
    let (status, said) = run("fails", place);
    assert_eq!(status, 1, "{said}");
    assert!(said.ends_with("error: no such luck"), "{said}");
}

fn an_exception_is_reported(place: Place) {
    let (status, said) = run("faults", place);
    assert_eq!(status, 255, "{said}");
    assert!(said.contains("exception: page fault"), "{said}");
    assert!(said.contains("address 0x0000000000000000"), "{said}");
    assert!(said.contains("faults::write_to_null"), "{said}");
}

fn a_bad_access_is_139(place: Place) {
    let (status, said) = run("faults", place);
    assert_eq!(status, 139, "{said}");
    let sentence = "error: `faults` made an invalid memory access";
    assert!(said.contains(sentence), "{said}");
}

fn a_forbidden_call_is_159(place: Place) {
    let (status, said) = run("calls", place);
    assert_eq!(status, 159, "{said}");
    assert!(said.contains("it calls the kernel"), "{said}");
    let sentence = "error: `calls` made a forbidden system call";
    assert!(said.contains(sentence), "{said}");
}

fn an_exhausted_heap_is_said(place: Place) {
    let (status, said) = run("exhausts", place);
    assert_eq!(status, 255, "{said}");
    assert!(
        said.contains("memory allocation of 1048576 bytes failed"),
        "{said}"
    );
}

fn nothing_outlives_the_tool(place: Place) {
    Running::start("http", place, &[80]).kill_and_wait_for_silence();
}
