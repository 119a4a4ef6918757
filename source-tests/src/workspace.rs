//! The crates of the workspace.

use cargo_metadata::{MetadataCommand, TargetKind};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// A library or a program of the workspace.
pub struct Crate {
    /// The package's name.
    pub name: String,
    /// The root file: `lib.rs` or `main.rs`.
    pub root: PathBuf,
}

/// The directory of the workspace.
pub fn directory() -> &'static Path {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.parent().expect("the package is in the workspace")
}

/// The libraries and programs of the workspace, without tests, benchmarks and examples.
///
/// # Panics
///
/// Panics if `cargo metadata` fails.
pub fn crates() -> Vec<Crate> {
    let metadata = MetadataCommand::new()
        .manifest_path(directory().join("Cargo.toml"))
        .no_deps()
        .exec()
        .expect("the metadata of the workspace");
    let mut crates = Vec::new();
    for package in &metadata.packages {
        for target in &package.targets {
            let kinds = [TargetKind::Lib, TargetKind::ProcMacro, TargetKind::Bin];
            if target.kind.iter().any(|kind| kinds.contains(kind)) {
                crates.push(Crate {
                    name: package.name.to_string(),
                    root: target.src_path.clone().into(),
                });
            }
        }
    }
    crates
}

/// Every source file that the workspace compiles, by its path in the workspace, with its text.
///
/// # Panics
///
/// Panics if a file cannot be read.
pub fn files() -> Vec<(PathBuf, String)> {
    let mut files = Vec::new();
    collect(directory(), &mut files);
    files.sort();
    files
}

fn collect(directory: &Path, files: &mut Vec<(PathBuf, String)>) {
    for entry in fs::read_dir(directory).expect("a directory of the workspace") {
        let path = entry.expect("an entry").path();
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if path.is_dir() {
            // Programs that must not compile, and what the compiler and the tests write.
            let skipped = ["target", "golden", "rejected"].contains(&name.as_str());
            if !skipped && !name.starts_with('.') {
                collect(&path, files);
            }
        } else if name.ends_with(".rs") {
            let text = fs::read_to_string(&path).expect("a source file");
            let path = path.strip_prefix(self::directory()).unwrap_or(&path);
            files.push((path.to_path_buf(), text));
        }
    }
}
