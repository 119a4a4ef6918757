//! The output of the tool.

use crate::harness::{client, ports, tool, trial};
use libtest_mimic::Trial;
use rustix::process::Signal;
use std::{
    fs::{self, File},
    io::Read,
    os::unix::process::ExitStatusExt,
    process::Stdio,
};

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
            "command_line::flags_of_the_host_do_not_reach_images",
            flags_of_the_host_do_not_reach_images,
        ),
        trial(
            "command_line::it_ends_when_nobody_reads_its_output",
            it_ends_when_nobody_reads_its_output,
        ),
        trial(
            "command_line::nothing_is_compiled_after_its_end",
            nothing_is_compiled_after_its_end,
        ),
        trial("command_line::a_pipe_is_no_disk", a_pipe_is_no_disk),
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
        &["--net", "tap=tap0", "-P", "9000:80"],
        "`-P` forwards ports",
    ),
    (
        &["-P", "9000:80", "-P", "9001:80"],
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
    ("http", "virtio", 300_000),
    ("forwarder", "virtio", 440_000),
    ("hello", "spt", 32_000),
    ("http", "spt", 240_000),
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

/// The guest enables SSE2 only, and a linker of the host would make a program of the host.
fn flags_of_the_host_do_not_reach_images() {
    let dropped = "-C target-cpu=native -C target-feature=+avx2 -C link-arg=-fuse-ld=bfd";
    // A flag that is kept has all dependencies compiled again.
    for (target, kept) in [("virtio", "-D warnings "), ("hvt", ""), ("spt", "")] {
        let mut command = tool();
        command.args(["build", "http", "-t", target, "--message-format", "json"]);
        command.env("RUSTFLAGS", format!("{kept}{dropped}"));
        command.env("CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_LINKER", "cc");
        let output = command.output().expect("the tool runs");
        let notes = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{notes}");
        assert!(
            notes.contains("do not apply to images: `-C target-cpu=native`"),
            "{notes}"
        );
        let image: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
        let symbols = image["symbols"].as_str().expect("a path");
        let code = client::run("objdump", &["--disassemble", "--no-show-raw-insn", symbols]);
        let is_avx = |line: &&str| line.contains("%ymm") || line.contains("\tv");
        assert!(code.contains("%xmm"), "no code in {symbols}");
        assert_eq!(code.lines().find(is_avx), None);
    }
}

fn it_ends_when_nobody_reads_its_output() {
    let forward = format!("{}:80", ports::free());
    let run = ["run", "http", "-t", "spt", "-P", &forward];
    for arguments in [&["describe", "http"][..], &run] {
        let mut child = tool()
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the tool runs");
        drop(child.stdout.take());
        let output = child.wait_with_output().expect("its end");
        let errors = String::from_utf8_lossy(&output.stderr);
        assert_eq!(
            output.status.signal(),
            Some(Signal::PIPE.as_raw()),
            "{errors}"
        );
        assert!(!errors.contains("panicked"), "{errors}");
    }
}

/// In place of cargo: what compiles opens the pipe `$COMPILES`, and writes there if it is not killed.
const CARGO: &str = r#"#!/bin/sh
[ "$1" = build ] || exec cargo "$@"
exec 3> "$COMPILES"
sleep 20 3>&-
echo "it is compiled" >&3
"#;

fn nothing_is_compiled_after_its_end() {
    let folder = tempfile::tempdir().expect("a folder");
    let [cargo, pipe] = ["cargo", "pipe"].map(|name| folder.path().join(name));
    fs::write(&cargo, CARGO).expect("a folder");
    client::run("chmod", &["+x", cargo.to_str().expect("text")]);
    client::run("mkfifo", &[pipe.to_str().expect("text")]);
    let mut child = tool()
        .args(["build", "hello", "-t", "unix"])
        .env("CARGO", &cargo)
        .env("COMPILES", &pipe)
        .spawn()
        .expect("the tool runs");
    let mut compiles = File::open(&pipe).expect("cargo is called");
    child.kill().expect("it runs");
    child.wait().expect("its end");
    let mut text = String::new();
    compiles.read_to_string(&mut text).expect("a pipe");
    assert_eq!(text, "");
}

/// Opening it would wait for whoever writes into it.
fn a_pipe_is_no_disk() {
    let folder = tempfile::tempdir().expect("a folder");
    let pipe = folder.path().join("pipe");
    client::run("mkfifo", &[pipe.to_str().expect("text")]);
    for (disk, why) in [
        (pipe.display(), "is neither a file nor a block device"),
        (
            folder.path().display(),
            "is neither a file nor a block device",
        ),
    ] {
        let output = tool()
            .args(["run", "disks", "--block", &format!("data:file={disk}")])
            .output()
            .expect("the tool runs");
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{text}");
        assert!(text.contains(why), "{text}");
    }
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
