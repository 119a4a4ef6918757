//! The book's device in a crate of its own, generic over its dependencies, and a unikernel with two of them.

use super::{in_folder, new_crate, tool_in};
use crate::harness::{Runner, Running, client};
use std::{fs, path::PathBuf, process::Command};
use tempfile::TempDir;

/// The chapter, which shows each file below its name.
const CHAPTER: &str = include_str!("../../../../docs/src/devices.md");

/// Returns the contents of the chapter's file `name`.
fn file(name: &str) -> &'static str {
    let start = format!("\n`{name}`:\n\n```");
    let (_, rest) = CHAPTER.split_once(&start).expect(name);
    let (_, rest) = rest.split_once('\n').expect("a block of code");
    let (contents, _) = rest.split_once("\n```\n").expect("its end");
    contents
}

/// Writes the crate `beacon`, which depends only on the device traits.
fn write_beacon(folder: &TempDir) {
    let beacon = folder.path().join("beacon");
    fs::create_dir_all(beacon.join("src")).expect("the folder");
    let repository = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    for name in ["Cargo.toml", "src/lib.rs", "src/tests.rs"] {
        let mut text = String::from(file(&format!("beacon/{name}")));
        for runtime in ["mirage-devices", "mirage-rt"] {
            let local = format!("{runtime} = {{ path = \"{repository}/{runtime}\" }}");
            text = text.replace(&format!("{runtime} = \"0.1\""), &local);
        }
        fs::write(beacon.join(name), text).expect("the folder");
    }
}

/// Creates the unikernel `name`, which depends on `beacon`.
fn crates(folder: &TempDir, name: &str, program: &str) -> PathBuf {
    write_beacon(folder);
    let unikernel = new_crate(folder, name);
    let manifest = unikernel.join("Cargo.toml");
    let text = fs::read_to_string(&manifest).expect("the manifest");
    let text = format!("{text}beacon = {{ path = \"../beacon\" }}\n");
    fs::write(manifest, text).expect("the folder");
    fs::write(unikernel.join("src/main.rs"), program).expect("the folder");
    unikernel
}

/// Returns the status of the unikernel, and the lines of its console.
fn run(name: &str, program: &str, runner: Runner) -> (i32, Vec<String>) {
    let folder = tempfile::tempdir().expect("a folder");
    let unikernel = crates(&folder, name, program);
    // Compiled first, so that the time limit of the run does not include it.
    client::output(tool_in(&unikernel).args(["build", "--target", runner.target()]));
    let running = Running::spawn(tool_in(&unikernel).arg("run").args(runner.arguments(name)));
    let (status, lines) = running.end();
    let is_said = |line: &String| {
        let words = ["shines", "goes out", "returns", "error: "];
        words.iter().any(|word| line.contains(word))
    };
    (status, lines.into_iter().filter(is_said).collect())
}

/// They start in dependency order, run beside `main`, and stop in reverse order.
pub fn of_another_crate_are_as_good_as_ours(runner: Runner) {
    let (status, console) = run("coast", file("coast/src/main.rs"), runner);
    assert_eq!(status, 0, "{console:#?}");
    let expected = "first shines
first shines
main returns
second goes out
first goes out";
    assert!(CHAPTER.contains(expected));
    assert_eq!(console.join("\n"), expected);
}

pub fn one_that_does_not_start_is_named(runner: Runner) {
    let coast = file("coast/src/main.rs");
    let dark = coast.replace("name: \"second\"", "period: Duration::ZERO");
    let (status, console) = run("dark", &dark, runner);
    assert_eq!(status, 1, "{console:#?}");
    let expected = [
        "first goes out",
        "error: `second` did not start: its period is zero",
    ];
    assert_eq!(console, expected);
}

/// With the crate's own dependencies.
pub fn are_tested_in_their_crate() {
    let folder = tempfile::tempdir().expect("a folder");
    write_beacon(&folder);
    let beacon = folder.path().join("beacon");
    let lock = concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.lock");
    fs::copy(lock, beacon.join("Cargo.lock")).expect("the lock file of this repository");
    let mut cargo = in_folder(Command::new("cargo"), &beacon);
    let tested = client::output(cargo.args(["test", "--lib"]));
    assert!(
        tested.contains("test result: ok. 1 passed; 0 failed"),
        "{tested}"
    );
}
