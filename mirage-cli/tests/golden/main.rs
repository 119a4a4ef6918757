//! The exact output of the tool, compared with the files in `describe/` and `transcripts/`.
//! `MIRAGE_GOLDEN=overwrite` rewrites them.

mod describe;
#[path = "../../../mirage-tender/tests/guests/elf.rs"]
mod elf;
mod images;
mod transcripts;

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// Returns the directory of these tests.
fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

/// Returns the directory of the repository.
fn repository() -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    folder.canonicalize().expect("the repository is there")
}

/// `cargo mirage`, in the repository, without colours and progress output of cargo.
fn tool() -> Command {
    let mut tool = Command::new(env!("CARGO_BIN_EXE_cargo-mirage"));
    tool.current_dir(repository());
    tool.env("CARGO_TERM_QUIET", "true").env("COLUMNS", "100");
    tool.env_remove("NO_COLOR").env_remove("CLICOLOR_FORCE");
    tool
}

/// Compares `text` with the expected contents of a file. Returns their first difference.
fn compare(path: &Path, text: &str) -> Result<(), String> {
    if std::env::var("MIRAGE_GOLDEN").is_ok_and(|value| value == "overwrite") {
        fs::write(path, text).expect("a place for the text");
    }
    let golden = fs::read_to_string(path).unwrap_or_default();
    if golden == text {
        return Ok(());
    }
    let lines = golden.lines().zip(text.lines());
    let same = lines.take_while(|(one, other)| one == other).count();
    Err(format!(
        "{}:{}\n  expected: {:?}\n  printed:  {:?}",
        path.display(),
        same + 1,
        golden.lines().nth(same).unwrap_or_default(),
        text.lines().nth(same).unwrap_or_default(),
    ))
}

/// Fails with all differences.
fn none(differences: Vec<String>) {
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}
