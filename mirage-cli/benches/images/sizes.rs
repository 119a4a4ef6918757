//! The sizes of images, and the minimum of memory with which they start.

use crate::example::{build, tool};
use std::{
    io::{BufRead, BufReader},
    process::Stdio,
};

/// Targets that have images.
const TARGETS: [&str; 3] = ["virtio", "spt", "hvt"];

/// MiB that images are tried with: the tool takes no less, since an image begins at the first.
const TRIED: std::ops::RangeInclusive<u32> = 2..=64;

/// The examples: what each prints once it has started, and its arguments.
const EXAMPLES: [(&str, &str, &[&str]); 7] = [
    ("hello", "hello, ", &[]),
    ("clock", "tick 1 ", &[]),
    ("boots", "boot ", &[]),
    ("custom-device", "fresh", &[]),
    ("echo", "udp port 7 is at ", &[]),
    ("http", "tcp port 80 is at ", &[]),
    (
        "forwarder",
        "tcp port 53 is at ",
        &["--", "--upstream=10.0.0.1"],
    ),
];

/// Prints the figures.
pub fn print() {
    println!(
        "sizes of images, in bytes, and the least memory that each starts with on spt, in MiB"
    );
    println!(
        "{:<16}{:>10}{:>10}{:>10}{:>12}",
        "", "virtio", "spt", "hvt", "memory"
    );
    for (example, text, arguments) in EXAMPLES {
        let bytes = TARGETS.map(|target| format!("{:>10}", build(example, target).bytes));
        let least = TRIED
            .clone()
            .find(|memory| starts(example, *memory, text, arguments));
        let least = least.map_or("none".into(), |memory| memory.to_string());
        println!("{example:<16}{}{least:>12}", bytes.concat());
    }
}

/// Returns whether `example` prints `text` with `memory` MiB.
fn starts(example: &str, memory: u32, text: &str, arguments: &[&str]) -> bool {
    let memory = format!("{memory}M");
    let mut command = tool();
    command.args(["run", example, "--target", "spt", "--memory", &memory]);
    let command = command.args(arguments);
    let command = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    let mut child = command.spawn().expect("the tool starts");
    let console = BufReader::new(child.stdout.take().expect("a pipe"));
    let has_started = console
        .lines()
        .map_while(Result::ok)
        .any(|line| line.contains(text));
    // It may have ended.
    let _ = child.kill();
    let _ = child.wait();
    has_started
}
