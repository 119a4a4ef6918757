//! The tool under test, and the images that it builds.

use std::{
    collections::BTreeSet,
    path::Path,
    process::Command,
    sync::{Mutex, PoisonError},
};

/// `cargo mirage`, in the repository.
pub fn tool() -> Command {
    let mut tool = Command::new(env!("CARGO_BIN_EXE_cargo-mirage"));
    tool.current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    tool
}

/// Programs of the tests whose memory and stacks are measured.
const MEASURED: [&str; 1] = ["roomy"];

/// Returns the options of the tool that choose how a package is compiled: an example as its users compile it, a program
/// of the tests in less time.
pub fn profile(package: &str) -> &'static [&'static str] {
    let guests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/guests");
    match guests.join(package).is_dir() && !MEASURED.contains(&package) {
        true => &["--profile", "guest"],
        false => &[],
    }
}

/// Builds a package for a target, once, so that the time limit of a test does not include compilation.
///
/// # Panics
/// Panics if it does not build.
pub fn build(package: &str, target: &'static str) {
    // Cargo locks a target's directory. Builds for two targets share the processors: each ends on a single one.
    static TARGETS: [(&str, Mutex<BTreeSet<String>>); 4] = [
        ("unix", Mutex::new(BTreeSet::new())),
        ("virtio", Mutex::new(BTreeSet::new())),
        ("hvt", Mutex::new(BTreeSet::new())),
        ("spt", Mutex::new(BTreeSet::new())),
    ];
    let (_, built) = TARGETS
        .iter()
        .find(|(name, _)| *name == target)
        .expect("a target");
    let mut built = built.lock().unwrap_or_else(PoisonError::into_inner);
    if built.insert(package.into()) {
        let output = tool()
            .args(["build", package, "--target", target])
            .args(profile(package))
            .output()
            .expect("the tool starts");
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{package} for {target}:\n{stderr}");
    }
}
