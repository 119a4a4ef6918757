//! The manifest, as the note that the image carries.

use super::{boot, chosen};
use crate::{
    constant::{Constant, Reader},
    source::Source,
    variant::Unikernel,
};
use mirage_graph::{
    json::{self, Later, Value},
    manifest::{ARGUMENTS, NEEDS},
};
use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote;

/// The note. Constant evaluation puts it together.
pub(super) fn manifest(unikernel: &Unikernel, source: &Source) -> TokenStream {
    let pieces = chosen(unikernel, |variant| {
        let mut manifest = variant.resolved.graph.manifest();
        manifest = manifest.with(NEEDS, Value::Later(Later::Needs));
        if boot::takes_arguments(unikernel) {
            manifest = manifest.with(ARGUMENTS, Value::Later(Later::Arguments));
        }
        let pieces = manifest.pieces().into_iter().map(|piece| match piece {
            json::Piece::Text(text) => {
                let text = raw(&text);
                quote!(_rt::graph::Piece::Text(#text))
            }
            json::Piece::Later(later) => match later {
                Later::Constant(position) => constant(&source.constants()[position]),
                Later::Needs => quote!(_rt::graph::Piece::Needs(&_needs(_IMAGE.machine()))),
                Later::Arguments => quote!(_rt::graph::Piece::Arguments(_ARGUMENTS)),
            },
        });
        quote!(&[#(#pieces),*])
    });
    // Of a constant that cannot be evaluated, the compiler shows each use. This one is for all.
    let place = match source.constants() {
        [constant, ..] => constant.name.span(),
        [] => source.hygienic_span(),
    };
    let name = Ident::new("_MANIFEST", place);
    quote! {
        const #name: &[_rt::graph::Piece] = #pieces;
        #[used]
        #[unsafe(link_section = ".note.mirage")]
        static _NOTE: _rt::graph::Note<{ _rt::graph::length(#name) }> = _rt::graph::note(#name);
    }
}

/// A text as a raw literal: JSON is full of quotes.
fn raw(text: &str) -> Literal {
    let mut hashes = String::from("#");
    while text.contains(&format!("\"{hashes}")) {
        hashes.push('#');
    }
    let written = format!("r{hashes}\"{text}\"{hashes}").parse();
    written.expect("JSON has no carriage return but in its escape")
}

fn constant(constant: &Constant) -> TokenStream {
    let value = constant.value();
    match constant.reader {
        Reader::Address => quote!(_rt::graph::Piece::Interface(#value)),
        Reader::Gateway => quote!(_rt::graph::Piece::Address(#value)),
        Reader::MacAddress => quote!(_rt::graph::Piece::MacAddress(#value)),
        Reader::Mtu | Reader::Port | Reader::Limit | Reader::Buffer => {
            quote!(_rt::graph::Piece::Number(#value as u64))
        }
        Reader::Memory | Reader::Stack | Reader::Size => quote!(_rt::graph::Piece::Number(#value)),
    }
}
