//! The output of the tool.

use crate::harness::{client, tool, trial};
use libtest_mimic::Trial;

/// The tests.
pub fn list() -> Vec<Trial> {
    vec![
        trial(
            "command_line::images_keep_their_size",
            images_keep_their_size,
        ),
        trial(
            "command_line::the_graph_is_described",
            the_graph_is_described,
        ),
        trial(
            "command_line::the_expansion_is_printed",
            the_expansion_is_printed,
        ),
        trial("command_line::sizes_add_up", sizes_add_up),
        trial(
            "command_line::options_without_effect_are_refused",
            options_without_effect_are_refused,
        ),
    ]
}

/// Options that would have no effect, and the error message for each.
const REFUSED: [(&[&str], &str); 7] = [
    (
        &["--machine", "microvm"],
        "`--machine` does not apply to the target `unix`",
    ),
    (
        &["--memory", "64M"],
        "it applies to `-t virtio`, `-t hvt`, `-t spt`",
    ),
    (
        &["--accel", "tcg", "-t", "spt"],
        "`--accel` does not apply to the target `spt`",
    ),
    (
        &["--tender", "own", "-t", "virtio"],
        "`--tender` does not apply to the target `virtio`",
    ),
    (
        &["--tender", "own", "-t", "hvt"],
        "this tool has no tender for `hvt`",
    ),
    (
        &["--net", "tap=tap0", "-p", "9000:80"],
        "`-p` forwards ports",
    ),
    (
        &["-p", "9000:80", "-p", "9001:80"],
        "port 80 of the unikernel is forwarded twice",
    ),
];

fn options_without_effect_are_refused() {
    for (options, why) in REFUSED {
        let output = tool().args(["run", "http"]).args(options).output();
        let output = output.expect("the tool runs");
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{text}");
        assert!(text.contains(why), "{text}");
    }
}

fn stdout(arguments: &[&str]) -> String {
    client::output(tool().args(arguments))
}

/// The maximum size of each image, in bytes.
const BUDGET: [(&str, &str, u64); 5] = [
    ("hello", "virtio", 64_000),
    ("http", "virtio", 285_000),
    ("forwarder", "virtio", 440_000),
    ("hello", "spt", 32_000),
    ("http", "spt", 230_000),
];

fn images_keep_their_size() {
    for (package, target, max) in BUDGET {
        let line = stdout(&["build", package, "-t", target, "--message-format", "json"]);
        let image: serde_json::Value = serde_json::from_str(&line).expect("JSON");
        let bytes = image["bytes"].as_u64().expect("a number");
        assert!(
            bytes <= max,
            "{package} has {bytes} bytes on {target}, more than {max}"
        );
    }
}

fn the_graph_is_described() {
    let tree = stdout(&["describe", "echo"]);
    for line in [
        "targets: unix, virtio",
        "stream: tcp port 7, at 127.0.0.1:8007",
    ] {
        assert!(tree.contains(line), "no `{line}` in:\n{tree}");
    }
    let json = stdout(&["describe", "echo", "--message-format", "json"]);
    let graph: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(graph["name"], "echo");
    assert!(stdout(&["describe", "echo", "--format", "dot"]).starts_with("digraph \"echo\""));
    assert!(stdout(&["describe", "echo", "--format", "svg"]).starts_with("<svg "));
}

fn the_expansion_is_printed() {
    // Twice: the output does not depend on whether something had to be compiled.
    let first = stdout(&["expand", "hello"]);
    assert!(first.contains("_rt::entry!(_IMAGE, _unikernel)"), "{first}");
    assert_eq!(stdout(&["expand", "hello"]), first);
}

fn sizes_add_up() {
    let text = stdout(&["size", "hello"]);
    let crates = text.split("\n\n").nth(1).expect("the second table");
    let number = |line: &str| line.split_whitespace().next()?.parse::<u64>().ok();
    let sum: u64 = crates.lines().filter_map(number).sum();
    let total = text.lines().last().and_then(number);
    assert_eq!(Some(sum), total, "{text}");
    assert!(text.contains("  mirage_rt\n"), "{text}");
}
