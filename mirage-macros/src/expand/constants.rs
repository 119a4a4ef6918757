//! Constant expressions, and the checks that only constant evaluation can do.

use super::value::{address, enum_variant, interface_address, mac_address, number, value};
use crate::{context::Context, span::Tokens, variant::Unikernel};
use mirage_graph::{
    check::{Deferred, Pair, PortList},
    graph::SpanId,
};
use proc_macro2::{Delimiter, Group, Ident, Literal, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};

/// The constants, each with a check that reports an invalid value at the expression.
pub(super) fn constants(context: &Context) -> TokenStream {
    let constants = context.constants().iter();
    let constants = constants.filter(|constant| !constant.is_invalid);
    let constants = constants.map(|constant| {
        let (name, expression) = (&constant.name, &constant.expression);
        let tokens = Tokens::new(expression);
        // rustc reports a value of another type at the expression, and the type that it expects.
        let type_ = constant.type_(context.spans.user_span(tokens.first));
        let (function, arguments) = constant.check();
        let check = call(&function, tokens, context, arguments);
        quote! {
            const #name: #type_ = #expression;
            const _: () = #check;
        }
    });
    constants.collect()
}

/// The checks between values of which one is a constant.
pub(super) fn checks(unikernel: &Unikernel, context: &Context) -> TokenStream {
    let variants = unikernel.variants.iter();
    let pairs = distinct(
        variants
            .clone()
            .flat_map(|variant| &variant.checked.deferred),
    );
    let lists = distinct(variants.flat_map(|variant| &variant.checked.ports));
    let pairs = pairs.into_iter().map(|pair| self::pair(pair, context));
    let lists = lists.into_iter().zip(1..);
    let lists = lists.map(|(list, number)| ports(list, number, context));
    pairs.chain(lists).collect()
}

/// The different ones: variants have values in common, and their checks.
fn distinct<'a, T: PartialEq>(all: impl Iterator<Item = &'a T>) -> Vec<&'a T> {
    let mut distinct = Vec::new();
    for one in all {
        if !distinct.contains(&one) {
            distinct.push(one);
        }
    }
    distinct
}

fn pair(deferred: &Deferred, context: &Context) -> TokenStream {
    let constants = context.constants();
    let (span, is) = deferred.other;
    let other = format!("{is} at {}", position(context, span));
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
        context.spans.tokens(deferred.span),
        context,
        quote!(#values, #other),
    );
    quote!(const _: () = #check;)
}

fn ports(list: &PortList, list_number: u32, context: &Context) -> TokenStream {
    let entries = list.ports.iter().map(|port| {
        let number = value(port.value, context.constants(), number);
        let position = position(context, port.span);
        quote!((#number, #position))
    });
    let name = format_ident!("_{list_number}_PORTS", span = Span::mixed_site());
    let protocol = enum_variant(list.protocol);
    let protocol = quote!(_rt::graph::Protocol::#protocol);
    let checks = list.ports.iter().enumerate().skip(1).map(|(index, port)| {
        let tokens = context.spans.tokens(port.span);
        let index = Literal::usize_unsuffixed(index);
        let check = call(
            "port_among",
            tokens,
            context,
            quote!(#protocol, #name, #index),
        );
        quote!(const _: () = #check;)
    });
    quote! {
        const #name: &[(u16, &str)] = &[#(#entries),*];
        #(#checks)*
    }
}

fn position(context: &Context, span: SpanId) -> String {
    let location = context.spans.location(span);
    format!("{}:{}", location.line, location.column)
}

/// A call of a check whose span is that of `tokens`, where rustc reports its error.
pub(super) fn call(
    function: &str,
    tokens: Tokens,
    context: &Context,
    arguments: TokenStream,
) -> TokenStream {
    let (first, last) = (
        context.spans.user_span(tokens.first),
        context.spans.user_span(tokens.last),
    );
    let function = Ident::new(function, first);
    let path = quote_spanned!(first=> _rt::graph::constant::#function);
    let mut arguments = Group::new(Delimiter::Parenthesis, arguments);
    arguments.set_span(last);
    quote!(#path #arguments)
}
