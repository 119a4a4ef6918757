//! Why an image cannot be linked, in words: a crate that needs an operating system is in it.

use crate::failure::Failure;
use cargo_metadata::diagnostic::{Diagnostic, DiagnosticLevel};

/// What rustc calls two definitions of what only one crate may define: the panic handler, here.
const DUPLICATE_LANG_ITEM: &str = "E0152";

/// What `diagnostic` means for an image, if that is more than it says. `package_of` knows the
/// package of a source file.
pub fn explain(
    diagnostic: &Diagnostic,
    package_of: impl Fn(&str) -> Option<String>,
) -> Option<Failure> {
    if diagnostic.level != DiagnosticLevel::Error {
        return None;
    }
    let code = diagnostic.code.as_ref().map(|code| code.code.as_str());
    let notes = diagnostic.children.iter().map(|note| &note.message);
    if code == Some(DUPLICATE_LANG_ITEM) {
        // Which of the two definitions is the second, in the message, and which the first, in a
        // note, is by chance.
        let mut texts = [&diagnostic.message].into_iter().chain(notes);
        return texts.find_map(|text| standard_library(text));
    }
    notes.filter_map(|note| c_library(note, &package_of)).next()
}

/// `duplicate lang item in crate `std` (which `drags_std` depends on): `panic_impl``
fn standard_library(message: &str) -> Option<Failure> {
    let (_, user) = message.split_once("in crate `std` (which `")?;
    let (user, _) = user.split_once('`')?;
    Some(
        Failure::new(format_args!(
            "`{user}` uses the standard library, which an image does not have"
        ))
        .help(format_args!(
            "in `{user}` itself, begin with `#![no_std]`; of a dependency, leave out the feature \
             that needs it (often `default-features = false`); `cargo tree -i {user}` shows why \
             it is there"
        )),
    )
}

/// The linker's words on the first symbol that nobody defines.
fn c_library(note: &str, package_of: impl Fn(&str) -> Option<String>) -> Option<Failure> {
    let (_, rest) = note.split_once("error: undefined symbol: ")?;
    let mut lines = rest.lines();
    let symbol = lines.next()?.trim();
    let user = lines
        .map_while(|line| line.trim_start().strip_prefix(">>> "))
        .filter_map(|line| place(line.strip_prefix("referenced by ")?))
        .find_map(package_of);
    let user = user.map_or("something in it".into(), |user| format!("`{user}`"));
    Some(
        Failure::new(format_args!(
            "{user} calls `{symbol}`, which nothing in the image has: there is no C library"
        ))
        .help("what calls the operating system cannot be in an image; a feature may leave it out"),
    )
}

/// The file in `lib.rs:3 (b/src/lib.rs:3)`.
fn place(reference: &str) -> Option<&str> {
    let (_, place) = reference.split_once('(')?;
    Some(place.split_once(')')?.0.rsplit_once(':')?.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_crate_that_uses_std_is_named() {
        let message =
            "duplicate lang item in crate `std` (which `drags_std` depends on): `panic_impl`";
        let failure = standard_library(message).expect("an explanation");
        assert!(
            failure
                .to_string()
                .contains("`drags_std` uses the standard library")
        );
        assert!(standard_library("duplicate lang item in crate `a`: `panic_impl`").is_none());
    }

    #[test]
    fn the_package_that_calls_c_is_named() {
        let note = "\
rust-lld: error: undefined symbol: getpid
          >>> referenced by lib.rs:3 (b/src/lib.rs:3)
          >>>               app.o:(main)
";
        let package = |path: &str| (path == "b/src/lib.rs").then(|| "drags-libc".into());
        let failure = c_library(note, package).expect("an explanation");
        assert!(failure.to_string().contains("`drags-libc` calls `getpid`"));
        let failure = c_library(note, |_| None).expect("an explanation");
        assert!(
            failure
                .to_string()
                .contains("something in it calls `getpid`")
        );
        assert!(c_library("rust-lld: error: no such file", package).is_none());
    }
}
