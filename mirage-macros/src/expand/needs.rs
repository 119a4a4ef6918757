//! The minimum memory of the unikernel's parts, and the check that the declared memory holds them.

use super::{
    chosen::{self, chosen_for},
    configuration::dependencies,
    constants,
    threads::Threads,
    value::{Values, bytes, number, option, value},
    wiring,
};
use crate::{
    context::Context,
    variant::{Unikernel, Variant},
};
use mirage_graph::{
    graph::{Addressing, ConfigValue, Graph, Node, NodeId, NodeKind, Optional, Spanned},
    need::{FILES, HEAP, MAIN_THREAD, STACK, THREADS},
    size::DEFAULT_STACK,
    target::Target,
};
use proc_macro2::{Literal, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::{Expr, spanned::Spanned as _};

/// The function that returns the needs on a target.
pub(super) fn needs(unikernel: &Unikernel, context: &Context) -> TokenStream {
    let target = quote!(_target);
    let graph = &unikernel.first().graph;
    let stack = match graph.std {
        true => bytes(DEFAULT_STACK),
        false => chosen_for(
            unikernel,
            &target,
            |variant| variant.graph.stack,
            |_, stack| size(stack, DEFAULT_STACK, context),
        ),
    };
    let mut parts = vec![(STACK, stack)];
    if graph.std {
        parts.extend(threads(unikernel, &target, context));
    }
    if graph.heap.is_some() {
        let heap = chosen_for(
            unikernel,
            &target,
            |variant| variant.graph.heap,
            |_, heap| size(heap, 0, context),
        );
        parts.push((HEAP, heap));
    }
    if unikernel
        .variants
        .iter()
        .any(|variant| variant.graph.root.is_some())
    {
        let files = chosen_for(
            unikernel,
            &target,
            |variant| {
                variant
                    .graph
                    .root
                    .as_ref()
                    .map_or(0, |root| root.value.bytes)
            },
            |_, bytes| Literal::u64_unsuffixed(bytes).into_token_stream(),
        );
        parts.push((FILES, files));
    }
    for (id, node) in graph.iter() {
        let memory = node_memory(unikernel, id, node, &target, context);
        parts.extend(memory.map(|memory| (node.name.as_str(), memory)));
    }
    let count = Literal::usize_unsuffixed(parts.len() + 1);
    let parts = parts
        .into_iter()
        .map(|(what, bytes)| quote!(_rt::graph::Need::new(#what, #bytes)));
    let mut custom = unikernel.resolved.custom.values();
    let uses_no_memory = custom.any(|custom| {
        let mut configurations = custom.configuration.values().flatten();
        configurations.any(|configuration| match &configuration.value {
            Expr::Path(path) => wiring::is_unit_struct(path),
            _ => false,
        })
    });
    let no_memory = uses_no_memory.then(|| {
        quote! {
            use _rt::graph::NoMemory as _;
            // A use of the trait, if all of these types declare their memory.
            const _: u64 = _rt::graph::MemoryOf::<()>::BYTES;
        }
    });
    quote! {
        const fn _needs(_target: _rt::graph::Target) -> [_rt::graph::Need; #count] {
            #no_memory
            [_rt::graph::Need::for_machine(_target), #(#parts),*]
        }
    }
}

/// The stacks of a program with std.
fn threads(
    unikernel: &Unikernel,
    target: &TokenStream,
    context: &Context,
) -> [(&'static str, TokenStream); 2] {
    let threads = Threads::new(unikernel, target, context);
    let Threads { main, max, stack } = threads;
    [
        (MAIN_THREAD, quote!(_rt::process::stacks(#main, 1))),
        (THREADS, quote!(_rt::process::stacks(#stack, #max))),
    ]
}

/// A size, in bytes.
pub(super) fn size(size: Optional<u64>, default: u64, context: &Context) -> TokenStream {
    let size = size.map_or(ConfigValue::Known(default), |size| size.value);
    value(size, context.constants(), bytes)
}

/// The memory of a node; `None` if it needs very little.
fn node_memory(
    unikernel: &Unikernel,
    id: NodeId,
    node: &Node,
    target: &TokenStream,
    context: &Context,
) -> Option<TokenStream> {
    let dependencies = |variant: &Variant| dependencies(variant, id);
    Some(match &node.kind {
        NodeKind::Port(..) => {
            let networks = Literal::usize_unsuffixed(node.on.len());
            let port = chosen_for(unikernel, target, dependencies, |variant, _| {
                let constants = context.constants();
                let port = Values { variant, constants }.configuration(id);
                port.expect("a port has a configuration")
            });
            quote!(#port.memory(#networks))
        }
        NodeKind::Interface(_) => chosen_for(
            unikernel,
            target,
            |variant| interface_properties(&variant.graph, id),
            |_, properties| interface_memory(properties, target, context),
        ),
        NodeKind::Disk(_) => quote!(_rt::graph::block::memory(#target)),
        NodeKind::Custom(_) => chosen_for(
            unikernel,
            target,
            |variant| {
                unikernel
                    .configuration(variant, id)
                    .map(|config| config.span)
            },
            |variant, _| {
                let configuration = unikernel.configuration(variant, id);
                custom_memory(&configuration.expect("a custom device").value, context)
            },
        ),
        NodeKind::Console
        | NodeKind::Clock
        | NodeKind::Random
        | NodeKind::Arguments(_)
        | NodeKind::Remote(_) => {
            return None;
        }
    })
}

/// How an interface has IPv4.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ipv4 {
    Absent,
    Static,
    Leased,
}

/// The properties of an interface that its memory depends on.
fn interface_properties(graph: &Graph, id: NodeId) -> (Optional<u16>, Ipv4, bool, bool) {
    match &graph.node(id).kind {
        NodeKind::Interface(interface) => (
            interface.mtu,
            match interface.address.value {
                Addressing::Absent => Ipv4::Absent,
                Addressing::Static(_) => Ipv4::Static,
                Addressing::Dhcp | Addressing::BootOrDhcp => Ipv4::Leased,
            },
            interface.ip6.is_some(),
            interface.may_use_slaac(),
        ),
        _ => unreachable!("variants have the same nodes"),
    }
}

fn interface_memory(
    (mtu, ipv4, has_ipv6, uses_slaac): (Optional<u16>, Ipv4, bool, bool),
    target: &TokenStream,
    context: &Context,
) -> TokenStream {
    let mtu = option(mtu.map(|mtu| value(mtu.value, context.constants(), number)));
    let function = match ipv4 {
        Ipv4::Absent => quote!(memory_without_ipv4),
        Ipv4::Static => quote!(memory),
        Ipv4::Leased => quote!(memory_with_dhcp),
    };
    let ipv6 = has_ipv6.then(|| quote!(+ _rt::graph::net::IPV6_MEMORY));
    let slaac = uses_slaac.then(|| quote!(+ _rt::graph::net::SLAAC_MEMORY));
    quote!(_rt::graph::net::#function(#target, #mtu) #ipv6 #slaac)
}

/// The memory that the configuration of a custom device declares, if it does. The expression need not
/// be constant, and may contain `.await` and `?`: an async closure that is never called has its type.
fn custom_memory(configuration: &Expr, context: &Context) -> TokenStream {
    if let Expr::Path(path) = configuration
        && wiring::is_unit_struct(path)
    {
        return quote!(_rt::graph::MemoryOf::<#path>::BYTES);
    }
    let span = context.spans.user_span(configuration.span());
    // rustc reports errors in fields where the device is created, and only there.
    let complete = wiring::without_fields(configuration, context);
    quote_spanned! {span=>
        _rt::graph::declared_memory(&async || _rt::graph::started(_rt::graph::ConfigRef(&#complete).declared_memory()))
    }
}

/// The checks that the declared memory is sufficient, one for each declaration.
pub(super) fn checks(unikernel: &Unikernel, context: &Context) -> TokenStream {
    let mut declared: Vec<(Spanned<ConfigValue<u64>>, Vec<Target>)> = Vec::new();
    for variant in &unikernel.variants {
        let graph = &variant.graph;
        let Some(memory) = graph.memory else { continue };
        let targets = match unikernel.variants.as_slice() {
            [_] => graph.targets.clone(),
            _ => vec![variant.target],
        };
        let targets = targets.into_iter().filter(|target| *target != Target::Unix);
        match declared.iter_mut().find(|(other, _)| *other == memory) {
            Some((_, all)) => all.extend(targets),
            None => declared.push((memory, targets.collect())),
        }
    }
    let declared = declared
        .into_iter()
        .filter(|(_, targets)| !targets.is_empty());
    let checks = declared.map(|(memory, targets)| {
        let span = memory.span;
        let memory = value(memory.value, context.constants(), bytes);
        let targets = targets.into_iter().map(chosen::target);
        let arguments = quote!(#memory, &[#(&_needs(#targets)),*]);
        let check = constants::call("enough", context.spans.tokens(span), context, arguments);
        quote!(const _: () = #check;)
    });
    let sizes = sizes(unikernel, context);
    checks.chain(sizes).collect()
}

/// The checks that constants are not larger than the memory that a machine can have.
fn sizes(unikernel: &Unikernel, context: &Context) -> Vec<TokenStream> {
    let mut sizes: Vec<(Spanned<ConfigValue<u64>>, Vec<Target>)> = Vec::new();
    for variant in &unikernel.variants {
        let graph = &variant.graph;
        let targets = match unikernel.variants.as_slice() {
            [_] => graph.targets.clone(),
            _ => vec![variant.target],
        };
        let constants = [graph.memory, graph.heap, graph.tmp].into_iter().flatten();
        for size in constants.filter(|size| size.value.is_constant()) {
            match sizes.iter_mut().find(|(other, _)| *other == size) {
                Some((_, all)) => all.extend(&targets),
                None => sizes.push((size, targets.clone())),
            }
        }
    }
    let checks = sizes.into_iter().map(|(size, targets)| {
        let bytes = value(size.value, context.constants(), bytes);
        let targets = targets.into_iter().map(chosen::target);
        let arguments = quote!(#bytes, &[#(#targets),*]);
        let tokens = context.spans.tokens(size.span);
        let check = constants::call("within_memory", tokens, context, arguments);
        quote!(const _: () = #check;)
    });
    checks.collect()
}
