//! Boot arguments: their declarations, and what is done with them before devices are started.

use super::{
    chosen::chosen,
    value::{Values, option},
};
use crate::{
    context::Context,
    variant::{Unikernel, Variant},
};
use mirage_graph::{
    address::DHCP,
    argument::{
        IPV4,
        standard::{DNS_SERVERS, IPV4_GATEWAY, IPV4_ONLY, IPV6, IPV6_GATEWAY, IPV6_ONLY},
    },
    check::{AtBoot, Pair},
    graph::{Addressing, ConfigValue, Interface, NodeId, NodeKind},
};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;

/// The arguments, list by list; nothing for a unikernel that takes none.
pub(super) fn arguments(unikernel: &Unikernel, context: &Context) -> TokenStream {
    if !unikernel.takes_arguments() {
        return TokenStream::new();
    }
    let select = |variant: &Variant| {
        let type_ = variant.arguments.as_ref();
        (standard(variant), type_.map(|type_| type_.span))
    };
    let lists = chosen(unikernel, select, |variant, (standard, _)| {
        let standard = standard.into_iter().map(|argument| {
            let function = Ident::new(argument.function, Span::call_site());
            match (argument.name, argument.default) {
                (Some(name), _) if argument.is_flag => quote!(#function(#name)),
                // A required argument has no default.
                (Some(name), default) => {
                    let default = option(default.map(|default| default.text(context)));
                    quote!(#function(#name, #default))
                }
                (None, default) => {
                    let default = default.map(|default| default.text(context));
                    quote!(#function(#default))
                }
            }
        });
        let standard: Vec<_> = standard.collect();
        let standard = (!standard.is_empty())
            .then(|| quote!(&[#(_rt::graph::argument::standard::#standard),*],));
        let declared = variant.arguments.as_ref().map(|type_| {
            let type_ = &type_.value;
            let span = context.spans.user_span(type_.span());
            quote_spanned!(span=> <#type_ as _rt::arguments::Args>::ARGUMENTS)
        });
        quote!(&[#standard #declared])
    });
    quote! {
        const _ARGUMENTS: &[&[_rt::graph::argument::Argument<&str>]] = #lists;
    }
}

/// An argument that a function of `mirage_graph::argument::standard` describes.
#[derive(PartialEq)]
struct Standard {
    function: &'static str,
    /// The name, if it depends on the interface.
    name: Option<String>,
    default: Option<Default>,
    is_flag: bool,
}

/// The default of an argument.
#[derive(PartialEq)]
enum Default {
    Text(String),
    /// A constant of type `&str`, by its position.
    Constant(usize),
}

impl Default {
    /// The default of a value, if it has one.
    fn new<T: ToString>(value: ConfigValue<T>) -> Option<Self> {
        match value {
            ConfigValue::BootOrConstant(position) => Some(Self::Constant(position)),
            ConfigValue::Boot(default) => Some(Self::Text(default?.to_string())),
            ConfigValue::Known(_) | ConfigValue::Constant(_) | ConfigValue::Unread => None,
        }
    }

    /// The text, as an expression.
    fn text(&self, context: &Context) -> TokenStream {
        match self {
            Self::Text(text) => text.to_token_stream(),
            Self::Constant(position) => context.constants()[*position].name.to_token_stream(),
        }
    }
}

/// The arguments of the properties that are given at boot.
fn standard(variant: &Variant) -> Vec<Standard> {
    let graph = &variant.graph;
    let mut standard = Vec::new();
    let mut add = |function, name, default| {
        standard.push(Standard {
            function,
            name,
            default,
            is_flag: matches!(function, "ipv4_only" | "ipv6_only"),
        });
    };
    for (id, interface) in graph.interfaces() {
        let address = interface.address.value.configured();
        let may_ask = interface.address.value == Addressing::BootOrDhcp;
        if address.is_at_boot() {
            let name = graph.argument_name(id, IPV4);
            match may_ask {
                true => add("ipv4_or_dhcp", Some(name), Some(Default::Text(DHCP.into()))),
                false => add("ipv4", Some(name), Default::new(address)),
            }
        }
        if let Some(gateway) = interface.gateway.map(|gateway| gateway.value)
            && gateway.is_at_boot()
        {
            let name = graph.argument_name(id, IPV4_GATEWAY);
            let function = match may_ask {
                true => "gateway_or_dhcp",
                false => "gateway",
            };
            add(function, Some(name), Default::new(gateway));
        }
        if let Some(ip6) = interface.ip6.map(|ip6| ip6.value)
            && ip6.is_at_boot()
        {
            let function = match interface.may_use_slaac() {
                true => "ipv6_or_slaac",
                false => "ipv6",
            };
            let name = graph.argument_name(id, IPV6);
            add(function, Some(name), Default::new(ip6));
        }
        if let Some(gateway) = interface.gateway6.map(|gateway| gateway.value)
            && gateway.is_at_boot()
        {
            let name = graph.argument_name(id, IPV6_GATEWAY);
            let function = match interface.may_use_slaac() {
                true => "ipv6_gateway_or_slaac",
                false => "ipv6_gateway",
            };
            add(function, Some(name), Default::new(gateway));
        }
        if interface.has_choice_of_families() {
            add("ipv4_only", Some(graph.argument_name(id, IPV4_ONLY)), None);
            add("ipv6_only", Some(graph.argument_name(id, IPV6_ONLY)), None);
        }
        if let Some(dns) = interface.dns.map(|dns| dns.value)
            && dns.is_at_boot()
        {
            let name = graph.argument_name(id, DNS_SERVERS);
            let function = match interface.address.value.may_use_dhcp() {
                true => "dns_servers_or_dhcp",
                false => "dns_servers",
            };
            add(function, Some(name), Default::new(dns));
        }
    }
    if variant.boot.log {
        add("logs", None, Some(Default::Text(graph.log.name().into())));
    }
    if variant.boot.name {
        add("name", None, Some(Default::Text(graph.name.clone())));
    }
    if graph.std {
        add("env", None, None);
    }
    standard
}

/// Applies and checks arguments before any node is created.
pub(super) fn apply(unikernel: &Unikernel, context: &Context) -> TokenStream {
    if !unikernel.takes_arguments() {
        return TokenStream::new();
    }
    let select = |variant: &Variant| (variant.boot, variant.checked.at_boot.clone());
    chosen(unikernel, select, |variant, (boot, pairs)| {
        let log = boot
            .log
            .then(|| quote!(_rt::graph::apply_log_argument(&_arguments)?;));
        let name = boot
            .name
            .then(|| quote!(_rt::graph::apply_name_argument(&_arguments)?;));
        let values = Values {
            variant,
            constants: context.constants(),
        };
        let checks = pairs.iter().map(|pair| check(values, pair));
        let steps = quote!(#log #name #(#checks)*);
        match unikernel.variants.as_slice() {
            [_] => steps,
            _ => quote!({ #steps }),
        }
    })
}

/// Checks two values of which one is given at boot.
fn check(values: Values<'_>, deferred: &AtBoot) -> TokenStream {
    let interface = |id: NodeId| match &values.variant.graph.node(id).kind {
        NodeKind::Interface(interface) => interface,
        _ => unreachable!("the pair is of interfaces"),
    };
    let address = |id| values.interface_address(id, interface(id));
    let (one, other) = deferred.nodes;
    let may_ask = |interface: &Interface| interface.address.value == Addressing::BootOrDhcp;
    let is_optional = [one, other].map(interface).into_iter().any(may_ask);
    let optional_address = |id| values.optional_address(id, interface(id));
    let error = match deferred.pair {
        Pair::Gateway(..) if is_optional => {
            let gateway = values.optional_gateway(one, interface(one));
            let address = optional_address(one);
            quote!(_rt::graph::argument::gateway_conflict(#address, #gateway))
        }
        Pair::Networks(..) if is_optional => {
            let (one, other) = (optional_address(one), optional_address(other));
            quote!(_rt::graph::argument::network_conflict(#one, #other))
        }
        Pair::Gateway(gateway, _) if gateway.is_at_boot() => {
            let (gateway, address) = (values.gateway_argument(one), address(one));
            quote!({
                let address = #address;
                #gateway.and_then(|gateway| address.cannot_use(gateway))
            })
        }
        Pair::Gateway(gateway, _) => {
            let (gateway, address) = (values.property(gateway.into()), address(one));
            quote!(#address.cannot_use(#gateway))
        }
        Pair::Networks(..) => {
            let (one, other) = (address(one), address(other));
            quote!(#one.conflicts_with(#other))
        }
        // Neither can be given at boot.
        Pair::MacAddresses(..) | Pair::PortBesideDhcp(_) => return TokenStream::new(),
    };
    quote!(_rt::graph::argument::agree(#error)?;)
}
