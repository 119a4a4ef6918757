//! The name of the runtime in the user's crate, which may have renamed the dependency.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use std::{env, fs, path::Path};

/// The package, and its crate.
const PACKAGE: &str = "mirage-rt";
const CRATE: &str = "mirage_rt";

/// The path of the runtime.
pub(crate) fn runtime() -> TokenStream {
    let arguments = env::args_os().map(|argument| argument.to_string_lossy().into_owned());
    let name = in_arguments(arguments)
        .or_else(in_manifest)
        .and_then(|name| syn::parse_str::<Ident>(&name).ok())
        .unwrap_or_else(|| Ident::new(CRATE, Span::call_site()));
    quote!(::#name)
}

/// Reads the arguments of rustc, in whose process the macro runs: `--extern NAME=…/libmirage_rt-….rlib`.
fn in_arguments(arguments: impl Iterator<Item = String>) -> Option<String> {
    let mut is_extern = false;
    let mut found = None;
    for argument in arguments {
        let value = match argument.strip_prefix("--extern=") {
            Some(value) => Some(value),
            None => is_extern.then_some(argument.as_str()),
        };
        is_extern = argument == "--extern";
        let Some((name, path)) = value.and_then(|value| value.split_once('=')) else {
            continue;
        };
        let file = Path::new(path).file_stem().unwrap_or_default();
        let library = file.to_string_lossy();
        let library = library.strip_prefix("lib").unwrap_or_default();
        if library.split('-').next() == Some(CRATE) {
            // `priv:NAME`
            let name = name.rsplit(':').next().unwrap_or(name);
            if name == CRATE {
                return Some(name.into());
            }
            found = Some(name.into());
        }
    }
    found
}

/// Reads the manifest. An editor runs macros in a process without arguments of rustc.
fn in_manifest() -> Option<String> {
    let folder = env::var_os("CARGO_MANIFEST_DIR")?;
    let manifest = fs::read_to_string(Path::new(&folder).join("Cargo.toml")).ok()?;
    renamed(&manifest)
}

/// Returns the name of the dependency with `package = "mirage-rt"`: `NAME = { … }`, `NAME.package = …` or
/// `[….NAME]`.
fn renamed(manifest: &str) -> Option<String> {
    let package = format!("package=\"{PACKAGE}\"");
    let mut table = String::new();
    for line in manifest.lines() {
        let line: String = line
            .chars()
            .filter(|letter| !letter.is_whitespace())
            .collect();
        if line.starts_with('[') {
            table = line;
            continue;
        }
        let line = line.replace('\'', "\"");
        let before = match line.split_once(&package) {
            Some((before, _)) if !before.starts_with('#') => before,
            _ => continue,
        };
        let key = match before.split_once("={") {
            Some((key, _)) => key,
            None if before.is_empty() => table.trim_matches(['[', ']']).rsplit('.').next()?,
            None => before.strip_suffix('.')?,
        };
        return Some(key.trim_matches('"').replace('-', "_"));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn in_arguments(arguments: &str) -> Option<String> {
        super::in_arguments(arguments.split(' ').map(String::from))
    }

    #[test]
    fn the_runtime_has_the_name_that_rustc_has_for_it() {
        let name = |arguments| in_arguments(arguments);
        let plain = "rustc --crate-name a --extern log=/t/liblog-1.rlib --extern mirage_rt=/t/libmirage_rt-12.rlib";
        assert_eq!(name(plain).as_deref(), Some("mirage_rt"));
        for renamed in [
            "rustc --extern rt=/t/libmirage_rt-12.rmeta",
            "rustc --extern=rt=/t/libmirage_rt.rlib src/main.rs",
            "rustc --extern priv:rt=/t/libmirage_rt-12.rmeta",
        ] {
            assert_eq!(name(renamed).as_deref(), Some("rt"), "{renamed}");
        }
        let both = "rustc --extern rt=/libmirage_rt-1.rlib --extern mirage_rt=/libmirage_rt-2.rlib";
        assert_eq!(name(both).as_deref(), Some("mirage_rt"));
        for other in [
            "rust-analyzer-proc-macro-srv",
            "rustc --extern",
            "rustc --extern mirage_rt",
            "rustc --extern devices=/t/libmirage_rt_devices-1.rlib",
            "rustc rt=/t/libmirage_rt-12.rlib",
        ] {
            assert_eq!(name(other), None, "{other}");
        }
    }

    #[test]
    fn an_editor_reads_the_name_in_the_manifest() {
        for manifest in [
            "[dependencies]\nrt = { path = \"..\", package = \"mirage-rt\" }\n",
            "[dependencies]\nrt = { package = 'mirage-rt', version = \"1\" } # renamed\n",
            "[dependencies]\nlog = \"1\"\n\n[dependencies.rt]\nversion = \"1\"\npackage = \"mirage-rt\"\n",
            "[target.'cfg(unix)'.dependencies.\"rt\"]\npackage=\"mirage-rt\"\n",
            "[dependencies]\nrt.package = \"mirage-rt\"\n",
        ] {
            assert_eq!(renamed(manifest).as_deref(), Some("rt"), "{manifest}");
        }
        assert_eq!(
            renamed("[dependencies]\nour-rt = { package = \"mirage-rt\" }").as_deref(),
            Some("our_rt")
        );
        for manifest in [
            "",
            "[dependencies]\nmirage-rt = \"1\"\n",
            "[dependencies]\n# rt = { package = \"mirage-rt\" }\n",
            "[dependencies]\nrt = { package = \"mirage-rt-2\" }\n",
        ] {
            assert_eq!(renamed(manifest), None, "{manifest}");
        }
    }
}
