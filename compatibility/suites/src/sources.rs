//! The integration tests of tokio and mio.

use crate::{Result, exclusions::Exclusions, suite::run};
use std::{
    env,
    fmt::Write,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// What tokio's tests depend on.
pub const TOKIO_DEPENDENCIES: &str = r#"
tokio = { path = "../../../tokio" }
async-stream = "0.3"
futures = { version = "0.3", features = ["async-await"] }
futures-test = "0.3.31"
libc = "0.2"
rand = "0.9"
socket2 = "0.6"
tempfile = "3"
tokio-stream = "0.1"
tokio-test = "0.4"
"#;

/// The path of a checkout of mio.
fn checkout() -> Result<PathBuf> {
    let path = env::var_os("MIO").ok_or("MIO is not set: the path of a checkout of mio")?;
    Ok(fs::canonicalize(path)?)
}

/// What mio's tests depend on.
pub fn mio_dependencies() -> Result<String> {
    let checkout = checkout()?;
    Ok(format!(
        "mio = {{ path = {checkout:?}, features = [\"os-poll\", \"os-ext\", \"net\"] }}\n\
         env_logger = {{ version = \"0.11\", default-features = false }}\nlibc = \"0.2\"\nlog = \"0.4\"\nrand = \"0.9\"\n"
    ))
}

/// The modules of tokio's tests for net, sync and time. The published crate contains them.
pub fn tokio(exclusions: &Exclusions) -> Result<String> {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("tokio/Cargo.toml");
    let mut cargo = Command::new("cargo");
    cargo
        .args(["metadata", "--format-version", "1", "--manifest-path"])
        .arg(manifest);
    let metadata = run(&mut cargo)?;
    // The only path of the kind: `.../tokio-1.54.1/Cargo.toml`.
    let paths = metadata
        .split('"')
        .filter(|text| text.ends_with("/Cargo.toml"));
    let original = paths
        .map(PathBuf::from)
        .find(|path| {
            let folder = path
                .parent()
                .and_then(Path::file_name)
                .and_then(|name| name.to_str());
            folder.is_some_and(|name| name.starts_with("tokio-1."))
        })
        .ok_or("tokio is not among the dependencies")?;
    let tests = original.with_file_name("tests");
    let prefixes = ["net_", "sync_", "tcp_", "time_", "udp", "uds_"];
    modules(&tests, exclusions, |name| {
        prefixes.iter().any(|prefix| name.starts_with(prefix))
    })
}

/// The modules of mio's tests.
pub fn mio(exclusions: &Exclusions) -> Result<String> {
    modules(&checkout()?.join("tests"), exclusions, |_| true)
}

/// A module for each file.
fn modules(
    folder: &Path,
    exclusions: &Exclusions,
    is_selected: impl Fn(&str) -> bool,
) -> Result<String> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        let name = entry?
            .file_name()
            .into_string()
            .map_err(|_| "a name that is not UTF-8")?;
        if let Some(name) = name.strip_suffix(".rs")
            && is_selected(name)
            && !exclusions.reasons.contains_key(name)
        {
            names.push(name.to_owned());
        }
    }
    names.sort();
    let mut text = String::from("#![allow(warnings)]\n");
    for name in names {
        let path = copy(folder, &name)?;
        writeln!(text, "#[path = {path:?}]\nmod {name};")?;
    }
    Ok(text)
}

/// Copies a test file, with an import of our `#[test]`, since an attribute of a parent module is not in scope.
fn copy(folder: &Path, name: &str) -> Result<PathBuf> {
    let text = fs::read_to_string(folder.join(format!("{name}.rs")))?;
    let suite = folder
        .parent()
        .and_then(Path::file_name)
        .ok_or("no folder")?;
    let copies = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("target/suites/sources")
        .join(suite);
    fs::create_dir_all(&copies)?;
    // The modules that tests share.
    for shared in ["support", "util"] {
        let from = folder.join(shared);
        if from.is_dir() {
            let to = copies.join(shared);
            fs::create_dir_all(&to)?;
            for entry in fs::read_dir(from)? {
                let entry = entry?;
                fs::copy(entry.path(), to.join(entry.file_name()))?;
            }
        }
    }
    let path = copies.join(format!("{name}.rs"));
    let text = format!("{text}\n#[allow(unused_imports)]\nuse harness::test;\n");
    crate::suite::write(&path, &text)?;
    Ok(path)
}
