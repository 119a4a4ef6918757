//! Parses the compiler's messages in a `.stderr` file.

/// A message of the compiler with its notes.
#[derive(Debug)]
pub struct CompilerMessage {
    /// `error`, `warning` or `note`.
    pub level: String,
    /// The lines before the position.
    pub message: Vec<String>,
    /// Its position.
    pub span: Span,
    /// The whole text.
    pub text: String,
}

/// The underlined text: line and column, counted from 1, and length in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    pub line: usize,
    pub column: usize,
    pub width: usize,
}

/// Parses the messages of a file.
pub fn read(stderr: &str) -> Vec<CompilerMessage> {
    stderr.trim_end().split("\n\n").map(message).collect()
}

impl CompilerMessage {
    /// Returns our error code if there is one, or else the compiler's.
    pub fn code(&self) -> Option<&str> {
        let tokens = || {
            let lines = self.message.iter().flat_map(|line| line.split(' '));
            lines.map(|token| token.trim_end_matches(':'))
        };
        let ours = tokens().find(|token| token.len() == "MIR000".len() && token.starts_with("MIR"));
        ours.or_else(|| self.message[0].split(['[', ']']).find(|part| is_code(part)))
    }
}

/// Returns whether this is a code of the compiler, such as `E0308`.
fn is_code(text: &str) -> bool {
    let digits = text.strip_prefix('E').unwrap_or_default();
    digits.len() == 4 && digits.bytes().all(|byte| byte.is_ascii_digit())
}

fn message(text: &str) -> CompilerMessage {
    let is_arrow = |line: &&str| line.trim_start().starts_with("-->");
    let mut lines = text.lines();
    let message: Vec<_> = lines.by_ref().take_while(|line| !is_arrow(line)).collect();
    let level = message[0].split(['[', ':']).next().unwrap_or_default();
    let arrow = text.lines().find(is_arrow).expect("a position");
    let mut numbers = arrow.rsplit(':').map(|number| number.parse().ok());
    let (column, line) = (numbers.next().flatten(), numbers.next().flatten());
    let (line, column) = line.zip(column).expect("a line and a column");
    let width = underlined(lines, line, column);
    CompilerMessage {
        level: level.into(),
        message: message.into_iter().map(Into::into).collect(),
        span: Span {
            line,
            column,
            width,
        },
        text: text.into(),
    }
}

/// Returns the number of characters underlined with `^` at a position in the quoted source.
fn underlined<'a>(lines: impl Iterator<Item = &'a str>, line: usize, column: usize) -> usize {
    let mut quoted = lines.skip_while(|quoted| {
        let number = quoted.split('|').next().unwrap_or_default();
        number.trim().parse() != Ok(line)
    });
    quoted.next().expect("the offending line");
    let marks = quoted.next().expect("the underline");
    let (_, marks) = marks.split_once("| ").expect("a line of marks");
    // The line beside a label of several lines.
    let marks = marks.strip_prefix("| ").unwrap_or(marks);
    marks
        .chars()
        .skip(column - 1)
        .take_while(|mark| *mark == '^')
        .count()
}
