//! Explains why an image cannot be linked: a crate needs an operating system.

use crate::failure::Failure;
use cargo_metadata::diagnostic::{Diagnostic, DiagnosticLevel};

/// The error code for two definitions of a language item; here, of the panic handler.
const DUPLICATE_LANG_ITEM: &str = "E0152";

/// Explains `diagnostic` in terms of the image, if possible. `package_of` returns the package of a
/// source file.
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
        // Either definition can be in the message, and the other one in a note.
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
            "in `{user}` itself, add `#![no_std]`; in a dependency, disable the feature that needs \
             it (often `default-features = false`); `cargo tree -i {user}` shows what depends on it"
        )),
    )
}

/// Explains the linker's message about the first undefined symbol.
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
            "{user} calls `{symbol}`, which the image does not define: there is no C library"
        ))
        .help("an image cannot contain code that calls the operating system; a feature of the dependency may remove it"),
    )
}

/// Returns the file in `lib.rs:3 (b/src/lib.rs:3)`.
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
