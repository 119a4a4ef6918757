//! The user's own expressions in an invalid unikernel. Editors still resolve them, and rustc reports
//! their errors in the same build.

use super::{constants, runtime, wiring::complete};
use crate::{config::is_type_name, context::Context, resolve::Resolved};
use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::quote;
use syn::Path;

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
    let mut types = Vec::new();
    for dropped in &context.dropped {
        type_paths(dropped.clone(), &mut types);
    }
    if constants.is_empty() && values.is_empty() && types.is_empty() {
        return TokenStream::new();
    }
    let runtime = runtime();
    quote! {
        const _: () = {
            #[allow(unused_imports)]
            use #runtime as _rt;
            #(#[allow(unused_imports)] use #types as _;)*
            #constants
            #[allow(unused_parens)]
            fn _values() {
                #(let _ = #values;)*
            }
        };
    }
}

/// The types of the structures in `tokens`, so that their imports are used: `CacheConfig { … }`.
fn type_paths(tokens: TokenStream, found: &mut Vec<TokenStream>) {
    let mut path = TokenStream::new();
    for tree in tokens {
        match &tree {
            TokenTree::Ident(_) => path.extend([tree]),
            TokenTree::Punct(punct) if punct.as_char() == ':' => path.extend([tree]),
            TokenTree::Group(group) => {
                let path = std::mem::take(&mut path);
                if group.delimiter() == Delimiter::Brace && is_type(&path) {
                    found.push(path);
                }
                type_paths(group.stream(), found);
            }
            _ => path = TokenStream::new(),
        }
    }
}

fn is_type(path: &TokenStream) -> bool {
    let path: Option<Path> = syn::parse2(path.clone()).ok();
    let last = path.and_then(|path| Some(path.segments.last()?.ident.to_string()));
    last.is_some_and(|name| is_type_name(&name) && name != "Self")
}
