//! Users' crates, outside of this repository.

mod devices;

use crate::harness::{Runner, Running, client, ports, tool, trial, trials};
use libtest_mimic::Trial;
use std::{
    fs,
    io::{Read, Write},
    path::{Path, PathBuf},
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
        trial(
            "crates::devices_are_tested_in_their_crate",
            devices::are_tested_in_their_crate,
        ),
        trial("crates::a_new_crate_works", a_new_crate_works),
        trial(
            "crates::a_new_crate_with_std_works",
            a_new_crate_with_std_works,
        ),
        trial(
            "crates::a_new_crate_joins_the_workspace",
            a_new_crate_joins_the_workspace,
        ),
        trial("crates::a_name_is_refused", a_name_is_refused),
        trial(
            "crates::a_missing_attribute_is_reported",
            a_missing_attribute_is_reported,
        ),
        trial(
            "crates::an_excluded_target_is_refused",
            an_excluded_target_is_refused,
        ),
        trial(
            "crates::one_of_several_binaries_is_chosen",
            one_of_several_binaries_is_chosen,
        ),
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
pub fn tool_in(folder: &Path) -> Command {
    in_folder(tool(), folder)
}

/// A command in a user's directory.
pub fn in_folder(mut command: Command, folder: &Path) -> Command {
    command.current_dir(folder);
    // Dependencies are compiled once for all these tests, from this repository.
    command.env(
        "CARGO_TARGET_DIR",
        concat!(env!("CARGO_TARGET_TMPDIR"), "/crates"),
    );
    command.env("CARGO_NET_OFFLINE", "true");
    command
}

/// Creates a crate in the directory. Each has its own name: cargo cannot tell crates of one name apart that
/// share a directory for what is compiled.
pub fn new_crate(folder: &TempDir, name: &str) -> PathBuf {
    new_crate_with_options(folder, name, &[])
}

/// The same with options for `cargo mirage new`.
fn new_crate_with_options(folder: &TempDir, name: &str, options: &[&str]) -> PathBuf {
    client::output(tool_in(folder.path()).args(["new", name]).args(options));
    let made = folder.path().join(name);
    let lock = concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.lock");
    fs::copy(lock, made.join("Cargo.lock")).expect("the lock file of this repository");
    made
}

fn a_new_crate_works() {
    let folder = tempfile::tempdir().expect("a folder");
    // A dependency has the same name.
    let gate = new_crate(&folder, "log");
    passes_its_tests_and_greets(&gate, tool_in(&gate).args(["run", "-P"]));
}

/// With the commands of cargo alone, and as an image.
fn a_new_crate_with_std_works() {
    let folder = tempfile::tempdir().expect("a folder");
    let gate = new_crate_with_options(&folder, "gate-with-std", &["--std"]);
    let mut cargo = in_folder(Command::new(env!("CARGO")), &gate);
    let checked = client::output(cargo.args(["clippy", "--all-targets", "--", "-D", "warnings"]));
    assert_eq!(checked, "");
    let mut cargo = in_folder(Command::new(env!("CARGO")), &gate);
    passes_its_tests_and_greets(&gate, cargo.args(["run", "--quiet", "--", "--publish"]));
    client::output(tool_in(&gate).args(["build", "-t", "spt"]));
}

/// `run` takes a port of the host and the unikernel's.
fn passes_its_tests_and_greets(gate: &Path, run: &mut Command) {
    let tested = client::output(tool_in(gate).arg("test"));
    assert_eq!(
        tested.lines().last(),
        Some("2 passed, 0 failed, 0 skipped"),
        "{tested}"
    );
    let port = ports::free();
    let running = Running::spawn(run.arg(format!("{port}:7000")));
    running.wait_for("port 7000 is at ");
    let mut connection = client::connect(([127, 0, 0, 1], port).into());
    connection.write_all(b"Ada\n").expect("an open connection");
    let mut text = String::new();
    connection
        .read_to_string(&mut text)
        .expect("an end that is no reset");
    assert_eq!(text, "Who is there? Hello, Ada!\n");
}

/// As with `cargo new`, and with what the members of the workspace share.
fn a_new_crate_joins_the_workspace() {
    let folder = tempfile::tempdir().expect("a folder");
    let workspace = "\
[workspace]
resolver = \"3\"
members = []
[workspace.package]
edition = \"2024\"
[workspace.lints.rust]
unsafe_code = \"deny\"
";
    fs::write(folder.path().join("Cargo.toml"), workspace).expect("the folder");
    let lock = concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.lock");
    fs::copy(lock, folder.path().join("Cargo.lock")).expect("the lock file of this repository");
    for name in ["east", "west"] {
        client::output(tool_in(folder.path()).args(["new", name]));
    }
    let manifest = fs::read_to_string(folder.path().join("east/Cargo.toml")).expect("a manifest");
    assert!(manifest.contains("edition.workspace = true"), "{manifest}");
    let options = [
        "build",
        "--workspace",
        "--offline",
        "--profile",
        "dev",
        "-t",
        "spt",
    ];
    let built = client::output(tool_in(folder.path()).args(options));
    for name in ["east", "west"] {
        let image = format!("mirage/spt/dev/{name}.image");
        assert!(built.contains(&image), "no {image} in {built}");
    }
    let (status, message) = Running::spawn(tool_in(folder.path()).arg("build")).end();
    assert_eq!(status, 2, "{message:?}");
    let choices = "the unikernels in this workspace are `east`, `west`";
    assert!(message.join("\n").contains(choices), "{message:?}");
}

fn one_of_several_binaries_is_chosen() {
    let folder = tempfile::tempdir().expect("a folder");
    let gate = new_crate(&folder, "several");
    fs::create_dir(gate.join("src/bin")).expect("the folder");
    let program = |text: &str| {
        format!(
            "#![no_std]\n#![no_main]\n#[mirage_rt::unikernel]\nasync fn main() {{ mirage_rt::println!(\"{text}\") }}\n"
        )
    };
    fs::write(gate.join("src/bin/other.rs"), program("the other")).expect("the folder");
    let (status, message) = Running::spawn(tool_in(&gate).arg("run")).end();
    assert_eq!(status, 2, "{message:?}");
    let help = "its binaries are `other`, `several`: choose one with `--bin`";
    assert!(message.join("\n").contains(help), "{message:?}");
    let options = [
        "run",
        "-p",
        "several",
        "--bin",
        "other",
        "--offline",
        "-j",
        "2",
    ];
    assert_eq!(client::output(tool_in(&gate).args(options)), "the other\n");
}

fn a_missing_attribute_is_reported() {
    let folder = tempfile::tempdir().expect("a folder");
    let gate = new_crate(&folder, "bare");
    let program = gate.join("src/main.rs");
    let text = fs::read_to_string(&program).expect("the program");
    let with_attribute = text
        .lines()
        .filter(|line| !line.starts_with("#[unikernel("));
    let text: Vec<_> = with_attribute.collect();
    fs::write(&program, text.join("\n")).expect("the folder");
    for target in ["unix", "virtio", "spt"] {
        let (status, message) = Running::spawn(tool_in(&gate).args(["build", "-t", target])).end();
        let message = message.join("\n");
        assert_eq!(status, 101, "{message}");
        let error = "error: the attribute `#[unikernel]` is missing";
        assert!(message.contains(error), "{message}");
        assert!(!message.contains("undefined symbol"), "{message}");
    }
}

/// Before anything is compiled, or by the compiler if the source does not tell.
fn an_excluded_target_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let gate = new_crate(&folder, "narrow");
    let program = gate.join("src/main.rs");
    let text = fs::read_to_string(&program).expect("the program");
    let uncertain = text.replace("#[unikernel(", "#[cfg(all())]\n#[unikernel(");
    let compiled = folder.path().join("compiled");
    let exclusions = [
        ("net = \"virtio\"", 19, "is for `unix`, `virtio`"),
        (
            "targets(\"unix\", \"virtio\"), net = \"auto\"",
            13,
            "it declares `unix`, `virtio`",
        ),
    ];
    for (to, column, reason) in exclusions {
        for (text, line) in [(&text, 11), (&uncertain, 12)] {
            fs::write(&program, text.replace("net = \"auto\"", to)).expect("the folder");
            let mut build = tool_in(&gate);
            if line == 11 {
                // The first target is not compiled before the second is checked.
                build.env("CARGO_TARGET_DIR", &compiled);
                build.args(["build", "-t", "virtio"]);
            } else {
                build.arg("build");
            }
            build.args(["-t", "spt"]);
            let ended = build.output().expect("the tool runs");
            let message = String::from_utf8_lossy(&ended.stderr);
            assert_eq!(ended.status.code(), Some(101), "{message}");
            let error = "the unikernel does not support the target `spt`";
            assert!(message.contains(error), "{message}");
            let place = format!("src/main.rs:{line}:{column}");
            assert!(message.contains(&place), "no {place} in {message}");
            if line == 11 {
                assert!(message.contains(reason), "{message}");
                assert!(!compiled.exists(), "{message}");
            }
        }
    }
}

fn a_name_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let (status, message) = Running::spawn(tool_in(folder.path()).args(["new", "9gate"])).end();
    assert_eq!(status, 101, "{message:?}");
    assert_eq!(fs::read_dir(folder.path()).expect("the folder").count(), 0);
}

fn a_crate_that_needs_std_is_named() {
    let library = "pub fn number() -> usize { std::env::args().count() }";
    let message = refused("wants-std", library);
    assert!(
        message.contains("error: `wants_std` uses the standard library"),
        "{message}"
    );
}

fn a_missing_no_std_is_reported() {
    let folder = tempfile::tempdir().expect("a folder");
    let gate = new_crate(&folder, "hosted");
    let program = gate.join("src/main.rs");
    let text = fs::read_to_string(&program).expect("the program");
    fs::write(&program, text.replace("#![no_std]\n", "")).expect("the folder");
    let (status, message) = Running::spawn(tool_in(&gate).args(["build", "-t", "virtio"])).end();
    let message = message.join("\n");
    assert_eq!(status, 101, "{message}");
    assert!(
        message.contains("error: `hosted` uses the standard library"),
        "{message}"
    );
    assert!(
        message.contains("write `#![no_std]` at the top of"),
        "{message}"
    );
    assert!(!message.contains("Compiling"), "{message}");
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
    let message = refused("wants-c", library);
    assert!(
        message.contains("error: `wants-c` calls `getpid`"),
        "{message}"
    );
    assert!(!message.contains("rust-lld"), "{message}");
}

/// Builds an image that contains this library, and returns the error message of the tool.
fn refused(name: &str, library: &str) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let gate = new_crate(&folder, &format!("{name}-user"));
    let write = |name: &str, text: &str| fs::write(gate.join(name), text).expect("the folder");
    fs::create_dir_all(gate.join("needed/src")).expect("the folder");
    write(
        "needed/Cargo.toml",
        &format!("[package]\nname = \"{name}\"\nedition = \"2024\"\n"),
    );
    write("needed/src/lib.rs", library);
    let manifest = fs::read_to_string(gate.join("Cargo.toml")).expect("the manifest");
    write(
        "Cargo.toml",
        &format!("{manifest}needy = {{ package = \"{name}\", path = \"needed\" }}\n"),
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
