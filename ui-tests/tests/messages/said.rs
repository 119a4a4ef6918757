//! What the compiler says, read from a `.stderr` file.

/// A message of the compiler with its notes.
#[derive(Debug)]
pub struct Said {
    /// `error`, `warning` or `note`.
    pub level: String,
    /// Code and words, line by line.
    pub message: Vec<String>,
    /// Where it is.
    pub place: Place,
    /// All of it.
    pub text: String,
}

/// What is underlined: line and column from 1, and how many characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    pub line: usize,
    pub column: usize,
    pub width: usize,
}

/// The messages of a file.
pub fn read(stderr: &str) -> Vec<Said> {
    stderr.trim_end().split("\n\n").map(message).collect()
}

impl Said {
    /// The code of the table of errors, or else the compiler's own. There may be none.
    pub fn code(&self) -> Option<&str> {
        let words = || {
            let lines = self.message.iter().flat_map(|line| line.split(' '));
            lines.map(|word| word.trim_end_matches(':'))
        };
        let ours = words().find(|word| word.len() == "MIR000".len() && word.starts_with("MIR"));
        ours.or_else(|| self.message[0].split(['[', ']']).find(|part| is_code(part)))
    }
}

/// Whether this is a code of the compiler's, such as `E0308`.
fn is_code(text: &str) -> bool {
    let digits = text.strip_prefix('E').unwrap_or_default();
    digits.len() == 4 && digits.bytes().all(|byte| byte.is_ascii_digit())
}

fn message(text: &str) -> Said {
    let is_arrow = |line: &&str| line.trim_start().starts_with("-->");
    let mut lines = text.lines();
    let message: Vec<_> = lines.by_ref().take_while(|line| !is_arrow(line)).collect();
    let level = message[0].split(['[', ':']).next().unwrap_or_default();
    let arrow = text.lines().find(is_arrow).expect("a place");
    let mut numbers = arrow.rsplit(':').map(|number| number.parse().ok());
    let (column, line) = (numbers.next().flatten(), numbers.next().flatten());
    let (line, column) = line.zip(column).expect("a line and a column");
    let width = underlined(lines, line, column);
    Said {
        level: level.into(),
        message: message.into_iter().map(Into::into).collect(),
        place: Place {
            line,
            column,
            width,
        },
        text: text.into(),
    }
}

/// How many characters are underlined with `^` at a place, in the lines that show the source.
fn underlined<'a>(lines: impl Iterator<Item = &'a str>, line: usize, column: usize) -> usize {
    let mut shown = lines.skip_while(|shown| {
        let number = shown.split('|').next().unwrap_or_default();
        number.trim().parse() != Ok(line)
    });
    shown.next().expect("the line that is wrong");
    let marks = shown.next().expect("what is wrong in it");
    let (_, marks) = marks.split_once("| ").expect("a line of marks");
    marks
        .chars()
        .skip(column - 1)
        .take_while(|mark| *mark == '^')
        .count()
}
