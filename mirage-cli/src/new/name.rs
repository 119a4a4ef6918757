//! Valid names for crates.

/// Reserved names: the reference's strict and reserved keywords, and crates of the toolchain.
const TAKEN: &str = "abstract alloc as async await become box break const continue core crate do dyn \
    else enum extern false final fn for gen if impl in let loop macro match mirage_rt mod move mut \
    override priv proc_macro pub ref return self std static struct super test trait true try type \
    typeof unsafe unsized use virtual where while yield";

/// Directories that cargo creates beside the program.
const FOLDERS: [&str; 4] = ["build", "deps", "examples", "incremental"];

/// Checks the name of a crate.
///
/// # Errors
/// Returns why the name is invalid.
pub fn check(name: &str) -> Result<(), String> {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "-_".contains(letter);
    if !name.starts_with(|letter: char| letter.is_ascii_alphabetic()) || !name.chars().all(plain) {
        return Err(
            "is not a valid crate name: use a letter, then letters, digits, `-` and `_`".into(),
        );
    }
    let identifier = name.replace('-', "_");
    if TAKEN.split_whitespace().any(|word| word == identifier) {
        return Err("is a keyword of Rust, or a crate of the toolchain or of the runtime".into());
    }
    if FOLDERS.contains(&name) {
        return Err("is a directory that cargo creates".into());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_that_cargo_takes() {
        for name in ["a", "gate-2", "my_gate", "Gate"] {
            assert_eq!(check(name), Ok(()), "{name}");
        }
        for name in [
            "",
            "2gate",
            "-gate",
            "_gate",
            "gäte",
            "a b",
            "a.b",
            "async",
            "proc-macro",
            "deps",
        ] {
            assert!(check(name).is_err(), "{name}");
        }
    }
}
