//! Expressions that differ by target.

use super::value::enum_variant;
use crate::variant::{Unikernel, Variant};
use mirage_graph::target::Target;
use proc_macro2::TokenStream;
use quote::quote;

/// The expression that `write` makes of the data that `select` takes from a variant: one for all
/// variants if they have the same data, and otherwise a `match` on the target.
pub(super) fn chosen<T: PartialEq>(
    unikernel: &Unikernel,
    select: impl Fn(&Variant) -> T,
    write: impl Fn(&Variant, T) -> TokenStream,
) -> TokenStream {
    chosen_for(unikernel, &quote!(_rt::graph::TARGET), select, write)
}

/// Like [`chosen`], for the target that `target` evaluates to.
pub(super) fn chosen_for<T: PartialEq>(
    unikernel: &Unikernel,
    target: &TokenStream,
    select: impl Fn(&Variant) -> T,
    write: impl Fn(&Variant, T) -> TokenStream,
) -> TokenStream {
    let mut arms: Vec<(T, Vec<&Variant>)> = Vec::new();
    for variant in &unikernel.variants {
        let data = select(variant);
        match arms.iter_mut().find(|(other, _)| *other == data) {
            Some((_, variants)) => variants.push(variant),
            None => arms.push((data, vec![variant])),
        }
    }
    let mut arms = arms.into_iter().map(|(data, variants)| {
        let targets = variants.iter().map(|variant| self::target(variant.target));
        (quote!(#(#targets)|*), write(variants[0], data))
    });
    let (_, last) = arms.next_back().expect("a unikernel has a variant");
    let (targets, values): (Vec<_>, Vec<_>) = arms.unzip();
    if targets.is_empty() {
        return last;
    }
    quote! {
        match #target {
            #(#targets => #values,)*
            _ => #last,
        }
    }
}

/// The path of a target.
pub(super) fn target(target: Target) -> TokenStream {
    let name = enum_variant(target);
    quote!(_rt::graph::Target::#name)
}
