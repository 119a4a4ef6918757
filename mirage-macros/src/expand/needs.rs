//! The memory that the unikernel needs: each part by the constants of what it is, and the check that
//! the declared memory holds all of it.

use super::{chosen_for, configuration::configuration, setting, wiring};
use crate::{
    source::Source,
    variant::{Unikernel, Variant},
};
use mirage_graph::{
    graph::{Addressing, ConfigValue, Interface, Kind, Node, NodeId, Spanned},
    need::{HEAP, STACK},
    size,
    target::Target,
};
use proc_macro2::{Literal, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::{Expr, spanned::Spanned as _};

/// The function that tells the needs on a target.
pub(super) fn needs(unikernel: &Unikernel, source: &Source) -> TokenStream {
    let target = quote!(_target);
    let any = &unikernel.any().resolved;
    let mut parts = vec![(
        STACK,
        chosen_for(unikernel, &target, |variant| stack(variant, source)),
    )];
    if any.graph.heap.is_some() {
        let heap = chosen_for(unikernel, &target, |variant| {
            let heap = variant.resolved.graph.heap.map(|heap| heap.value);
            setting::value(
                heap.unwrap_or(ConfigValue::Known(0)),
                source.constants(),
                bytes,
            )
        });
        parts.push((HEAP, heap));
    }
    for (id, node) in any.graph.iter() {
        let memory = of_node(unikernel, id, node, &target, source);
        parts.extend(memory.map(|memory| (node.name.as_str(), memory)));
    }
    let count = Literal::usize_unsuffixed(parts.len() + 1);
    let parts = parts
        .into_iter()
        .map(|(what, bytes)| quote!(_rt::graph::Need::new(#what, #bytes)));
    quote! {
        const fn _needs(_target: _rt::graph::Target) -> [_rt::graph::Need; #count] {
            [_rt::graph::Need::of_machine(_target), #(#parts),*]
        }
    }
}

/// The stack, in bytes.
pub(super) fn stack(variant: &Variant, source: &Source) -> TokenStream {
    let stack = variant.resolved.graph.stack.map(|stack| stack.value);
    let stack = stack.unwrap_or(ConfigValue::Known(size::DEFAULT_STACK));
    setting::value(stack, source.constants(), bytes)
}

fn bytes(bytes: u64) -> TokenStream {
    Literal::u64_unsuffixed(bytes).to_token_stream()
}

/// What a node needs; `None` for one that needs nothing that is worth a line.
fn of_node(
    unikernel: &Unikernel,
    id: NodeId,
    node: &Node,
    target: &TokenStream,
    source: &Source,
) -> Option<TokenStream> {
    let constants = source.constants();
    let of_variant = |each: &dyn Fn(&Variant) -> TokenStream| chosen_for(unikernel, target, each);
    Some(match &node.kind {
        Kind::Port(..) => {
            let networks = Literal::usize_unsuffixed(node.on.len());
            let port = of_variant(&|variant| {
                configuration(variant, id, constants).expect("a port has a configuration")
            });
            quote!(#port.memory(#networks))
        }
        Kind::Interface(_) => of_variant(&|variant| {
            let Kind::Interface(interface) = &variant.resolved.graph.node(id).kind else {
                unreachable!("variants have the same nodes")
            };
            of_interface(interface, target, source)
        }),
        Kind::Disk(_) => quote!(_rt::graph::block::memory(#target)),
        Kind::Custom(_) => of_variant(&|variant| match variant.resolved.custom.get(&id) {
            Some(custom) => of_custom(&custom.configuration, source),
            None => quote!(0),
        }),
        Kind::Console | Kind::Clock | Kind::Random | Kind::Arguments(_) => return None,
    })
}

fn of_interface(interface: &Interface, target: &TokenStream, source: &Source) -> TokenStream {
    let mtu = match interface.mtu {
        Some(mtu) => {
            let mtu = setting::value(mtu.value, source.constants(), super::configuration::number);
            quote!(::core::option::Option::Some(#mtu))
        }
        None => quote!(::core::option::Option::None),
    };
    let function = match interface.address.value {
        Addressing::Static(_) => quote!(memory),
        Addressing::Dhcp => quote!(memory_with_dhcp),
    };
    quote!(_rt::graph::net::#function(#target, #mtu))
}

/// What a configuration says of the memory of its devices, if it does. It need not be constant, and
/// may have `.await` and `?`: its type is looked at, in an async closure that nobody calls.
fn of_custom(written: &Expr, source: &Source) -> TokenStream {
    let place = source.user_span(written.span());
    let complete = wiring::complete(written, source);
    quote_spanned! {place=>
        _rt::graph::need_of(&async || _rt::graph::started(_rt::graph::Of(&#complete).declared_memory()))
    }
}

/// The checks that declared memory is enough, one for each place where it is declared.
pub(super) fn checks(unikernel: &Unikernel, source: &Source) -> TokenStream {
    let mut declared: Vec<(Spanned<ConfigValue<u64>>, Vec<Target>)> = Vec::new();
    for variant in &unikernel.variants {
        let graph = &variant.resolved.graph;
        let Some(memory) = graph.memory else { continue };
        let targets = match unikernel.variants.as_slice() {
            [_] => graph.targets.clone(),
            _ => vec![variant.target],
        };
        let targets = targets.into_iter().filter(|target| *target != Target::Unix);
        // It has been read once for each variant.
        let same = declared.iter_mut().find(|(other, _)| {
            let [one, other] = [memory, *other];
            one.value == other.value && source.location(one.span) == source.location(other.span)
        });
        match same {
            Some((_, all)) => all.extend(targets),
            None => declared.push((memory, targets.collect())),
        }
    }
    let checks = declared.into_iter().map(|(memory, targets)| {
        if targets.is_empty() || memory.value == ConfigValue::Unread {
            return TokenStream::new();
        }
        let place = memory.span;
        let memory = setting::value(memory.value, source.constants(), bytes);
        let targets = targets.into_iter().map(super::target);
        let check = setting::call(
            "enough",
            source.tokens(place),
            source,
            quote!(#memory, &[#(&_needs(#targets)),*]),
        );
        quote!(const _: () = #check;)
    });
    checks.collect()
}
