//! The C library of images beside that of Linux: one program, whose output is the same.

use crate::harness::{Runner, Running, client, trials};
use libtest_mimic::Trial;
use std::{process::Command, sync::OnceLock};

/// The tests.
pub fn list() -> Vec<Trial> {
    trials(
        &Runner::OF_STD,
        [(
            "posix::results_and_errors_are_those_of_linux",
            results_and_errors_are_those_of_linux,
        )],
    )
    .collect()
}

fn results_and_errors_are_those_of_linux(runner: Runner) {
    let expected = on_linux();
    let (status, lines) = Running::start("posix", runner, &[]).end();
    let begin = lines.iter().position(|line| line == "# errors");
    let lines = &lines[begin.unwrap_or(0)..];
    for (index, (got, expected)) in lines.iter().zip(expected).enumerate() {
        assert_eq!(got, expected, "after:\n{}", lines[..index].join("\n"));
    }
    assert!(
        lines.len() >= expected.len(),
        "it ended after:\n{}",
        lines.join("\n")
    );
    assert_eq!(status, 0);
}

/// What the program prints as a process of this host, without our runtime.
fn on_linux() -> &'static [String] {
    static LINES: OnceLock<Vec<String>> = OnceLock::new();
    LINES.get_or_init(|| {
        let mut cargo = Command::new("cargo");
        cargo.args(["run", "--quiet", "--locked", "--package", "posix"]);
        cargo.arg("--no-default-features");
        cargo.current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
        let output = client::output(&mut cargo);
        output
            .lines()
            .map(|line| line.trim_end().to_owned())
            .collect()
    })
}
