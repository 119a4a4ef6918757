//! The user's own expressions in an invalid unikernel. Editors still resolve them, and rustc reports
//! their errors in the same build.

use super::{constants, names::runtime, wiring::complete};
use crate::{context::Context, resolve::Resolved};
use proc_macro2::TokenStream;
use quote::quote;

/// The expressions, each where its type is expected.
pub(crate) fn expressions(resolved: &Resolved, context: &Context) -> TokenStream {
    let constants = constants::constants(context);
    let custom = resolved.custom.values();
    let custom = custom.flat_map(|device| device.configuration.values().flatten());
    let custom = custom.map(|configuration| complete(&configuration.value, context));
    let types = resolved.arguments.iter().flat_map(|types| types.values());
    let types = types.filter_map(|type_| type_.value.as_ref());
    let types = types.map(|type_| quote!(::core::option::Option::<#type_>::None));
    let values: Vec<_> = custom.chain(types).collect();
    if constants.is_empty() && values.is_empty() {
        return TokenStream::new();
    }
    let runtime = runtime();
    quote! {
        const _: () = {
            #[allow(unused_imports)]
            use #runtime as _rt;
            #constants
            #[allow(unused_parens)]
            fn _values() {
                #(let _ = #values;)*
            }
        };
    }
}
