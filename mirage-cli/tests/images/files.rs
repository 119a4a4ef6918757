//! The files of programs with std.

use crate::{
    crates::tool_in,
    harness::{Runner, Running, client, tool, trial, trials},
};
use libtest_mimic::Trial;
use std::{fs, path::Path, process::Command, sync::LazyLock};
use tempfile::TempDir;

/// The guest whose program is also a process.
const GUEST: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/guests/files");

/// Runs the arguments after `$1` in the directory `$1`, as an image has it: read-only, with `/tmp` in memory.
const PREPARE: &str = "\
    root=$1 && shift && \
    mount --bind $root $root && mount -o remount,ro,bind $root && \
    mount -t tmpfs -o size=256k tmpfs $root/tmp && mount -t tmpfs tmpfs $root/dev && \
    for node in null random urandom zero; do \
        : > $root/dev/$node && mount --bind /dev/$node $root/dev/$node || exit; \
    done && \
    mount -o remount,ro $root/dev && exec \"$@\" $root";

/// The tests.
pub fn list() -> Vec<Trial> {
    let booted = trials(
        &[Runner::Unix, Runner::Q35, Runner::Spt],
        [("files::are_those_of_linux", are_those_of_linux)],
    );
    let built = [
        trial("files::new_ones_are_compiled_in", new_ones_are_compiled_in),
        trial("files::wrong_ones_are_errors", wrong_ones_are_errors),
        trial("files::they_are_described", they_are_described),
    ];
    booted.chain(built).collect()
}

/// What the program prints as a process of Linux.
static EXPECTED: LazyLock<Vec<String>> = LazyLock::new(|| {
    let directory = tempfile::tempdir().expect("a directory");
    let (root, program) = (
        directory.path().join("root"),
        directory.path().join("program"),
    );
    client::output(
        Command::new("cp")
            .args(["-r", &format!("{GUEST}/site")])
            .arg(&root),
    );
    for name in ["dev", "tmp"] {
        fs::create_dir(root.join(name)).expect("a directory");
    }
    let source = Path::new(GUEST).join("src/process.rs");
    let mut compiler = Command::new("rustc");
    compiler
        .args(["--edition=2024", "-o"])
        .arg(&program)
        .arg(source);
    client::output(&mut compiler);
    let mut process = Command::new("unshare");
    process.args([
        "--user",
        "--map-root-user",
        "--mount",
        "sh",
        "-c",
        PREPARE,
        "sh",
    ]);
    let printed = client::output(process.arg(root).arg(program));
    printed.lines().map(String::from).collect()
});

fn are_those_of_linux(runner: Runner) {
    assert_eq!(EXPECTED.last().map(String::as_str), Some("done"));
    let (status, mut lines) = Running::start("files", runner, &[]).end();
    // It fills `/tmp` more than once.
    let hints: Vec<_> = lines
        .extract_if(.., |line| line.contains("/tmp is full"))
        .collect();
    let hint =
        "error: /tmp is full: its limit is 256KiB; declare more, such as by `tmp = \"512KiB\"`";
    assert_eq!(hints, [hint]);
    let start = lines.iter().position(|line| *line == EXPECTED[0]);
    let start = start.unwrap_or_else(|| panic!("it printed nothing: {lines:#?}"));
    for (line, expected) in lines[start..].iter().zip(EXPECTED.iter()) {
        assert_eq!(line, expected, "{lines:#?}");
    }
    assert!(lines.len() - start >= EXPECTED.len(), "{lines:#?}");
    assert_eq!(status, 0, "{lines:#?}");
}

/// A copy of a program that prints the names in its root.
fn package(directory: &TempDir) -> &Path {
    let path = directory.path();
    let runtime = concat!(env!("CARGO_MANIFEST_DIR"), "/../mirage-rt");
    let manifest = format!(
        "[package]\nname = \"names\"\nedition = \"2024\"\n\n[dependencies]\n\
         mirage-rt = {{ path = {runtime:?}, features = [\"std\"] }}\n\n[workspace]\n"
    );
    let program = "#[mirage_rt::unikernel(root = \"files/\")]\nfn main() {\n    \
                   for entry in std::fs::read_dir(\"/\").unwrap() {\n        \
                   println!(\"{}\", entry.unwrap().file_name().display());\n    }\n}\n";
    fs::create_dir_all(path.join("src")).expect("a directory");
    fs::create_dir_all(path.join("files/a")).expect("a directory");
    fs::write(path.join("Cargo.toml"), manifest).expect("a file");
    fs::write(path.join("src/main.rs"), program).expect("a file");
    let lock = concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.lock");
    fs::copy(lock, path.join("Cargo.lock")).expect("a file");
    path
}

fn new_ones_are_compiled_in() {
    let directory = tempfile::tempdir().expect("a directory");
    let package = package(&directory);
    let run = || {
        let printed = client::output(tool_in(package).args(["run", "-t", "spt"]));
        printed.lines().map(String::from).collect::<Vec<_>>()
    };
    assert_eq!(run(), ["a", "dev", "tmp"]);
    fs::write(package.join("files/new"), "").expect("a file");
    assert_eq!(run(), ["a", "dev", "new", "tmp"]);
    // An empty directory is there too.
    fs::create_dir(package.join("files/b")).expect("a directory");
    fs::remove_file(package.join("files/new")).expect("the file");
    assert_eq!(run(), ["a", "b", "dev", "tmp"]);
}

/// The errors of the compiler, at the value of the key.
fn wrong_ones_are_errors() {
    let directory = tempfile::tempdir().expect("a directory");
    let package = package(&directory);
    let program = package.join("src/main.rs");
    let refuse_in = |before: &str, attribute: &str, main: &str, error: &str, column: usize| {
        let text = format!("{before}#[mirage_rt::unikernel({attribute})]\n{main}\n");
        fs::write(&program, text).expect("a file");
        let mut build = tool_in(package);
        let output = build.args(["build", "-t", "spt"]).output();
        let output = output.expect("the tool starts");
        let lines = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(101), "{lines}");
        assert!(lines.contains(error), "{error}: {lines}");
        let line = if attribute.is_empty() { 2 } else { 1 };
        let position = format!("--> src/main.rs:{line}:{column}\n");
        assert!(lines.contains(&position), "{position}: {lines}");
        assert!(lines.contains("1 previous error"), "{lines}");
    };
    let refuse = |attribute: &str, error: &str, column: usize| {
        refuse_in("", attribute, "fn main() {}", error, column);
    };
    let path = "MIR090: `../files` is not a directory of the package";
    refuse("root = \"../files\"", path, 31);
    let path = "MIR090: `/files` is not a directory of the package";
    refuse("root = \"/files\"", path, 31);
    let missing = "MIR091: `site` cannot be read: it does not exist";
    refuse("tmp = \"1MiB\", root = \"site\"", missing, 45);
    let file = "MIR091: `Cargo.toml` cannot be read: it is not a directory";
    refuse("root = \"Cargo.toml\"", file, 31);
    refuse("root = 7", "MIR004: `root` takes a quoted string", 31);
    refuse("tmp = \"much\"", "MIR050: `much` is not a size", 30);
    let std = "MIR081: `root` is for programs with std";
    let before = "#![no_std] #![no_main] ";
    refuse_in(before, "root = \"files\"", "async fn main() {}", std, 47);
    refuse_in(
        "",
        "",
        "fn start() {} fn main() {}",
        "MIR079: `start` is not the `main` of the program",
        4,
    );
    std::os::unix::fs::symlink("/etc", package.join("files/etc")).expect("a link");
    let link = "MIR092: `files/etc` is a symbolic link that leaves the directory";
    refuse("root = \"files\"", link, 31);
}

fn they_are_described() {
    let described = client::output(tool().args(["describe", "files", "-t", "spt"]));
    assert!(
        described.contains("root: site/, 5 files with 39 bytes"),
        "{described}"
    );
    assert!(described.contains("tmp: 256KiB"), "{described}");
}
