//! Writes the expansion for `cargo mirage expand`.

use mirage_graph::manifest::EXPANSION_VARIABLE;
use proc_macro2::TokenStream;

/// Writes the expansion to the file in the tool's environment variable. The tool reports a missing file.
pub(crate) fn write_if_requested(expansion: &TokenStream) {
    if let Some(path) = std::env::var_os(EXPANSION_VARIABLE) {
        let _ = std::fs::write(path, expansion.to_string());
    }
}
