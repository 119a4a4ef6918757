//! Programs with std: threads, environment, arguments, signals, and how they end.

#[path = "../guests/threaded/src/futex.rs"]
mod futex;
#[path = "../guests/threaded/src/semantics.rs"]
mod semantics;

use crate::harness::{Line, Monitor, Runner, Running, client, ports, trial, trials};
use libtest_mimic::Trial;
use std::io::Read;

/// The tests.
pub fn list() -> Vec<Trial> {
    let booted = trials(
        &Runner::OF_STD,
        [
            (
                "std_process::threads_do_what_they_do_on_linux",
                threads_do_what_they_do_on_linux as fn(Runner),
            ),
            (
                "std_process::arguments_and_variables_are_given_at_boot",
                arguments_and_variables_are_given_at_boot,
            ),
            (
                "std_process::a_thread_too_many_is_refused",
                a_thread_too_many_is_refused,
            ),
            (
                "std_process::exhausted_memory_is_an_error",
                exhausted_memory_is_an_error,
            ),
            (
                "std_process::a_panic_names_the_thread_and_the_calls",
                a_panic_names_the_thread_and_the_calls,
            ),
            (
                "std_process::the_status_is_that_of_the_program",
                the_status_is_that_of_the_program,
            ),
            (
                "std_process::an_overflow_ends_the_machine",
                an_overflow_ends_the_machine,
            ),
            (
                "std_process::what_was_written_is_delivered",
                what_was_written_is_delivered,
            ),
        ],
    );
    let machines = trials(
        &Runner::MACHINES,
        [
            (
                "std_process::the_power_button_is_a_signal",
                the_power_button_is_a_signal as fn(Runner),
            ),
            (
                "std_process::the_power_button_interrupts_tokio",
                the_power_button_interrupts_tokio,
            ),
        ],
    );
    let alone = [trial(
        "std_process::invalid_variables_are_refused",
        invalid_variables_are_refused,
    )];
    booted.chain(machines).chain(alone).collect()
}

/// Runs the guest in a mode.
fn run(runner: Runner, mode: &str) -> (i32, Vec<String>) {
    Running::with_options("threaded", runner, &[], &["--", "--", mode]).end()
}

/// Returns the lines that the program printed, which begin with the one that contains `first`.
fn from<'a>(lines: &'a [String], first: &str) -> &'a [String] {
    let begin = lines.iter().position(|line| line.contains(first));
    let begin = begin.unwrap_or_else(|| panic!("no `{first}` in {lines:#?}"));
    &lines[begin..]
}

fn threads_do_what_they_do_on_linux(runner: Runner) {
    let (status, lines) = run(runner, "semantics");
    assert_eq!(status, 0, "{lines:#?}");
    let expected = semantics::report() + &futex::report();
    let expected: Vec<_> = expected.lines().collect();
    assert_eq!(from(&lines, "mutex: "), expected);
}

fn arguments_and_variables_are_given_at_boot(runner: Runner) {
    let options = ["--", "--env", "MODE=a=b c", "--env=EMPTY=", "--"];
    let options = [&options[..], &["environment", "--env", "two words"]].concat();
    let (status, lines) = Running::with_options("threaded", runner, &[], &options).end();
    assert_eq!(status, 0, "{lines:#?}");
    let expected = [
        r#"arguments: ["threaded", "environment", "--env", "two words"]"#,
        r#"variables: [("EMPTY", ""), ("GREETING", "hello"), ("MODE", "a=b c")]"#,
        r#"then: [Some("1"), Some("bye"), None]"#,
        "number of variables: 3",
        "processors: Some(1)",
    ];
    assert_eq!(from(&lines, "arguments: "), expected);
}

fn invalid_variables_are_refused() {
    let options = ["--", "--env", "=b"];
    let (status, lines) = Running::with_options("threaded", Runner::Spt, &[], &options).end();
    assert_eq!(status, 64, "{lines:#?}");
    let error = "invalid value `=b` for `--env`: expected NAME=VALUE, such as RUST_LOG=info";
    assert!(lines.concat().contains(error), "{lines:#?}");
}

fn a_thread_too_many_is_refused(runner: Runner) {
    let (status, lines) = run(runner, "many");
    assert_eq!(status, 0, "{lines:#?}");
    let expected = ["12 threads, 988 refused", "one more: true"];
    assert_eq!(from(&lines, " refused"), expected);
    let key = "all 12 stacks are in use; declare more, such as by `threads(max = 24)`";
    let said = lines.iter().filter(|line| line.contains(key));
    assert_eq!(said.count(), 1, "{lines:#?}");
}

fn exhausted_memory_is_an_error(runner: Runner) {
    let (status, lines) = run(runner, "exhausted");
    assert_eq!(status, 0, "{lines:#?}");
    let expected = [
        "# memory is exhausted",
        "what waits: Err(OutOfMemory)",
        "a pipe: Err(OutOfMemory)",
        "a file: Err(OutOfMemory)",
        "a UDP socket: Err(OutOfMemory)",
        "a listener: Err(OutOfMemory)",
        "a connection: Err(OutOfMemory)",
        "a thread: Err(WouldBlock)",
        "sockets: OutOfMemory",
        "# memory is free",
        "a pipe: Ok(())",
        "a file: Ok(())",
        "a UDP socket: Ok(())",
        "a listener: Ok(())",
        "a connection: Ok(())",
        "a thread: Ok(())",
    ];
    assert_eq!(from(&lines, "# memory is exhausted"), expected);
}

fn a_panic_names_the_thread_and_the_calls(runner: Runner) {
    for (mode, thread) in [("panic", "main"), ("panic-thread", "worker")] {
        let (status, lines) = run(runner, mode);
        let console = lines.join("\n");
        assert_eq!(status, 255, "{console}");
        for text in [
            &format!("thread '{thread}' panicked at "),
            "ends.rs:",
            "number 3 is unlucky",
            "threaded::ends::inner",
            "threaded::ends::outer",
        ] {
            assert!(console.contains(text), "no `{text}` in:\n{console}");
        }
        for text in ["RUST_BACKTRACE", "it has survived"] {
            assert!(!console.contains(text), "`{text}` in:\n{console}");
        }
    }
}

fn the_status_is_that_of_the_program(runner: Runner) {
    let dropped = ["the second is dropped", "the first is dropped"];
    for (mode, expected, printed) in [
        ("code", 9, &dropped[..]),
        ("exit", 7, &dropped[..1]),
        ("error", 1, &["Error: \"no such luck\""]),
    ] {
        let (status, lines) = run(runner, mode);
        assert_eq!(status, expected, "{mode}: {lines:#?}");
        let last = stated(expected, runner);
        let all = printed.iter().map(|line| (*line).to_string()).chain(last);
        let all: Vec<_> = all.collect();
        assert_eq!(from(&lines, printed[0]), all, "{mode}");
    }
    let (status, lines) = run(runner, "abort");
    assert_eq!(status, 255, "{lines:#?}");
}

/// The last line on a machine whose status QEMU does not report.
fn stated(status: i32, runner: Runner) -> Option<String> {
    let is_machine = Runner::MACHINES.contains(&runner);
    is_machine.then(|| format!("exit status: {status}"))
}

fn an_overflow_ends_the_machine(runner: Runner) {
    for (mode, thread) in [("overflow", "1 `main`"), ("overflow-thread", "2 `deep`")] {
        let (status, lines) = run(runner, mode);
        let console = lines.join("\n");
        if runner == Runner::Spt {
            // The host ends the process by SIGSEGV (11).
            assert_eq!(status, 128 + 11, "{mode}: {console}");
            continue;
        }
        assert_eq!(status, 255, "{mode}: {console}");
        let exception = format!("exception: page fault: stack overflow in thread {thread}");
        assert!(console.contains(&exception), "{mode}: {console}");
        assert!(console.contains("threaded::ends::overflow"), "{console}");
    }
}

fn what_was_written_is_delivered(runner: Runner) {
    let leaves = Running::start("leaves", runner, &[7000]);
    let [mut first, mut second] = [(); 2].map(|()| client::connect(leaves.address(7000)));
    // All is read, and then the end of the connection.
    let (mut data, mut bye) = (Vec::new(), String::new());
    second.read_to_string(&mut bye).expect("a connection");
    first.read_to_end(&mut data).expect("a connection");
    assert_eq!(bye, "bye");
    assert_eq!(data.len(), 1 << 20);
    let mut numbers = data.iter().enumerate();
    assert!(numbers.all(|(index, byte)| usize::from(*byte) == index % 251));
    let (status, lines) = leaves.end();
    assert_eq!(status, 3, "{lines:#?}");
}

fn the_power_button_is_a_signal(runner: Runner) {
    let monitor = Monitor::new();
    let line = Line::for_package("threaded", runner, &["--", "--", "signal"]);
    let waits = line.and("-qmp", &monitor.option()).start();
    waits.wait_for("it waits");
    monitor.press_power_button();
    let (status, lines) = waits.end();
    assert_eq!(status, 15, "{lines:#?}");
    assert!(lines.contains(&"raised 2".into()), "{lines:#?}");
    let last = ["received 15".to_string()].into_iter();
    let last: Vec<_> = last.chain(stated(15, runner)).collect();
    assert_eq!(from(&lines, "received"), last);
}

fn the_power_button_interrupts_tokio(runner: Runner) {
    let monitor = Monitor::new();
    let ports = [(ports::free(), 80), (ports::free(), 7)];
    let line = Line::publishing("serves", runner, &ports);
    let serves = line.and("-qmp", &monitor.option()).start();
    serves.wait_for("own: it waits");
    monitor.press_power_button();
    let (status, lines) = serves.end();
    assert_eq!(status, 0, "{lines:#?}");
    assert!(lines.contains(&"it is interrupted".into()), "{lines:#?}");
}
