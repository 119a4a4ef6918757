//! What is left of a unikernel with errors: the user's own expressions. Editors go on knowing them,
//! and the compiler reports what is wrong with them in the same build.

use super::{runtime, setting, wiring::complete};
use crate::{source::Source, variant::Unikernel};
use proc_macro2::TokenStream;
use quote::quote;
use syn::Expr;

/// The expressions, each in a place of its type.
pub(crate) fn expressions(unikernel: &Unikernel, source: &Source) -> TokenStream {
    let constants = setting::constants(source);
    let resolved = unikernel.variants.iter().map(|variant| &variant.resolved);
    let mut values: Vec<TokenStream> = Vec::new();
    for resolved in resolved {
        // Instead of one that was not understood there is `()`.
        let custom = resolved.custom.values().filter(
            |custom| !matches!(&custom.configuration, Expr::Tuple(nothing) if nothing.elems.is_empty()),
        );
        values.extend(custom.map(|custom| complete(&custom.configuration, source)));
        let arguments = resolved.arguments.iter();
        values.extend(arguments.map(|type_| quote!(::core::option::Option::<#type_>::None)));
    }
    if constants.is_empty() && values.is_empty() {
        return TokenStream::new();
    }
    let runtime = runtime();
    quote! {
        const _: () = {
            #[allow(unused_imports)]
            use #runtime as _rt;
            #constants
            fn _values() {
                #(let _ = #values;)*
            }
        };
    }
}
