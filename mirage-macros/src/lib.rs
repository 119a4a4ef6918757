//! The `#[unikernel]` attribute: parse, resolve, check, expand.
use proc_macro::TokenStream;

/// Turns one annotated `async fn main` into a unikernel.
#[proc_macro_attribute]
pub fn unikernel(_config: TokenStream, item: TokenStream) -> TokenStream {
    item
}
