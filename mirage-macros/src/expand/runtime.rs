//! The path of the runtime crate.

use proc_macro_crate::{FoundCrate, crate_name};
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

/// The path of the runtime crate, which the user's crate may have renamed.
pub(crate) fn runtime() -> TokenStream {
    match crate_name("mirage-rt") {
        Ok(FoundCrate::Name(name)) => {
            let name = Ident::new(&name, Span::call_site());
            quote!(::#name)
        }
        // Examples in the runtime's own documentation.
        Ok(FoundCrate::Itself) | Err(_) => quote!(::mirage_rt),
    }
}
