//! From the attribute and its function to the expansion.

use crate::{config, context::Context, expand, planned, report, resolve, signature, span, variant};
use mirage_graph::{diagnostic::DiagnosticKind, manifest::EXPANSION_VARIABLE};
use proc_macro2::{Span, TokenStream, TokenTree};
use quote::quote;

/// Whether the crate that is being compiled is a library. Cargo names the binary in a variable; a
/// documentation test, another build tool and an editor do not tell.
fn is_in_library() -> bool {
    let is_set = |variable| std::env::var_os(variable).is_some();
    is_set("CARGO_CRATE_NAME")
        && !is_set("CARGO_BIN_NAME")
        // An integration test or a benchmark.
        && !is_set("CARGO_TARGET_TMPDIR")
        && !is_set("UNSTABLE_RUSTDOC_TEST_PATH")
        && !span::is_of_editor(Span::call_site())
}

/// Whether the attribute is written `#[unikernel = "…"]`, of which only the text is passed on.
fn is_name_value(attribute: &TokenStream) -> bool {
    let mut tokens = attribute.clone().into_iter();
    match (tokens.next(), tokens.next()) {
        (Some(TokenTree::Literal(_)), None) => {
            let text = Span::call_site().source_text();
            text.is_some_and(|text| text.contains('=') && !text.contains('('))
        }
        _ => false,
    }
}

/// Expands the attribute, to errors if it is invalid.
pub(crate) fn expand(attribute: TokenStream, item: TokenStream) -> TokenStream {
    let mut context = Context::new();
    if is_name_value(&attribute) {
        // rustc reports `#[unikernel = "…"]`.
        return item;
    }
    if let Some((path, attribute)) = planned::path(&attribute) {
        return planned::call(&path, &attribute, &item);
    }
    let Some(main) = signature::read(item.clone(), &mut context) else {
        // rustc reports syntax errors in the function.
        return report::errors_beside(&context, item);
    };
    if is_in_library() {
        context.error(DiagnosticKind::NotAProgram, TokenStream::new());
    }
    context.reserve_names(attribute.clone());
    let config = config::read(attribute, &mut context);
    let resolved = resolve::resolve(config, &main, &mut context);
    let unikernel = variant::variants(resolved, &mut context);
    context.locate_constants();
    if context.has_errors() {
        let function = main.renamed(&context);
        let expressions = expand::expressions(&unikernel.resolved, &context);
        let entry = expand::entry_beside_errors(&main);
        return report::errors_beside(&context, quote!(#function #entry #expressions));
    }
    let expansion = expand::expand(&unikernel, &main, &context);
    // For `cargo mirage expand`, which reports a missing file.
    if let Some(path) = std::env::var_os(EXPANSION_VARIABLE) {
        let _ = std::fs::write(path, expansion.to_string());
    }
    expansion
}
