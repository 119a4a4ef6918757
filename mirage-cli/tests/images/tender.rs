//! The tenders that run images of `spt` and `hvt`.

use crate::harness::{Runner, Running, build, client, ports, tool, trial};
use libtest_mimic::Trial;
use std::{fs, os::unix::fs::PermissionsExt, path::Path, process::Command};
use tempfile::TempDir;

/// The tests.
pub fn list() -> Vec<Trial> {
    vec![
        trial(
            "tender::solo5_replaces_the_built_in_one",
            solo5_replaces_the_built_in_one,
        ),
        trial("tender::solo5_runs_images_of_hvt", solo5_runs_images_of_hvt),
        trial(
            "tender::one_that_is_missing_is_said",
            one_that_is_missing_is_said,
        ),
        trial(
            "tender::solo5_has_no_user_network",
            solo5_has_no_user_network,
        ),
        trial("tender::needs_no_privileges", needs_no_privileges),
        trial(
            "tender::a_port_that_is_taken_is_said",
            a_port_that_is_taken_is_said,
        ),
    ]
}

/// A program that writes its arguments to a file, one per line, and exits with status 7.
const FAKE: &str = "#!/bin/sh\nprintf '%s\\n' \"$@\" > \"$(dirname \"$0\")/arguments\"\nexit 7\n";

/// A folder with a program of this name in it.
fn fake(name: &str) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join(name);
    fs::write(&path, FAKE).expect("a file");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("a file of our own");
    folder
}

/// The tool, with `folder` before the PATH.
fn with_path(folder: &Path, words: &[&str]) -> Command {
    let path = std::env::var("PATH").expect("a PATH");
    let mut command = tool();
    command.env("PATH", format!("{}:{path}", folder.display()));
    command.args(words);
    command
}

/// Returns the arguments that `run` with `words` passes to the program `name`.
fn called(name: &str, words: &[&str]) -> Vec<String> {
    let folder = fake(name);
    let (status, lines) = Running::spawn(&mut with_path(folder.path(), words)).end();
    assert_eq!(status, 7, "{lines:#?}");
    let arguments = fs::read_to_string(folder.path().join("arguments")).expect("it was called");
    arguments.lines().map(Into::into).collect()
}

fn solo5_replaces_the_built_in_one() {
    build("arguments", "spt");
    let words = [
        "run",
        "arguments",
        "-t",
        "spt",
        "--tender",
        "solo5",
        "--memory",
        "3M",
    ];
    let motto = ["--", "--motto=two words"];
    let arguments = called("solo5-spt", &[&words[..], &motto].concat());
    assert_eq!(arguments[..2], ["--mem=3", "--"]);
    assert!(arguments[2].ends_with("arguments.image"), "{arguments:?}");
    assert_eq!(arguments[3..], [r#""--motto=two words""#]);
}

fn solo5_runs_images_of_hvt() {
    build("http", "hvt");
    let arguments = called(
        "solo5-hvt",
        &[
            "run", "http", "-t", "hvt", "--net", "tap=tap7", "--memory", "5M",
        ],
    );
    // The tender rounds down to pages of 2 MiB.
    assert_eq!(arguments[..3], ["--mem=6", "--net:service=tap7", "--"]);
}

fn one_that_is_missing_is_said() {
    let path = std::env::var_os("PATH").expect("a PATH");
    // The first directory contains our test machine, which all other tests use instead of Solo5's.
    let others = std::env::join_paths(std::env::split_paths(&path).skip(1));
    let output = tool()
        .args(["run", "hello", "-t", "hvt"])
        .env("PATH", others.expect("a PATH"))
        .output();
    let output = output.expect("the tool starts");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(69), "{stderr}");
    assert!(stderr.contains("`solo5-hvt` is not installed"), "{stderr}");
}

fn solo5_has_no_user_network() {
    build("http", "spt");
    let folder = fake("solo5-spt");
    let words = ["run", "http", "-t", "spt", "--tender", "solo5"];
    let output = with_path(folder.path(), &words).output();
    let output = output.expect("the tool starts");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{stderr}");
    assert!(
        stderr.contains("`solo5-spt` has no user network"),
        "{stderr}"
    );
}

/// Without any capability, like an ordinary user.
fn needs_no_privileges() {
    build("http", "spt");
    let tool = tool();
    let mut command = if rustix::process::geteuid().is_root() {
        let mut command = Command::new("setpriv");
        command.args(["--bounding-set=-all", "--inh-caps=-all"]);
        command.arg(tool.get_program());
        command
    } else {
        Command::new(tool.get_program())
    };
    command.current_dir(tool.get_current_dir().expect("the repository"));
    let port = ports::free();
    let forward = format!("{port}:80");
    command.args(["run", "http", "-P", &forward]);
    let running = Running::spawn(command.args(Runner::Spt.arguments("http")));
    running.wait_for("tcp port 80 is at ");
    let status = fs::read_to_string(format!("/proc/{}/status", running.id()));
    let status = status.expect("it runs");
    assert!(status.contains("CapEff:\t0000000000000000"), "{status}");
    let url = format!("http://127.0.0.1:{port}/");
    let page = client::run("curl", &["--silent", "--show-error", &url]);
    assert!(page.contains("It answers"), "{page}");
}

fn a_port_that_is_taken_is_said() {
    build("http", "spt");
    let port = ports::free();
    let _owner = std::net::TcpListener::bind(("127.0.0.1", port)).expect("a free port");
    let forward = format!("{port}:80");
    let output = tool()
        .args(["run", "http", "-t", "spt", "-P", &forward])
        .output();
    let output = output.expect("the tool starts");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(101), "{stderr}");
    let cause = format!("127.0.0.1:{port}, which leads to port 80: Address already in use");
    assert!(stderr.contains(&cause), "{stderr}");
    assert!(
        stderr.contains("choose another port with `-P HOST:80`"),
        "{stderr}"
    );
}
