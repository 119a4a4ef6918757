//! Users' crates, outside of this repository.

mod devices;

use crate::harness::{Runner, Running, client, ports, tool, trial, trials};
use libtest_mimic::Trial;
use std::{
    fs,
    io::{Read, Write},
    path::Path,
    process::Command,
};
use tempfile::TempDir;

/// The tests.
pub fn list() -> Vec<Trial> {
    let devices = trials(
        &[Runner::Unix, Runner::Microvm],
        [
            (
                "crates::devices_of_another_crate_are_as_good_as_ours",
                devices::of_another_crate_are_as_good_as_ours,
            ),
            (
                "crates::a_device_that_does_not_start_is_named",
                devices::one_that_does_not_start_is_named,
            ),
        ],
    );
    let crates = [
        trial("crates::a_new_crate_works", a_new_crate_works),
        trial("crates::a_name_is_refused", a_name_is_refused),
        trial(
            "crates::a_crate_that_needs_std_is_named",
            a_crate_that_needs_std_is_named,
        ),
        trial(
            "crates::a_missing_no_std_is_reported",
            a_missing_no_std_is_reported,
        ),
        trial(
            "crates::a_crate_that_needs_c_is_named",
            a_crate_that_needs_c_is_named,
        ),
    ];
    devices.chain(crates).collect()
}

/// The tool, in a user's directory.
fn tool_in(folder: &Path) -> Command {
    let mut tool = tool();
    tool.current_dir(folder);
    // Dependencies are compiled once for all these tests, from this repository.
    tool.env(
        "CARGO_TARGET_DIR",
        concat!(env!("CARGO_TARGET_TMPDIR"), "/crates"),
    );
    tool.env("CARGO_NET_OFFLINE", "true");
    tool
}

/// Creates the crate `gate` in the directory.
fn new_crate(folder: &TempDir) -> std::path::PathBuf {
    client::output(tool_in(folder.path()).args(["new", "gate"]));
    let made = folder.path().join("gate");
    let lock = concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.lock");
    fs::copy(lock, made.join("Cargo.lock")).expect("the lock file of this repository");
    made
}

fn a_new_crate_works() {
    let folder = tempfile::tempdir().expect("a folder");
    let gate = new_crate(&folder);
    let tested = client::output(tool_in(&gate).arg("test"));
    assert_eq!(
        tested.lines().last(),
        Some("2 passed, 0 failed, 0 skipped"),
        "{tested}"
    );
    let port = ports::free();
    let forward = format!("{port}:7000");
    let running = Running::spawn(tool_in(&gate).args(["run", "-p", &forward]));
    running.wait_for("port 7000 is at ");
    let mut connection = client::connect(([127, 0, 0, 1], port).into());
    connection.write_all(b"Ada\n").expect("an open connection");
    let mut text = String::new();
    connection
        .read_to_string(&mut text)
        .expect("an end that is no reset");
    assert_eq!(text, "Who is there? Hello, Ada!\n");
}

fn a_name_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let (status, message) = Running::spawn(tool_in(folder.path()).args(["new", "9gate"])).end();
    assert_eq!(status, 2, "{message:?}");
    assert_eq!(fs::read_dir(folder.path()).expect("the folder").count(), 0);
}

fn a_crate_that_needs_std_is_named() {
    let library = "pub fn number() -> usize { std::env::args().count() }";
    let message = refused(library);
    assert!(
        message.contains("error: `needy` uses the standard library"),
        "{message}"
    );
}

fn a_missing_no_std_is_reported() {
    let folder = tempfile::tempdir().expect("a folder");
    let gate = new_crate(&folder);
    let program = gate.join("src/main.rs");
    let text = fs::read_to_string(&program).expect("the program");
    fs::write(&program, text.replace("#![no_std]\n", "")).expect("the folder");
    let (status, message) = Running::spawn(tool_in(&gate).args(["build", "-t", "virtio"])).end();
    let message = message.join("\n");
    assert_eq!(status, 101, "{message}");
    assert!(
        message.contains("error: `gate` uses the standard library"),
        "{message}"
    );
    assert!(
        message.contains("in `gate` itself, add `#![no_std]`"),
        "{message}"
    );
}

fn a_crate_that_needs_c_is_named() {
    let library = "\
#![no_std]
unsafe extern \"C\" {
    safe fn getpid() -> i32;
}
pub fn number() -> usize {
    getpid() as usize
}
";
    let message = refused(library);
    assert!(
        message.contains("error: `needy` calls `getpid`"),
        "{message}"
    );
    assert!(!message.contains("rust-lld"), "{message}");
}

/// Builds an image that contains this library, and returns the error message of the tool.
fn refused(library: &str) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let gate = new_crate(&folder);
    let write = |name: &str, text: &str| fs::write(gate.join(name), text).expect("the folder");
    fs::create_dir_all(gate.join("needy/src")).expect("the folder");
    write(
        "needy/Cargo.toml",
        "[package]\nname = \"needy\"\nedition = \"2024\"\n",
    );
    write("needy/src/lib.rs", library);
    let manifest = fs::read_to_string(gate.join("Cargo.toml")).expect("the manifest");
    write(
        "Cargo.toml",
        &format!("{manifest}needy = {{ path = \"needy\" }}\n"),
    );
    write(
        "src/main.rs",
        "\
#![no_std]
#![no_main]
#[mirage_rt::unikernel]
async fn main() -> Result<(), usize> {
    Err(needy::number())
}
",
    );
    let (status, message) = Running::spawn(tool_in(&gate).args(["build", "-t", "virtio"])).end();
    let message = message.join("\n");
    assert_eq!(status, 101, "{message}");
    message
}
