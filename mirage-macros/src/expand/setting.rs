//! Values, as expressions, and what constant evaluation has to check of them.

use super::{
    boot,
    configuration::{address, interface_address, mac_address, number},
};
use crate::{
    constant::{Constant, Reader},
    source::{Source, Tokens},
    variant::{Unikernel, Variant},
};
use mirage_graph::{
    argument::standard::{IPV4, IPV4_GATEWAY},
    check::{Deferred, Pair, PortList},
    graph::{ConfigValue, Interface, NodeId, SpanId},
    port::Protocol,
};
use proc_macro2::{Delimiter, Group, Ident, Literal, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use std::{collections::BTreeSet, net::Ipv4Addr};

/// A value: a literal, or the constant that holds it. Of one that is given at boot, it is the default.
pub(super) fn value<T>(
    setting: ConfigValue<T>,
    constants: &[Constant],
    known: impl FnOnce(T) -> TokenStream,
) -> TokenStream {
    match setting {
        ConfigValue::Known(value) | ConfigValue::Boot(Some(value)) => known(value),
        ConfigValue::Constant(position) => constants[position].value(),
        ConfigValue::Boot(None) | ConfigValue::Unread => {
            unreachable!("what is given at boot or could not be read is seen to before")
        }
    }
}

/// The address of an interface that has one configured.
pub(super) fn interface_address_of(
    variant: &Variant,
    node: NodeId,
    interface: &Interface,
    constants: &[Constant],
) -> TokenStream {
    match interface.address.value.configured() {
        ConfigValue::Boot(_) => {
            let type_ = quote!(_rt::net::InterfaceAddress);
            boot::value(&variant.resolved.graph, node, IPV4, &type_)
        }
        address => value(address, constants, interface_address),
    }
}

/// The gateway of an interface.
pub(super) fn gateway_of(
    variant: &Variant,
    node: NodeId,
    gateway: ConfigValue<Ipv4Addr>,
    constants: &[Constant],
) -> TokenStream {
    match gateway {
        ConfigValue::Boot(_) => {
            let type_ = quote!(::core::net::Ipv4Addr);
            boot::value(&variant.resolved.graph, node, IPV4_GATEWAY, &type_)
        }
        gateway => value(gateway, constants, address),
    }
}

/// The constants, each with what is wrong with it reported at its expression.
pub(super) fn constants(source: &Source) -> TokenStream {
    let constants = source.constants().iter().map(|constant| {
        let Constant {
            name,
            expression,
            reader,
        } = constant;
        let tokens = Tokens::new(expression);
        // A value of another type is reported at the expression, and that it was wanted as well.
        let type_ = match reader {
            Reader::Mtu | Reader::Port | Reader::Limit => {
                quote_spanned!(source.user_span(tokens.first)=> u16)
            }
            _ => quote_spanned!(source.user_span(tokens.first)=> &str),
        };
        let check = call(reader.check(), tokens, source, quote!(#name));
        quote! {
            const #name: #type_ = #expression;
            const _: () = #check;
        }
    });
    constants.collect()
}

/// The checks between values of which one is a constant.
pub(super) fn checks(unikernel: &Unikernel, source: &Source) -> TokenStream {
    let mut written = BTreeSet::new();
    let mut checks = TokenStream::new();
    let mut lists = 0;
    for variant in &unikernel.variants {
        let pairs = &variant.checked.deferred;
        for check in pairs.iter().map(|pair| self::pair(pair, source)) {
            // Targets may have values in common.
            if written.insert(check.to_string()) {
                checks.extend(check);
            }
        }
        for list in &variant.checked.ports {
            lists += 1;
            checks.extend(ports(list, lists, source));
        }
    }
    checks
}

fn pair(deferred: &Deferred, source: &Source) -> TokenStream {
    let constants = source.constants();
    let (place, is) = deferred.other;
    let other = format!("{is} at {}", at(source, place));
    let (function, values) = match deferred.pair {
        Pair::Gateway(gateway, interface) => {
            let gateway = value(gateway, constants, address);
            let interface = value(interface, constants, interface_address);
            ("gateway_of", quote!(#gateway, #interface))
        }
        Pair::Networks(one, another) => {
            let [one, another] =
                [one, another].map(|network| value(network, constants, interface_address));
            ("networks", quote!(#one, #another))
        }
        Pair::MacAddresses(one, another) => {
            let [one, another] = [one, another].map(|mac| value(mac, constants, mac_address));
            ("mac_addresses", quote!(#one, #another))
        }
        Pair::PortBesideDhcp(port) => ("port_beside_dhcp", value(port, constants, number)),
    };
    let check = call(
        function,
        source.tokens(deferred.span),
        source,
        quote!(#values, #other),
    );
    quote!(const _: () = #check;)
}

fn ports(list: &PortList, list_number: usize, source: &Source) -> TokenStream {
    let entries = list.ports.iter().map(|port| {
        let number = value(port.value, source.constants(), number);
        let at = at(source, port.span);
        quote!((#number, #at))
    });
    let name = format_ident!("_{list_number}_PORTS", span = Span::mixed_site());
    let protocol = match list.protocol {
        Protocol::Tcp => quote!(Tcp),
        Protocol::Udp => quote!(Udp),
        Protocol::Both => quote!(Both),
    };
    let protocol = quote!(_rt::graph::Protocol::#protocol);
    let checks = list.ports.iter().enumerate().skip(1).map(|(index, port)| {
        let tokens = source.tokens(port.span);
        let index = Literal::usize_unsuffixed(index);
        let check = call(
            "port_among",
            tokens,
            source,
            quote!(#protocol, #name, #index),
        );
        quote!(const _: () = #check;)
    });
    quote! {
        const #name: &[(u16, &str)] = &[#(#entries),*];
        #(#checks)*
    }
}

fn at(source: &Source, span: SpanId) -> String {
    let location = source.location(span);
    format!("{}:{}", location.line, location.column)
}

/// A call whose tokens span `tokens`: what it reports, the compiler shows there.
pub(super) fn call(
    function: &str,
    tokens: Tokens,
    source: &Source,
    arguments: TokenStream,
) -> TokenStream {
    let (first, last) = (
        source.user_span(tokens.first),
        source.user_span(tokens.last),
    );
    let function = Ident::new(function, first);
    let path = quote_spanned!(first=> _rt::graph::constant::#function);
    let mut arguments = Group::new(Delimiter::Parenthesis, arguments);
    arguments.set_span(last);
    quote!(#path #arguments)
}
