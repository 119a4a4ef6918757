//! Boot arguments: which there are, and how the expansion reads them.

use super::{chosen, setting};
use crate::{
    source::Source,
    variant::{Unikernel, Variant},
};
use mirage_graph::{
    argument::standard::{IPV4, IPV4_GATEWAY},
    check::Pair,
    graph::{ConfigValue, Graph, NodeId},
};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use std::fmt::Display;
use syn::spanned::Spanned;

/// The list of lists of arguments; nothing for a unikernel that takes none.
pub(super) fn arguments(unikernel: &Unikernel, source: &Source) -> TokenStream {
    if !takes_arguments(unikernel) {
        return TokenStream::new();
    }
    let lists = chosen(unikernel, |variant| {
        let resolved = &variant.resolved;
        let graph = &resolved.graph;
        let mut standard = Vec::new();
        for (id, interface) in graph.interfaces() {
            if let ConfigValue::Boot(default) = interface.address.value.configured() {
                let (name, default) = (graph.argument_name(id, IPV4), option(default));
                standard.push(quote!(ipv4(#name, #default)));
            }
            if let Some(ConfigValue::Boot(default)) = interface.gateway.map(|gateway| gateway.value)
            {
                let (name, default) = (graph.argument_name(id, IPV4_GATEWAY), option(default));
                standard.push(quote!(gateway(#name, #default)));
            }
        }
        if resolved.boot.log {
            let default = graph.log.name();
            standard.push(quote!(logs(#default)));
        }
        if resolved.boot.name {
            let default = &graph.name;
            standard.push(quote!(name(#default)));
        }
        let standard =
            (!standard.is_empty()).then(|| quote!(&[#(_rt::arguments::standard::#standard),*],));
        let declared = resolved.arguments.as_ref().map(|type_| {
            let place = source.user_span(type_.span());
            quote_spanned!(place=> <#type_ as _rt::arguments::Args>::ARGUMENTS)
        });
        quote!(&[#standard #declared])
    });
    quote! {
        const _ARGUMENTS: &[&[_rt::arguments::Argument<&'static str>]] = #lists;
    }
}

/// Whether anything is given at boot, on any target.
pub(super) fn takes_arguments(unikernel: &Unikernel) -> bool {
    let mut variants = unikernel.variants.iter();
    variants.any(|variant| variant.resolved.takes_arguments())
}

/// The arguments that the expansion is given, for what stands at a token of the user's.
pub(super) fn parsed() -> Ident {
    Ident::new("_arguments", Span::call_site())
}

/// What is done with the arguments before any node is made.
pub(super) fn read(unikernel: &Unikernel, source: &Source) -> TokenStream {
    chosen(unikernel, |variant| {
        let mut steps = Vec::new();
        if variant.resolved.boot.log {
            steps.push(quote!(_rt::graph::apply_log_argument(&_arguments)?));
        }
        if variant.resolved.boot.name {
            steps.push(quote!(_rt::graph::apply_name_argument(&_arguments)?));
        }
        steps.extend(agreements(variant, source));
        match unikernel.variants.as_slice() {
            [_] => quote!(#(#steps;)*),
            _ if !takes_arguments(unikernel) => TokenStream::new(),
            _ => quote!({ #(#steps;)* }),
        }
    })
}

/// Checks between values of which one is given at boot.
fn agreements(variant: &Variant, source: &Source) -> Vec<TokenStream> {
    let pairs = variant.checked.at_boot.iter();
    let checks = pairs.map(|deferred| {
        let graph = &variant.resolved.graph;
        let address = |id: NodeId| {
            let interface = graph.interfaces().find(|(other, _)| *other == id);
            let (_, interface) = interface.expect("the pair is of interfaces");
            setting::interface_address_of(variant, id, interface, source.constants())
        };
        let error = match deferred.pair {
            Pair::Gateway(gateway, _) => {
                let gateway =
                    setting::gateway_of(variant, deferred.nodes.0, gateway, source.constants());
                let address = address(deferred.nodes.0);
                quote!(#address.cannot_use(#gateway))
            }
            Pair::Networks(..) => {
                let (one, other) = (address(deferred.nodes.0), address(deferred.nodes.1));
                quote!(#one.conflicts_with(#other))
            }
            Pair::MacAddresses(..) | Pair::PortBesideDhcp(_) => {
                quote!(::core::option::Option::None)
            }
        };
        quote!(_rt::arguments::agree(#error)?)
    });
    checks.collect()
}

/// The value of the argument that a property of an interface has.
pub(super) fn value(
    graph: &Graph,
    node: NodeId,
    property: &str,
    type_: &TokenStream,
) -> TokenStream {
    let name = graph.argument_name(node, property);
    quote!(_arguments.value::<#type_>(#name)?)
}

fn option(default: Option<impl Display>) -> TokenStream {
    match default {
        Some(default) => {
            let default = default.to_string();
            quote!(::core::option::Option::Some(#default))
        }
        None => quote!(::core::option::Option::None).into_token_stream(),
    }
}
