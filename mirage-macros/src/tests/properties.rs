//! For any tokens, the output is Rust: an expansion or errors of ours, never a panic.
//!
//! `PROPTEST_CASES` sets the number of cases; CONTRIBUTING.md has the command for a long run.

mod almost;
mod tokens;

use crate::{args, attribute};
use proc_macro2::TokenStream;
use proptest::prelude::*;
use syn::{File, Item, LitStr};

/// Checks that the output is Rust, and that its errors are ours.
fn is_answer(expansion: TokenStream) -> Result<(), TestCaseError> {
    let text = expansion.to_string();
    let file: File = match syn::parse2(expansion) {
        Ok(file) => file,
        Err(cause) => return Err(TestCaseError::fail(format!("{cause} in {text}"))),
    };
    for item in file.items {
        let Item::Macro(item) = item else { continue };
        if item
            .mac
            .path
            .segments
            .last()
            .is_some_and(|last| last.ident == "compile_error")
        {
            let message: LitStr = syn::parse2(item.mac.tokens).expect("a message");
            prop_assert!(message.value().starts_with("MIR"), "{}", message.value());
        }
    }
    Ok(())
}

/// Checks the output of the attribute. rustc passes only items to a macro; for other tokens, it is enough
/// that there is no panic.
fn attribute_is_answered(attribute: TokenStream, item: TokenStream) -> Result<(), TestCaseError> {
    let is_item = syn::parse2::<Item>(item.clone()).is_ok();
    let expansion = attribute::expand(attribute, item);
    if is_item {
        is_answer(expansion)
    } else {
        Ok(())
    }
}

fn derive_is_answered(item: TokenStream) -> Result<(), TestCaseError> {
    let is_item = syn::parse2::<syn::DeriveInput>(item.clone()).is_ok();
    let expansion = args::derive(item);
    if is_item {
        is_answer(expansion)
    } else {
        Ok(())
    }
}

const MAIN: &str =
    "async fn main(http: TcpListener, clock: Clock) -> Result<(), Error> { run().await }";

fn parsed(text: &str) -> TokenStream {
    text.parse().expect("tokens")
}

/// Discards the spans of the previous case: outside rustc, each thread keeps them.
fn forget() {
    proc_macro2::extra::invalidate_current_thread_spans();
}

proptest! {
    #[test]
    fn any_tokens_in_the_attribute(attribute in tokens::any()) {
        forget();
        attribute_is_answered(parsed(&attribute), parsed(MAIN))?;
    }

    #[test]
    fn an_attribute_with_a_few_changes(changed in tokens::changed(almost::ATTRIBUTES)) {
        forget();
        attribute_is_answered(changed.tokens(), parsed(MAIN))?;
    }

    #[test]
    fn an_attribute_that_is_almost_right((attribute, main) in almost::unikernel()) {
        forget();
        attribute_is_answered(parsed(&attribute), parsed(&main))?;
    }

    #[test]
    fn any_signature(signature in tokens::any()) {
        forget();
        let item = format!("{signature} {{}}");
        attribute_is_answered(TokenStream::new(), parsed(&item))?;
    }

    #[test]
    fn a_main_with_a_few_changes(changed in tokens::changed(almost::MAINS)) {
        forget();
        attribute_is_answered(parsed(almost::ATTRIBUTES[0]), changed.tokens())?;
    }

    #[test]
    fn any_tokens_in_the_derive(attribute in tokens::any()) {
        forget();
        let item = format!("struct Arguments {{ #[arg({attribute})] field: u16 }}");
        derive_is_answered(parsed(&item))?;
    }

    #[test]
    fn a_struct_with_a_few_changes(changed in tokens::changed(almost::STRUCTS)) {
        forget();
        derive_is_answered(changed.tokens())?;
    }

    #[test]
    fn a_struct_that_is_almost_right(item in almost::structure()) {
        forget();
        derive_is_answered(parsed(&item))?;
    }
}
