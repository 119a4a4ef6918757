//! Explains why a unikernel cannot be linked: its attribute is missing, or a crate needs an operating system.

use super::{message::Diagnostic, undefined};
use crate::failure::Failure;
use mirage_graph::target::Target;

/// The error code for two definitions of a language item; here, of the panic handler.
const DUPLICATE_LANG_ITEM: &str = "E0152";

/// What the expansion of the attribute defines, for an image and for a process.
const ENTRY_POINTS: [&str; 2] = ["__mirage_unikernel", "main"];

/// Explains `diagnostic` in terms of the unikernel, if possible. `package_of` returns the package of a
/// source file.
pub fn explain(
    diagnostic: &Diagnostic,
    target: Target,
    has_std: bool,
    package_of: impl Fn(&str) -> Option<String>,
) -> Option<Failure> {
    if !diagnostic.is_error {
        return None;
    }
    let notes = diagnostic.notes.iter();
    let mut texts = [&diagnostic.message].into_iter().chain(notes.clone());
    let attribute = texts.find_map(|text| no_attribute(text, has_std));
    if attribute.is_some() || target == Target::Unix {
        return attribute;
    }
    if diagnostic.code.as_deref() == Some(DUPLICATE_LANG_ITEM) {
        // Either definition can be in the message, and the other one in a note.
        let mut texts = [&diagnostic.message].into_iter().chain(notes);
        return texts.find_map(|text| standard_library(text));
    }
    let mut explained = notes.filter_map(|note| undefined::explain(note, has_std, &package_of));
    explained.next()
}

/// `duplicate lang item in crate `std` (which `drags_std` depends on): `panic_impl``
fn standard_library(message: &str) -> Option<Failure> {
    let (_, user) = message.split_once("in crate `std` (which `")?;
    let (user, _) = user.split_once('`')?;
    Some(
        Failure::new(format_args!(
            "`{user}` uses the standard library, which an image without std does not have"
        ))
        .help(format_args!(
            "make the program one with std, by the feature `std` of `mirage-rt`; or, in `{user}` itself, add `#![no_std]`; in a dependency, disable the feature that needs \
             it (often `default-features = false`); `cargo tree -i {user}` shows what depends on it"
        )),
    )
}

/// What the runtime defines for every program with std: it is not linked at all if nothing in the program uses it.
const OF_RUNTIME: &str = "memcpy";

/// Explains the linker's message that there is no entry point, in the words of LLVM's linker and of GNU's, or
/// the compiler's that the crate does not use the runtime at all.
fn no_attribute(note: &str, has_std: bool) -> Option<Failure> {
    const NO_RUNTIME: &str = "`#[panic_handler]` function required";
    let starts = ["undefined symbol: ", "undefined reference to `"];
    let mut undefined = starts.iter().flat_map(|start| note.split(start).skip(1));
    let is_entry = |rest: &str| {
        let name = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
        let symbol = rest.split(|letter| !name(letter)).next();
        symbol.is_some_and(|symbol| {
            ENTRY_POINTS.contains(&symbol) || (has_std && symbol == OF_RUNTIME)
        })
    };
    let is_missing = undefined.any(is_entry) || note.starts_with(NO_RUNTIME);
    is_missing.then(|| {
        let main = match has_std {
            true => "`fn main`, or above `#[tokio::main]`",
            false => "`async fn main`",
        };
        Failure::new("the attribute `#[unikernel]` is missing").help(format_args!(
            "write `#[mirage_rt::unikernel(…)]` above {main}"
        ))
    })
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
    fn an_undefined_entry_point_is_a_missing_attribute() {
        for (note, is_explained) in [
            (
                "rust-lld: error: undefined symbol: main\n  >>> referenced by Scrt1.o",
                true,
            ),
            (
                "rust-lld: error: undefined symbol: __mirage_unikernel\n",
                true,
            ),
            (
                "Scrt1.o: in function `_start':\n(.text+0x17): undefined reference to `main'",
                true,
            ),
            ("`#[panic_handler]` function required, but not found", true),
            ("rust-lld: error: undefined symbol: main_window\n", false),
            ("rust-lld: error: undefined symbol: getpid\n", false),
        ] {
            let explained = no_attribute(note, false);
            assert_eq!(explained.is_some(), is_explained, "{note}");
        }
        let runtime = "rust-lld: error: undefined symbol: memcpy\n";
        assert!(no_attribute(runtime, true).is_some());
        assert!(no_attribute(runtime, false).is_none());
    }
}
