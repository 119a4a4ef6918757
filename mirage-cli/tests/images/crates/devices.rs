//! A device from a crate outside of this repository, generic over its dependencies, and a unikernel with
//! two of them.

use super::{new_crate, tool_in};
use crate::harness::{Runner, Running, client};
use std::{fs, path::PathBuf};
use tempfile::TempDir;

/// The crate `beacon`, which depends only on the device traits, and `gate`, which depends on it.
fn crates(folder: &TempDir, program: &str) -> PathBuf {
    let gate = new_crate(folder);
    let write = |path: PathBuf, text: &str| fs::write(path, text).expect("the folder");
    let beacon = folder.path().join("beacon");
    fs::create_dir_all(beacon.join("src")).expect("the folder");
    let devices = concat!(env!("CARGO_MANIFEST_DIR"), "/../mirage-devices");
    write(
        beacon.join("Cargo.toml"),
        &format!(
            "[package]\nname = \"beacon\"\nedition = \"2024\"\n\n\
            [dependencies]\nmirage-devices = {{ path = \"{devices}\" }}\n"
        ),
    );
    write(beacon.join("src/lib.rs"), include_str!("beacon.rs"));
    let manifest = fs::read_to_string(gate.join("Cargo.toml")).expect("the manifest");
    write(
        gate.join("Cargo.toml"),
        &format!("{manifest}beacon = {{ path = \"../beacon\" }}\n"),
    );
    write(gate.join("src/main.rs"), program);
    gate
}

/// Returns the status of the unikernel, and the lines of its console.
fn run(program: &str, runner: Runner) -> (i32, Vec<String>) {
    let folder = tempfile::tempdir().expect("a folder");
    let gate = crates(&folder, program);
    // Compiled first, so that the time limit of the run does not include it.
    client::output(tool_in(&gate).args(["build", "--target", runner.target()]));
    let running = Running::spawn(tool_in(&gate).arg("run").args(runner.arguments()));
    let (status, lines) = running.end();
    let is_said = |line: &String| {
        let words = ["shines", "goes out", "returns", "error: "];
        words.iter().any(|word| line.contains(word))
    };
    (status, lines.into_iter().filter(is_said).collect())
}

const COAST: &str = include_str!("coast.rs");

/// They start in dependency order, run beside `main`, and stop in reverse order.
pub fn of_another_crate_are_as_good_as_ours(runner: Runner) {
    let (status, console) = run(COAST, runner);
    assert_eq!(status, 0, "{console:#?}");
    let expected = [
        "first shines",
        "first shines",
        "main returns",
        "second goes out",
        "first goes out",
    ];
    assert_eq!(console, expected);
}

pub fn one_that_does_not_start_is_named(runner: Runner) {
    let dark = COAST.replace("name: \"second\"", "period: Duration::ZERO");
    let (status, console) = run(&dark, runner);
    assert_eq!(status, 1, "{console:#?}");
    let expected = [
        "first goes out",
        "error: `second` did not start: its period is zero",
    ];
    assert_eq!(console, expected);
}
