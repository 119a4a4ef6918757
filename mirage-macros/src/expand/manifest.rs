//! The manifest, as a note of the image.

use super::chosen::chosen;
use crate::{
    context::Context,
    variant::{Unikernel, Variant},
};
use mirage_graph::{
    json::{self, Later, Value},
    manifest::{ARGUMENTS, NEEDS, STACK, THREADS},
};
use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote;

/// The note, which constant evaluation assembles.
pub(super) fn manifest(unikernel: &Unikernel, context: &Context) -> TokenStream {
    let takes_arguments = unikernel.takes_arguments();
    let manifest = |variant: &Variant| {
        let manifest = variant.graph.manifest();
        let manifest = manifest.with(NEEDS, Value::Later(Later::Needs));
        let manifest = match variant.graph.std {
            true => with_stacks(manifest),
            false => manifest,
        };
        match takes_arguments {
            true => manifest.with(ARGUMENTS, Value::Later(Later::Arguments)),
            false => manifest,
        }
    };
    let pieces = chosen(unikernel, manifest, |_, manifest| {
        let pieces = manifest.pieces().into_iter().map(|piece| match piece {
            json::Piece::Text(text) => {
                let text = raw(&text);
                quote!(_rt::graph::Piece::Text(#text))
            }
            json::Piece::Later(later) => match later {
                Later::Constant(position) => context.constants()[position].piece(),
                Later::Needs => quote!(_rt::graph::Piece::Needs(&_needs(_IMAGE.machine()))),
                Later::Arguments => quote!(_rt::graph::Piece::Arguments(_ARGUMENTS)),
                Later::MainStack => quote!(_rt::graph::Piece::Number(_PROCESS.main_stack)),
                Later::MaxThreads => quote!(_rt::graph::Piece::Number(_PROCESS.threads as u64)),
                Later::ThreadStack => quote!(_rt::graph::Piece::Number(_PROCESS.stack)),
            },
        });
        quote!(&[#(#pieces),*])
    });
    // rustc reports each use of a constant that cannot be evaluated: the note is reported at its span.
    let span = match context.constants() {
        [constant, ..] => constant.name.span(),
        [] => context.spans.hygienic_span(),
    };
    let name = Ident::new("_MANIFEST", span);
    let manifest = quote!(const #name: &[_rt::graph::Piece] = #pieces;);
    if unikernel.resolved.membership.is_some() {
        // `image!` makes the note of the program.
        return manifest;
    }
    quote! {
        #manifest
        #[used]
        #[unsafe(link_section = ".note.mirage")]
        static _NOTE: _rt::graph::Note<{ _rt::graph::length(#name) }> = _rt::graph::note(#name);
    }
}

/// The manifest of a program with std, which has the sizes that the profile determines.
fn with_stacks(manifest: Value) -> Value {
    let threads = json::object([
        ("stack", Value::Later(Later::ThreadStack)),
        ("max", Value::Later(Later::MaxThreads)),
    ]);
    let main = Value::Later(Later::MainStack);
    manifest.with(STACK, main).with(THREADS, threads)
}

/// A raw string literal, because JSON contains quotes.
fn raw(text: &str) -> Literal {
    let mut hashes = String::from("#");
    while text.contains(&format!("\"{hashes}")) {
        hashes.push('#');
    }
    let literal = format!("r{hashes}\"{text}\"{hashes}").parse();
    literal.expect("JSON escapes carriage returns")
}
