//! Runs a guest.

use crate::elf::Elf;
use std::{
    os::unix::process::ExitStatusExt,
    process::{Command, Output},
};
use tempfile::TempDir;

/// An amount of memory that is enough for every guest here.
pub const MEMORY: &str = "--mem=2";

/// An image in a temporary directory.
pub struct Guest {
    folder: TempDir,
}

/// How a guest ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// By itself.
    Status(i32),
    /// By a signal.
    Signal(i32),
}

impl Guest {
    /// Writes the image `elf`.
    pub fn new(elf: &Elf) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("image"), elf.bytes()).expect("a file");
        Self { folder }
    }

    /// Adds a file beside the image.
    pub fn with_file(self, name: &str, contents: &[u8]) -> Self {
        std::fs::write(self.folder.path().join(name), contents).expect("a file");
        self
    }

    /// Returns the contents of a file beside the image.
    pub fn file(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.folder.path().join(name)).expect("a file")
    }

    /// Returns the tender's command with `args`, in the image's directory.
    pub fn command(&self, args: &[&str]) -> Command {
        self.command_by(&[], args)
    }

    /// The same, started by the program `launcher`.
    pub fn command_by(&self, launcher: &[&str], args: &[&str]) -> Command {
        let mut line = launcher.to_vec();
        line.push(env!("CARGO_BIN_EXE_mirage-tender"));
        line.extend(args);
        let mut command = Command::new(line[0]);
        command.args(&line[1..]).current_dir(self.folder.path());
        command
    }

    /// Runs it with `options`.
    pub fn run(&self, options: &[&str]) -> (End, Output) {
        run(&mut self.command(&[&[MEMORY], options, &["image"]].concat()))
    }

    /// Runs it with `options` and expects this end.
    pub fn ends(&self, options: &[&str], end: End) {
        let (ended, output) = self.run(options);
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(ended, end, "{stderr}");
    }

    /// Runs it with `options` and expects the tender to refuse it with `message`.
    pub fn is_refused(&self, options: &[&str], message: &str) {
        let words = [&[MEMORY], options, &["image"]].concat();
        refused(&mut self.command(&words), message);
    }
}

/// Runs a tender to the end.
pub fn run(command: &mut Command) -> (End, Output) {
    let output = command.output().expect("the tool starts");
    let status = output.status;
    let signal = || End::Signal(status.signal().expect("a status or a signal"));
    (status.code().map_or_else(signal, End::Status), output)
}

/// Runs a tender and expects a single sentence with `message`, and status 1.
pub fn refused(command: &mut Command, message: &str) {
    let (end, output) = run(command);
    let text = String::from_utf8_lossy(&output.stderr);
    assert_eq!(end, End::Status(1), "{text}");
    assert!(text.contains(message), "no `{message}` in: {text}");
    assert_eq!(text.lines().count(), 1, "{text}");
    assert!(output.stdout.is_empty());
}
