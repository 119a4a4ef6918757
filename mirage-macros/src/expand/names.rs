//! The names of a unikernel in the user's module and crate.

use super::runtime::runtime;
use crate::signature::Main;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};

/// The items that define the names.
pub(super) fn names(main: &Main) -> TokenStream {
    let entry = match main.has_std() {
        true => with_std(main),
        false => without_no_main(main),
    };
    [for_tests(main), entry, unique(main)].into_iter().collect()
}

/// The type whose `main` a program with std begins with.
pub(super) const PROGRAM: &str = "__Unikernel";

/// The `main` of a program with std, which the standard library calls.
fn with_std(main: &Main) -> TokenStream {
    let (name, returned) = (main.user_name(), main.returned());
    let program = Ident::new(PROGRAM, Span::call_site());
    // Another package may have enabled the runtime's feature: rustc reports a crate without std there.
    let std = quote_spanned!(main.fn_token().span=> #[doc(hidden)] use ::std as _;);
    quote! {
        #std
        #[doc(hidden)]
        enum #program {}
        #[cfg(not(test))]
        fn #name() #returned {
            #program::main()
        }
    }
}

/// The `main` of a program with std that has errors. Without one, rustc would report that it is missing.
pub(crate) fn entry_beside_errors(main: &Main) -> Option<TokenStream> {
    let name = main.user_name();
    let is_called = name == "main" && main.begins_by_itself();
    is_called.then(|| quote!(#[cfg(not(test))] #[allow(dead_code)] fn #name() {}))
}

/// The function's own name for the crate's tests, which have the test harness as their entry.
fn for_tests(main: &Main) -> TokenStream {
    let (renamed, name) = (main.name(), main.user_name());
    quote_spanned! {name.span()=>
        #[cfg(test)]
        #[allow(unused_imports)]
        use #renamed as #name;
    }
}

/// A `main` for a crate without `#![no_main]`: the error about its return type names what is missing.
/// Other crates do not use it.
fn without_no_main(main: &Main) -> TokenStream {
    let name = main.user_name();
    if name != "main" {
        return TokenStream::new();
    }
    let runtime = runtime().into_iter().map(|mut token| {
        token.set_span(name.span());
        token
    });
    let runtime: TokenStream = runtime.collect();
    let returned = quote_spanned!(name.span()=> #runtime::no_main::Main);
    quote_spanned! {name.span()=>
        #[cfg(not(test))]
        fn #name() -> #returned {
            ::core::default::Default::default()
        }
    }
}

/// A use of that `main`, without which it would be dead code.
pub(super) fn use_of_main(main: &Main) -> TokenStream {
    let name = main.user_name();
    match name == "main" && !main.has_std() {
        true => {
            quote_spanned!(name.span()=> #[cfg(not(test))] const _: fn() -> _rt::no_main::Main = #name;)
        }
        false => TokenStream::new(),
    }
}

/// A name that a crate can define once: rustc reports a second unikernel with both positions. It also reports
/// one in the body of a function, where nothing would start it, by the lint.
fn unique(main: &Main) -> TokenStream {
    quote_spanned! {main.user_name().span()=>
        #[doc(hidden)]
        #[deny(non_local_definitions)]
        #[macro_export]
        macro_rules! the_only_unikernel_of_a_crate {
            () => {};
        }
    }
}
