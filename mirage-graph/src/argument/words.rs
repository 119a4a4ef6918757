//! A command line as words, and words as a command line.
//!
//! White space separates words. Within `'…'` every character is itself; within `"…"` too, but for
//! a backslash before `"` or `\`; outside, a backslash makes the next character itself.

use alloc::{string::String, vec::Vec};
use core::{fmt, str::Chars};

/// Why a text is not a command line.
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

/// The words of `line`.
///
/// # Errors
/// A quote is not closed, or a backslash is the last character.
///
/// ```
/// use mirage_graph::argument::words;
///
/// let line = r#"--motto='two words' --name="it's" a\ b"#;
/// assert_eq!(words::split(line)?, ["--motto=two words", "--name=it's", "a b"]);
/// # Ok::<(), words::Unfinished>(())
/// ```
pub fn split(line: &str) -> Result<Vec<String>, Unfinished> {
    let mut words = Vec::new();
    // The word that is being read; quotes begin one that may stay empty.
    let mut word: Option<String> = None;
    let mut rest = line.chars();
    while let Some(character) = rest.next() {
        if character.is_ascii_whitespace() {
            words.extend(word.take());
            continue;
        }
        let word = word.get_or_insert_default();
        match character {
            '\'' | '"' => quoted(character, &mut rest, word)?,
            '\\' => word.push(rest.next().ok_or(Unfinished::Backslash)?),
            other => word.push(other),
        }
    }
    words.extend(word);
    Ok(words)
}

/// Adds what stands up to the closing `quote` to `word`.
fn quoted(quote: char, rest: &mut Chars<'_>, word: &mut String) -> Result<(), Unfinished> {
    loop {
        match rest.next().ok_or(Unfinished::Quote(quote))? {
            end if end == quote => return Ok(()),
            '\\' if quote == '"' => match rest.next().ok_or(Unfinished::Quote(quote))? {
                escaped @ ('"' | '\\') => word.push(escaped),
                other => word.extend(['\\', other]),
            },
            other => word.push(other),
        }
    }
}

/// The command line whose words are `words`: what [`split`] undoes.
pub fn join<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    let mut line = String::new();
    for word in words {
        if !line.is_empty() {
            line.push(' ');
        }
        let special = |character: char| {
            character.is_ascii_whitespace() || matches!(character, '\'' | '"' | '\\')
        };
        if !word.is_empty() && !word.contains(special) {
            line.push_str(word);
            continue;
        }
        line.push('"');
        for character in word.chars() {
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
        for (line, words) in [
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
            assert_eq!(split(line).expect(line), words, "{line}");
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
        fn joined_words_are_split_into_the_same(words in proptest::collection::vec("[ -~äß\\t\\n'\"\\\\]*", 0..8)) {
            let line = join(words.iter().map(String::as_str));
            prop_assert_eq!(split(&line), Ok(words));
        }

        #[test]
        fn any_line_is_split_or_refused(line in ".*") {
            let _ = split(&line);
        }
    }
}
