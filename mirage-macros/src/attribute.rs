//! From the attribute and its function to the expansion.

use crate::{config, context::Context, expand, report, resolve, signature, variant};
use mirage_graph::manifest::EXPANSION_VARIABLE;
use proc_macro2::TokenStream;
use quote::quote;

/// Expands the attribute, to errors if it is invalid.
pub(crate) fn expand(attribute: TokenStream, item: TokenStream) -> TokenStream {
    let mut context = Context::new();
    let Some(main) = signature::read(item.clone(), &mut context) else {
        // rustc reports syntax errors in the function.
        return report::errors_beside(&context, item);
    };
    context.reserve_names(attribute.clone());
    let config = config::read(attribute, &mut context);
    let resolved = resolve::resolve(config, &main, &mut context);
    let unikernel = variant::variants(resolved, &mut context);
    context.locate_constants();
    if context.has_errors() {
        let function = main.renamed();
        let expressions = expand::expressions(&unikernel.resolved, &context);
        return report::errors_beside(&context, quote!(#function #expressions));
    }
    let expansion = expand::expand(&unikernel, &main, &context);
    // For `cargo mirage expand`, which reports a missing file.
    if let Some(path) = std::env::var_os(EXPANSION_VARIABLE) {
        let _ = std::fs::write(path, expansion.to_string());
    }
    expansion
}
