//! The test of defaults in the user's crate: only the program can parse values of its own types.

use super::{field::Field, shape::Shape};
use crate::expand;
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned as _;

/// A test that each default is a value of its field's type; nothing for a struct without defaults.
pub(super) fn test(name: &Ident, fields: &[Field]) -> TokenStream {
    let runtime = expand::runtime();
    let defaults = fields.iter().filter_map(|field| match &field.shape {
        Shape::One(type_) => Some((type_, &field.name.value, field.default.as_ref()?)),
        _ => None,
    });
    let checks: Vec<_> = defaults
        .map(|(type_, argument, text)| {
            let check = quote_spanned! {type_.span()=>
                <#type_ as #runtime::graph::argument::Value>::read(#text)
            };
            quote! {
                if let ::core::result::Result::Err(cause) = #check {
                    ::core::panic!("the default `{}` of `{}`: {cause}", #text, #argument);
                }
            }
        })
        .collect();
    if checks.is_empty() {
        return TokenStream::new();
    }
    let test = format_ident!("defaults_of_{}_are_valid", name);
    quote! {
        #[cfg(test)]
        #[::core::prelude::v1::test]
        #[allow(non_snake_case, unnameable_test_items)]
        fn #test() {
            #(#checks)*
        }
    }
}
