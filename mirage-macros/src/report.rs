//! Diagnostics as errors and warnings of rustc at the user's tokens.

use crate::{context::Context, span::Tokens};
use mirage_graph::diagnostic::Diagnostic;
use proc_macro2::{Delimiter, Group, Ident, Punct, Spacing, TokenStream, TokenTree};
use quote::{quote, quote_spanned};

/// The errors and the item itself, which editors still resolve.
pub(crate) fn errors_beside(context: &Context, item: TokenStream) -> TokenStream {
    let diagnostics = context.diagnostics().iter();
    let errors = diagnostics
        .filter(|diagnostic| !diagnostic.kind.is_warning())
        .map(|diagnostic| error(context, diagnostic));
    quote! { #(#errors)* #item }
}

/// `compile_error!` with the span of the invalid tokens.
fn error(context: &Context, diagnostic: &Diagnostic) -> TokenStream {
    let Tokens { first, last } = context.spans.tokens(diagnostic.span);
    let text = text(context, diagnostic);
    let path = quote_spanned! {first=> ::core::compile_error };
    let mut bang = Punct::new('!', Spacing::Alone);
    bang.set_span(first);
    let mut arguments = Group::new(Delimiter::Brace, quote_spanned! {last=> #text });
    arguments.set_span(last);
    quote! { #path #bang #arguments }
}

/// The warnings, each as the use of a deprecated function: a macro cannot warn otherwise on stable Rust.
pub(crate) fn warnings(context: &Context) -> TokenStream {
    let diagnostics = context.diagnostics().iter();
    diagnostics
        .filter(|diagnostic| diagnostic.kind.is_warning())
        .map(|diagnostic| {
            let text = text(context, diagnostic);
            let span = context.spans.tokens(diagnostic.span).first;
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

/// The code and the message, then the other side of a conflict and the help.
fn text(context: &Context, diagnostic: &Diagnostic) -> String {
    let kind = &diagnostic.kind;
    let mut text = format!("{}: {}", kind.code(), kind.message());
    if let Some((span, is)) = diagnostic.other {
        let location = context.spans.location(span);
        let file = match context.spans.location(diagnostic.span).file == location.file {
            true => String::new(),
            false => format!("{}:", location.file),
        };
        text += &format!("\n{is} at {file}{}:{}", location.line, location.column);
    }
    if let Some(help) = kind.help() {
        text += &format!("\nhelp: {help}");
    }
    text
}
