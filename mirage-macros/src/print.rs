//! The expansion for `cargo mirage expand`, which asks for it by an environment variable.

use mirage_graph::manifest::EXPANSION_VARIABLE;
use proc_macro2::TokenStream;

/// Writes the expansion to the file that the tool names. The tool reports one that is missing.
pub(crate) fn write_if_asked(expansion: &TokenStream) {
    if let Some(path) = std::env::var_os(EXPANSION_VARIABLE) {
        let _ = std::fs::write(path, expansion.to_string());
    }
}
