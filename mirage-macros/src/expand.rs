//! From the graph to Rust: what a careful person would write by hand.

mod configuration;
mod wiring;

use crate::{report, resolve::Resolved, signature::Main, source::Source};
use mirage_graph::{graph::Graph, target::LogLevel};
use proc_macro_crate::{FoundCrate, crate_name};
use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::quote;

/// Writes the unikernel.
pub(crate) fn expand(resolved: &Resolved, main: &Main, source: &Source) -> TokenStream {
    let graph = &resolved.graph;
    let runtime = runtime();
    let function = main.function();
    let warnings = report::warnings(source);
    let manifest = manifest(graph);
    let image = image(graph);
    let steps = graph
        .iter()
        .map(|(id, _)| wiring::step(resolved, source, id));
    let call = wiring::call(graph, main);
    let machine = wiring::machine();
    // Whether a configuration of the user's own leaves fields out cannot be seen here.
    let lints =
        (!resolved.configurations.is_empty()).then(|| quote!(#[allow(clippy::needless_update)]));
    quote! {
        #function
        #warnings
        const _: () = {
            use #runtime::{
                driver,
                graph,
                net,
            };
            #manifest
            #image
            #lints
            async fn unikernel(#machine: graph::Machine) -> graph::Outcome {
                #(#steps)*
                #call
            }
            #runtime::entry!(IMAGE, unikernel);
        };
    }
}

/// The path of the runtime crate, under whatever name the user's crate has it.
fn runtime() -> TokenStream {
    match crate_name("mirage-rt") {
        Ok(FoundCrate::Name(name)) => {
            let name = Ident::new(&name, Span::call_site());
            quote!(::#name)
        }
        // Examples in the runtime's own documentation.
        Ok(FoundCrate::Itself) | Err(_) => quote!(::mirage_rt),
    }
}

fn manifest(graph: &Graph) -> TokenStream {
    let text = graph.manifest().to_string();
    let length = text.len();
    let bytes = Literal::byte_string(text.as_bytes());
    quote! {
        #[used]
        #[unsafe(link_section = ".note.mirage")]
        static MANIFEST: graph::Note<#length> = graph::note(*#bytes);
    }
}

fn image(graph: &Graph) -> TokenStream {
    let name = &graph.name;
    let targets = graph.targets.iter().map(|target| target.name());
    let log = match graph.log {
        LogLevel::Off => quote!(Off),
        LogLevel::Error => quote!(Error),
        LogLevel::Warn => quote!(Warn),
        LogLevel::Info => quote!(Info),
        LogLevel::Debug => quote!(Debug),
        LogLevel::Trace => quote!(Trace),
    };
    quote! {
        const IMAGE: graph::Image = graph::Image {
            name: #name,
            log: graph::log::LevelFilter::#log,
            targets: &[#(#targets),*],
        };
    }
}
