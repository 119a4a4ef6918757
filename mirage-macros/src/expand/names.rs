//! The names that a unikernel has in the user's module and crate, for those who look for one.

use crate::signature::Main;
use proc_macro2::TokenStream;
use quote::quote_spanned;

/// The names.
pub(super) fn names(main: &Main, runtime: &TokenStream) -> TokenStream {
    [for_tests(main), for_the_compiler(main, runtime), only(main)]
        .into_iter()
        .collect()
}

/// The function's own name for the tests of its crate, whose entry is the test harness's.
fn for_tests(main: &Main) -> TokenStream {
    let (renamed, name) = (main.name(), main.own_name());
    quote_spanned! {name.span()=>
        #[cfg(test)]
        #[allow(unused_imports)]
        use #renamed as #name;
    }
}

/// A `main` for a crate that lacks `#![no_main]`, and would be told that it has none: what this one
/// returns tells it what is missing. Nobody calls it in any other crate.
fn for_the_compiler(main: &Main, runtime: &TokenStream) -> TokenStream {
    let name = main.own_name();
    if name != "main" {
        return TokenStream::new();
    }
    let runtime = runtime.clone().into_iter().map(|mut token| {
        token.set_span(name.span());
        token
    });
    let runtime: TokenStream = runtime.collect();
    let returned = quote_spanned!(name.span()=> #runtime::no_main::Main);
    quote_spanned! {name.span()=>
        #[cfg(not(test))]
        #[allow(dead_code)]
        fn #name() -> #returned {
            ::core::default::Default::default()
        }
    }
}

/// A name that a crate has once: a second unikernel in it is reported, with both places.
fn only(main: &Main) -> TokenStream {
    quote_spanned! {main.own_name().span()=>
        #[doc(hidden)]
        #[macro_export]
        macro_rules! unikernel_of_this_crate {
            () => {};
        }
    }
}
