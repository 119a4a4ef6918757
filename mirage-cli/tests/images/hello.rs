//! The example `hello`, in every runner and with QEMU alone.

use crate::harness::{Runner, Running, build, client, tool, trials};
use libtest_mimic::Trial;
use std::process::Command;

/// The tests.
pub fn list() -> Vec<Trial> {
    let everywhere = trials(
        &Runner::ALL,
        [("hello::says_so_and_ends", says_so_and_ends)],
    );
    let booted = trials(
        &Runner::IMAGES,
        [
            (
                "hello::boots_by_the_line_that_is_printed",
                boots_by_the_line_that_is_printed,
            ),
            ("hello::starts_with_8_mib", starts_with_8_mib),
        ],
    );
    everywhere.chain(booted).collect()
}

fn says_so_and_ends(runner: Runner) {
    greeted(Running::start("hello", runner, &[]));
}

fn boots_by_the_line_that_is_printed(runner: Runner) {
    build("hello", runner.target());
    let mut dry = tool();
    dry.args(["run", "hello", "--dry-run"])
        .args(runner.arguments("hello"));
    let line = client::output(&mut dry);
    greeted(Running::spawn(Command::new("sh").args(["-c", line.trim()])));
}

fn starts_with_8_mib(runner: Runner) {
    greeted(Running::with_options(
        "hello",
        runner,
        &[],
        &["--memory", "8M"],
    ));
}

/// Expects the output of `hello`.
pub fn greeted(unikernel: Running) {
    let (status, lines) = unikernel.end();
    let greetings = lines.iter().filter(|line| {
        line.strip_prefix("hello, ")
            .and_then(|rest| rest.strip_suffix(" µs after boot"))
            .is_some_and(|number| number.parse::<u64>().is_ok())
    });
    assert_eq!(greetings.count(), 1, "{lines:#?}");
    assert_eq!(status, 0, "{lines:#?}");
}
