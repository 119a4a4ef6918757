//! From the attribute and the function under it to the expansion.

use crate::{expand, print, report, signature, source::Source, variant};
use proc_macro2::TokenStream;
use quote::quote;

/// Writes the unikernel, or what is wrong.
pub(crate) fn expand(attribute: TokenStream, item: TokenStream) -> TokenStream {
    let mut source = Source::new();
    let Some(main) = signature::read(item.clone(), &mut source) else {
        // Of a function that is not Rust (yet), the compiler says what is wrong.
        return report::errors_beside(&source, item);
    };
    source.leave_names(attribute.clone());
    let unikernel = variant::read(attribute, &main, &mut source);
    if source.has_errors() {
        let function = main.renamed();
        let expressions = expand::expressions(&unikernel, &source);
        return report::errors_beside(&source, quote!(#function #expressions));
    }
    let expansion = expand::expand(&unikernel, &main, &source);
    print::write_if_asked(&expansion);
    expansion
}
