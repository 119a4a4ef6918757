//! The crates of the workspace.

use cargo_metadata::{MetadataCommand, TargetKind};
use std::path::{Path, PathBuf};

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
