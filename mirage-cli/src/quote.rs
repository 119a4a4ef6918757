//! Shell quoting of a command line.

/// Returns a line that a shell splits into the same arguments.
pub fn quoted(words: &[String]) -> String {
    let words: Vec<_> = words.iter().map(|word| for_shell(word)).collect();
    words.join(" ")
}

fn for_shell(word: &str) -> String {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "-_./,:=+@%".contains(letter);
    if !word.is_empty() && word.chars().all(plain) {
        word.into()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_shell_would_read_otherwise_is_quoted() {
        let line = ["a", "b c", "it's", "", "x=1,y"].map(String::from);
        assert_eq!(quoted(&line), r"a 'b c' 'it'\''s' '' x=1,y");
    }
}
