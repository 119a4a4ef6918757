//! Expressions that differ by target.

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
    let variants = unikernel.variants.iter();
    let mut data: Vec<_> = variants.map(|variant| (variant, select(variant))).collect();
    if data.windows(2).all(|pair| pair[0].1 == pair[1].1) {
        data.drain(1..);
    }
    let mut expressions = data.into_iter().map(|(variant, data)| {
        let pattern = self::target(variant.target);
        (pattern, write(variant, data))
    });
    let (_, last) = expressions.next_back().expect("a unikernel has a variant");
    let arms: Vec<_> = expressions
        .map(|(pattern, value)| quote!(#pattern => #value,))
        .collect();
    if arms.is_empty() {
        return last;
    }
    quote! {
        match #target {
            #(#arms)*
            _ => #last,
        }
    }
}

/// The path of a target.
pub(super) fn target(target: Target) -> TokenStream {
    let name = match target {
        Target::Unix => quote!(Unix),
        Target::Virtio => quote!(Virtio),
        Target::Hvt => quote!(Hvt),
        Target::Spt => quote!(Spt),
    };
    quote!(_rt::graph::Target::#name)
}
