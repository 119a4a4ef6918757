//! The examples, built by the tool.

use std::process::{Command, Stdio};

/// The tool, in the repository.
pub fn tool() -> Command {
    let mut tool = Command::new(env!("CARGO_BIN_EXE_cargo-mirage"));
    tool.current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    tool
}

/// The image or program of an example for a target.
pub struct Built {
    /// Its path.
    pub path: String,
    /// Its size in bytes.
    pub bytes: u64,
}

/// Builds `example` for `target`.
///
/// # Panics
/// If it does not build.
pub fn build(example: &str, target: &str) -> Built {
    let words = [
        "build",
        example,
        "--target",
        target,
        "--message-format",
        "json",
    ];
    let output = tool().args(words).stderr(Stdio::inherit()).output();
    let output = output.expect("the tool starts");
    let image: serde_json::Value = serde_json::from_slice(&output.stdout).expect("an image");
    Built {
        path: image["path"].as_str().expect("a path").into(),
        bytes: image["bytes"].as_u64().expect("a number"),
    }
}
