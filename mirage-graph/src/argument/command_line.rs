//! Splits a command line into arguments and joins arguments into a command line.
//!
//! White space separates arguments. Single quotes preserve every character. Double quotes preserve
//! every character except a backslash before `"` or `\`. Outside quotes, a backslash escapes any
//! character. Unlike in a shell, there are no comments, variables or line continuations.

use alloc::{string::String, vec::Vec};
use core::{fmt, str::Chars};

/// Why a command line cannot be split.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unfinished {
    /// A quote that is not closed.
    Quote(char),
    /// A backslash at the end.
    Backslash,
}

impl fmt::Display for Unfinished {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Quote(quote) => write!(f, "a quote ({quote}) is not closed"),
            Self::Backslash => f.write_str("a backslash is the last character"),
        }
    }
}

/// Splits `line` into arguments.
///
/// # Errors
/// Returns an error if a quote is not closed or if a backslash is the last character.
///
/// ```
/// use mirage_graph::argument::command_line;
///
/// let line = r#"--motto='two words' --name="it's" a\ b"#;
/// assert_eq!(command_line::split(line)?, ["--motto=two words", "--name=it's", "a b"]);
/// # Ok::<(), command_line::Unfinished>(())
/// ```
pub fn split(line: &str) -> Result<Vec<String>, Unfinished> {
    let mut args = Vec::new();
    // The argument that is being read. A quote begins one, so that `''` is an empty argument.
    let mut arg: Option<String> = None;
    let mut rest = line.chars();
    while let Some(character) = rest.next() {
        if character.is_ascii_whitespace() {
            args.extend(arg.take());
            continue;
        }
        let arg = arg.get_or_insert_default();
        match character {
            '\'' | '"' => quoted(character, &mut rest, arg)?,
            '\\' => arg.push(rest.next().ok_or(Unfinished::Backslash)?),
            other => arg.push(other),
        }
    }
    args.extend(arg);
    Ok(args)
}

/// Appends the text up to the closing `quote` to `arg`.
fn quoted(quote: char, rest: &mut Chars<'_>, arg: &mut String) -> Result<(), Unfinished> {
    loop {
        match rest.next().ok_or(Unfinished::Quote(quote))? {
            end if end == quote => return Ok(()),
            '\\' if quote == '"' => match rest.next().ok_or(Unfinished::Quote(quote))? {
                escaped @ ('"' | '\\') => arg.push(escaped),
                other => arg.extend(['\\', other]),
            },
            other => arg.push(other),
        }
    }
}

/// Joins arguments into a line that [`split`] splits into the same arguments.
pub fn join<'a>(args: impl IntoIterator<Item = &'a str>) -> String {
    let mut line = String::new();
    for arg in args {
        if !line.is_empty() {
            line.push(' ');
        }
        let special = |character: char| {
            character.is_ascii_whitespace() || matches!(character, '\'' | '"' | '\\')
        };
        if !arg.is_empty() && !arg.contains(special) {
            line.push_str(arg);
            continue;
        }
        line.push('"');
        for character in arg.chars() {
            if matches!(character, '"' | '\\') {
                line.push('\\');
            }
            line.push(character);
        }
        line.push('"');
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn white_space_separates_and_quotes_keep_it() {
        for (line, args) in [
            ("", &[][..]),
            (" \t a  b\n", &["a", "b"]),
            ("'a b' \"c d\" e\\ f", &["a b", "c d", "e f"]),
            ("--x='a  b'c", &["--x=a  bc"]),
            ("'' \"\" x''", &["", "", "x"]),
            (
                r#"'a\b' "a\b" "a\"b\\" a\'b"#,
                &["a\\b", "a\\b", "a\"b\\", "a'b"],
            ),
            ("grüße 'ß ü'", &["grüße", "ß ü"]),
        ] {
            assert_eq!(split(line).expect(line), args, "{line}");
        }
    }

    #[test]
    fn what_is_not_finished_is_refused() {
        for (line, unfinished) in [
            ("'a", Unfinished::Quote('\'')),
            ("a 'b' \"c", Unfinished::Quote('"')),
            ("\"a\\", Unfinished::Quote('"')),
            ("\"a\\\"", Unfinished::Quote('"')),
            ("a\\", Unfinished::Backslash),
        ] {
            assert_eq!(split(line), Err(unfinished), "{line}");
        }
    }

    #[test]
    fn only_what_needs_it_is_quoted() {
        assert_eq!(
            join(["--port=80", "a b", "", "it's"]),
            "--port=80 \"a b\" \"\" \"it's\""
        );
    }

    proptest! {
        #[test]
        fn joined_arguments_are_split_into_the_same(args in proptest::collection::vec("[ -~äß\\t\\n'\"\\\\]*", 0..8)) {
            let line = join(args.iter().map(String::as_str));
            prop_assert_eq!(split(&line), Ok(args));
        }

        #[test]
        fn any_line_is_split_or_refused(line in ".*") {
            let _ = split(&line);
        }
    }
}
