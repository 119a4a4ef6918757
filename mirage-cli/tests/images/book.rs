//! The programs in the README and in the chapters of the book run as processes: each opens its ports or ends.

use crate::crates::{in_folder, new_crate, tool_in};
use crate::harness::{Running, client, trial};
use libtest_mimic::Trial;
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// The tests.
pub fn list() -> Vec<Trial> {
    vec![
        trial("book::programs_run", programs_run),
        trial("book::programs_with_std_run", programs_with_std_run),
    ]
}

/// A page, and how many programs it has at least.
const PAGES: [(&str, usize); 6] = [
    ("README.md", 1),
    ("docs/src/quick-start.md", 1),
    ("docs/src/language.md", 13),
    ("docs/src/programming.md", 7),
    ("docs/src/testing.md", 1),
    ("docs/src/tutorial.md", 1),
];

/// A page, and how many programs with std it has at least. They are not compiled as documentation tests.
const PAGES_WITH_STD: [(&str, usize); 2] = [("README.md", 1), ("docs/src/std.md", 2)];

/// What programs with std depend on.
const DEPENDENCIES_OF_STD: &str = "\
    axum = { version = \"0.8\", default-features = false, features = [\"http1\", \"tokio\"] }\n\
    tokio = { version = \"1\", features = [\"macros\", \"net\", \"rt-multi-thread\"] }\n";

/// Values for required arguments.
const VALUES: [(&str, &str); 2] = [("upstream", "127.0.0.1"), ("ipv4-gateway", "10.0.0.1")];

/// A network with nothing but a loopback interface and a TAP device, so that every port is free.
const NETWORK: &str = "\
    PATH=$PATH:/usr/sbin:/sbin; \
    ip link set lo up && ip tuntap add dev tap0 mode tap && ip link set tap0 up && exec \"$@\"";

/// Returns the programs of a page, in blocks of this kind.
fn programs<'a>(page: &'a str, kind: &'a str) -> impl Iterator<Item = &'a str> {
    let blocks = page.split(kind).skip(1);
    let blocks = blocks.filter_map(|block| Some(block.split_once("\n```")?.0));
    blocks.filter(|block| block.contains("unikernel"))
}

fn programs_run() {
    run_all(&PAGES, "```rust,no_run\n", |_| {});
}

fn programs_with_std_run() {
    run_all(&PAGES_WITH_STD, "```rust,ignore\n", |manifest| {
        *manifest = manifest.replace("mirage-rt = { ", "mirage-rt = { features = [\"std\"], ");
        manifest.push_str(DEPENDENCIES_OF_STD);
    });
}

/// Runs the programs of pages as the programs of a crate, whose `Cargo.toml` `change` completes.
fn run_all(pages: &[(&str, usize)], kind: &str, change: impl Fn(&mut String)) {
    let folder = tempfile::tempdir().expect("a folder");
    let book = new_crate(&folder, "book");
    let manifest = book.join("Cargo.toml");
    let mut text = fs::read_to_string(&manifest).expect("a Cargo.toml");
    change(&mut text);
    fs::write(&manifest, text).expect("the folder");
    fs::create_dir(book.join("src/bin")).expect("the folder");
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut names = Vec::new();
    for (path, count) in pages {
        let page = fs::read_to_string(repository.join(path)).expect(path);
        let stem = Path::new(path).file_stem().expect("a name");
        let stem = stem.to_string_lossy().to_lowercase();
        for (index, program) in programs(&page, kind).enumerate() {
            let name = format!("{stem}-{index}");
            let file = book.join(format!("src/bin/{name}.rs"));
            fs::write(file, program).expect("the folder");
            names.push(name);
        }
        let found = programs(&page, kind).count();
        assert!(found >= *count, "{path} has {found} programs");
    }
    let built = client::output(in_folder(Command::new("cargo"), &book).args([
        "build",
        "--bins",
        "--message-format",
        "json",
    ]));
    for name in names {
        runs(&book, &name, &executable(&built, &name));
    }
}

/// Returns the path of a program in cargo's messages.
fn executable(messages: &str, name: &str) -> PathBuf {
    let suffix = format!("/{name}");
    let messages = messages
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok());
    let mut paths = messages.filter_map(|message: serde_json::Value| {
        Some(message.get("executable")?.as_str()?.to_owned())
    });
    paths
        .find(|path| path.ends_with(&suffix))
        .expect(name)
        .into()
}

/// Runs a program until its ports are open, or to its end.
fn runs(book: &Path, name: &str, program: &Path) {
    let options = ["describe", "--bin", name, "--message-format", "json"];
    let graph = client::output(tool_in(book).args(options));
    let graph: serde_json::Value = serde_json::from_str(&graph).expect("JSON");
    let mut command = Command::new("unshare");
    command.args(["--net", "--map-root-user", "sh", "-c", NETWORK, "sh"]);
    command.arg(program).current_dir(book);
    for argument in list_of(&graph, "arguments") {
        if argument["presence"] == "required" {
            let name = argument["name"].as_str().expect("a name");
            let value = VALUES.iter().find(|(other, _)| *other == name);
            let (_, value) = value.unwrap_or_else(|| panic!("no value for {name}"));
            command.arg(format!("--{name}={value}"));
        }
    }
    let nodes = list_of(&graph, "nodes");
    if nodes.iter().any(|node| node["config"]["driver"] == "tap") {
        command.args(["--net", "tap=tap0"]);
    }
    let of_kind = |kind: &str| {
        let nodes = nodes.iter().filter(|node| node["kind"] == kind);
        nodes
            .map(|node| node["on"].as_array().map_or(1, Vec::len))
            .sum::<usize>()
    };
    for node in nodes.iter().filter(|node| node["kind"] == "block") {
        if node["config"]["size"].is_null() {
            let node = node["name"].as_str().expect("a name");
            let file = book.join(format!("{name}-{node}"));
            fs::write(&file, [0; 4096]).expect("the folder");
            command.arg(format!("--block={node}:file={}", file.display()));
        }
    }
    let ports = of_kind("tcp") + of_kind("udp") + 2 * of_kind("port");
    if ports > 0 {
        command.arg("--report-ports");
    }
    let running = Running::spawn(&mut command);
    if ports > 0 {
        running.wait_for_several("ready: ", ports);
        return;
    }
    let (status, lines) = running.end();
    assert_eq!(status, 0, "{name}: {lines:#?}");
}

fn list_of(graph: &serde_json::Value, name: &str) -> Vec<serde_json::Value> {
    graph[name].as_array().cloned().unwrap_or_default()
}
