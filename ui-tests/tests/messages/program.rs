//! The rejected programs and the errors that each marks in its source.

use crate::compiler_message::{self, CompilerMessage, Span};
use std::{fs, path::Path};

/// A rejected program.
pub struct Program {
    /// The file's name, without `.rs`.
    pub name: String,
    /// The source, marks included.
    source: String,
    /// The compiler's messages.
    pub messages: Vec<CompilerMessage>,
}

/// Reads all rejected programs.
pub fn all() -> Vec<Program> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("rejected");
    let files = fs::read_dir(folder).expect("the rejected programs");
    let paths = files.map(|file| file.expect("a rejected program").path());
    let sources = paths.filter(|path| path.extension().is_some_and(|extension| extension == "rs"));
    let read = |path: &Path| fs::read_to_string(path).expect("the file of a rejected program");
    let mut programs: Vec<_> = sources
        .map(|path| Program {
            name: path
                .file_stem()
                .unwrap_or_default()
                .to_string_lossy()
                .into(),
            source: read(&path),
            messages: compiler_message::read(&read(&path.with_extension("stderr"))),
        })
        .collect();
    programs.sort_by(|one, other| one.name.cmp(&other.name));
    programs
}

impl Program {
    /// Returns the spans and codes of the errors that the source marks.
    ///
    /// A comment `//~  ^^^^ MIR020` marks an error in the line above. If the carets touch the `~`, the
    /// span starts at the beginning of the line.
    pub fn marks(&self) -> Vec<(Span, String)> {
        let mut marks = Vec::new();
        let mut marked = 0;
        for (index, line) in self.source.lines().enumerate() {
            let Some(mark) = line.strip_prefix("//~") else {
                marked = index + 1;
                continue;
            };
            let before = mark.len() - mark.trim_start().len();
            let (carets, code) = mark.trim_start().split_once(' ').expect("a code");
            let column = if before == 0 { 1 } else { before + 4 };
            let span = Span {
                line: marked,
                column,
                width: before + 4 + carets.len() - column,
            };
            marks.push((span, code.into()));
        }
        marks
    }

    /// Returns the source without the marks.
    pub fn unmarked(&self) -> String {
        let lines = self.source.lines();
        let lines = lines.filter(|line| !line.starts_with("//~"));
        lines.collect::<Vec<_>>().join("\n")
    }

    /// Returns the errors that the compiler reports.
    pub fn errors(&self) -> impl Iterator<Item = &CompilerMessage> {
        self.messages
            .iter()
            .filter(|message| message.level == "error")
    }
}
