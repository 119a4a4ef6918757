//! From the graph to Rust: what a careful person would write by hand.

mod boot;
mod configuration;
mod manifest;
mod names;
mod needs;
mod remains;
mod setting;
mod steps;
mod wiring;

use crate::{
    report,
    signature::Main,
    source::Source,
    variant::{Unikernel, Variant},
};
use mirage_graph::{
    graph::Kind,
    target::{LogLevel, Target},
};
use proc_macro_crate::{FoundCrate, crate_name};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
pub(crate) use remains::expressions;

/// Writes the unikernel.
pub(crate) fn expand(unikernel: &Unikernel, main: &Main, source: &Source) -> TokenStream {
    let any = &unikernel.any().resolved;
    let graph = &any.graph;
    let runtime = runtime();
    let function = main.function();
    let names = names::names(main, &runtime);
    let warnings = report::warnings(source);
    let constants = setting::constants(source);
    let checks = setting::checks(unikernel, source);
    let arguments = boot::arguments(unikernel, source);
    let read = boot::read(unikernel, source);
    let (parsed, list) = match boot::takes_arguments(unikernel) {
        true => (
            quote!(, _arguments: _rt::arguments::ParsedArgs<'static>),
            quote!(_ARGUMENTS,),
        ),
        false => Default::default(),
    };
    let manifest = manifest::manifest(unikernel, source);
    let image = image(unikernel, source);
    let needs = needs::needs(unikernel, source);
    let enough = needs::checks(unikernel, source);
    let mac_addresses = configuration::mac_addresses(unikernel, source.constants());
    let last_uses = wiring::last_uses(graph);
    let steps = steps::steps(unikernel, &last_uses, source);
    let call = wiring::call(graph, main, source);
    let context = wiring::context(source);
    let called = wiring::called(graph, main, source).map(|other| {
        let name = main.name();
        quote!(use #name as #other;)
    });
    // Where there can be no such item, in an `impl`, that is reported at the function.
    let item = quote_spanned!(main.own_name().span()=> const _: () =);
    // Whether the configuration of a custom device leaves fields out cannot be seen here.
    let lints = (!any.custom.is_empty()).then(|| quote!(#[allow(clippy::needless_update)]));
    quote! {
        #function
        #names
        #warnings
        #item {
            use #runtime as _rt;
            #called
            #constants
            #checks
            #arguments
            #lints
            #needs
            #enough
            #image
            #manifest
            #mac_addresses
            #lints
            async fn _unikernel(#context: _rt::graph::StartContext #parsed) -> _rt::graph::Outcome {
                #read
                #steps
                #call
            }
            _rt::entry!(_IMAGE, #list _unikernel);
        };
    }
}

/// What `each` makes of the variants: one expression, or one for each target where they differ.
fn chosen(unikernel: &Unikernel, each: impl Fn(&Variant) -> TokenStream) -> TokenStream {
    chosen_for(unikernel, &quote!(_rt::graph::TARGET), each)
}

/// The same, for the target that the expression `chosen` is.
fn chosen_for(
    unikernel: &Unikernel,
    chosen: &TokenStream,
    each: impl Fn(&Variant) -> TokenStream,
) -> TokenStream {
    let variants = &unikernel.variants;
    let expressions: Vec<_> = variants.iter().map(each).collect();
    let (last, others) = expressions.split_last().expect("a unikernel has a variant");
    let text = last.to_string();
    if others.iter().all(|other| other.to_string() == text) {
        return last.clone();
    }
    let targets = variants.iter().map(|variant| target(variant.target));
    let arms = targets
        .zip(others)
        .map(|(target, value)| quote!(#target => #value,));
    quote! {
        match #chosen {
            #(#arms)*
            _ => #last,
        }
    }
}

fn target(target: Target) -> TokenStream {
    let name = match target {
        Target::Unix => quote!(Unix),
        Target::Virtio => quote!(Virtio),
        Target::Hvt => quote!(Hvt),
        Target::Spt => quote!(Spt),
    };
    quote!(_rt::graph::Target::#name)
}

/// The path of the runtime crate, under whatever name the user's crate has it.
pub(crate) fn runtime() -> TokenStream {
    match crate_name("mirage-rt") {
        Ok(FoundCrate::Name(name)) => {
            let name = Ident::new(&name, Span::call_site());
            quote!(::#name)
        }
        // Examples in the runtime's own documentation.
        Ok(FoundCrate::Itself) | Err(_) => quote!(::mirage_rt),
    }
}

fn image(unikernel: &Unikernel, source: &Source) -> TokenStream {
    let name = chosen(unikernel, |variant| {
        let name = &variant.resolved.graph.name;
        quote!(#name)
    });
    let log = chosen(unikernel, |variant| {
        let level = match variant.resolved.graph.log {
            LogLevel::Off => quote!(Off),
            LogLevel::Error => quote!(Error),
            LogLevel::Warn => quote!(Warn),
            LogLevel::Info => quote!(Info),
            LogLevel::Debug => quote!(Debug),
            LogLevel::Trace => quote!(Trace),
        };
        quote!(_rt::graph::log::LevelFilter::#level)
    });
    let stack = chosen(unikernel, |variant| needs::stack(variant, source));
    let graph = &unikernel.any().resolved.graph;
    let targets = graph.targets.iter().map(|target| target.name());
    let solo5_devices = graph.iter().filter_map(|(id, node)| {
        let name = graph.solo5_name(id);
        match node.kind {
            Kind::Interface(_) => Some(quote!(NetBasic(#name))),
            Kind::Disk(_) => Some(quote!(BlockBasic(#name))),
            _ => None,
        }
    });
    quote! {
        const _IMAGE: _rt::graph::Image = _rt::graph::Image {
            name: #name,
            log: #log,
            stack: #stack,
            targets: &[#(#targets),*],
            solo5_devices: &[#(_rt::graph::DeviceDeclaration::#solo5_devices),*],
        };
    }
}
