//! What is wrong, as errors and warnings of the compiler at the user's tokens.

use crate::source::{Source, Tokens};
use mirage_graph::diagnostic::Diagnostic;
use proc_macro2::{Delimiter, Group, Ident, Punct, Spacing, TokenStream, TokenTree};
use quote::{quote, quote_spanned};

/// The errors, beside the item itself, so that an editor goes on knowing what is in it.
pub(crate) fn errors_beside(source: &Source, item: TokenStream) -> TokenStream {
    let diagnostics = source.diagnostics().iter();
    let errors = diagnostics
        .filter(|diagnostic| !diagnostic.kind.is_warning())
        .map(|diagnostic| error(source, diagnostic));
    quote! { #(#errors)* #item }
}

/// `compile_error!` whose tokens span those that are wrong.
fn error(source: &Source, diagnostic: &Diagnostic) -> TokenStream {
    let Tokens { first, last } = source.tokens(diagnostic.span);
    let text = text(source, diagnostic);
    let path = quote_spanned! {first=> ::core::compile_error };
    let mut bang = Punct::new('!', Spacing::Alone);
    bang.set_span(first);
    let mut arguments = Group::new(Delimiter::Brace, quote_spanned! {last=> #text });
    arguments.set_span(last);
    quote! { #path #bang #arguments }
}

/// The warnings: a use of something deprecated is how stable Rust lets a macro warn.
pub(crate) fn warnings(source: &Source) -> TokenStream {
    let diagnostics = source.diagnostics().iter();
    diagnostics
        .filter(|diagnostic| diagnostic.kind.is_warning())
        .map(|diagnostic| {
            let text = text(source, diagnostic);
            let span = source.tokens(diagnostic.span).first;
            let name = TokenTree::Ident(Ident::new("unused_node", span));
            quote! {
                const _: () = {
                    #[deprecated(note = #text)]
                    const fn unused_node() {}
                    #name()
                };
            }
        })
        .collect()
}

/// Code and message, then the other side of a conflict and the help.
fn text(source: &Source, diagnostic: &Diagnostic) -> String {
    let kind = &diagnostic.kind;
    let mut text = format!("{}: {}", kind.code(), kind.message());
    if let Some((span, is)) = diagnostic.other {
        let location = source.location(span);
        text += &format!("\n{is} at {}:{}", location.line, location.column);
    }
    if let Some(help) = kind.help() {
        text += &format!("\nhelp: {help}");
    }
    text
}
