//! Shell quoting of a command line.

/// Returns a line that a shell splits into the same arguments.
pub fn quote(args: &[String]) -> String {
    let args: Vec<_> = args.iter().map(|arg| quote_one(arg)).collect();
    args.join(" ")
}

fn quote_one(arg: &str) -> String {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "-_./,:=+@%".contains(letter);
    if !arg.is_empty() && arg.chars().all(plain) {
        arg.into()
    } else {
        format!("'{}'", arg.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_shell_would_read_otherwise_is_quoted() {
        let line = ["a", "b c", "it's", "", "x=1,y"].map(String::from);
        assert_eq!(quote(&line), r"a 'b c' 'it'\''s' '' x=1,y");
    }
}
