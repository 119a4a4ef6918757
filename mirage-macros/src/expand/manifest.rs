//! The manifest, as the note that the image carries.

use super::{boot, chosen};
use crate::{
    constant::{Constant, Reader},
    source::Source,
    variant::Unikernel,
};
use mirage_graph::json;
use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote;

/// The note. Constant evaluation puts it together.
pub(super) fn manifest(unikernel: &Unikernel, source: &Source) -> TokenStream {
    let pieces = chosen(unikernel, |variant| {
        let mut pieces = variant.resolved.graph.manifest().pieces();
        let arguments = boot::takes_arguments(unikernel).then(|| {
            // They end the manifest, and are empty until constant evaluation knows them.
            if let Some(json::Piece::Text(text)) = pieces.last_mut() {
                text.truncate(text.len() - "[]}".len());
            }
            quote!(
                _rt::graph::Piece::Arguments(_ARGUMENTS),
                _rt::graph::Piece::Text("}")
            )
        });
        let pieces = pieces.into_iter().map(|piece| match piece {
            json::Piece::Text(text) => {
                let text = raw(&text);
                quote!(_rt::graph::Piece::Text(#text))
            }
            json::Piece::Constant(position) => constant(&source.constants()[position]),
        });
        quote!(&[#(#pieces,)* #arguments])
    });
    // Of a constant that cannot be evaluated, the compiler shows each use. This one is for all.
    let place = match source.constants() {
        [constant, ..] => constant.name.span(),
        [] => source.hidden(),
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
        Reader::HardwareAddress => quote!(_rt::graph::Piece::Station(#value)),
        Reader::Mtu | Reader::Port | Reader::Limit | Reader::Buffer => {
            quote!(_rt::graph::Piece::Number(#value as u64))
        }
        Reader::Memory | Reader::Size => quote!(_rt::graph::Piece::Number(#value)),
    }
}
