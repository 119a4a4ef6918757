//! The configurations of the built-in devices, as expressions.

use super::{
    chosen::chosen,
    value::{interface_address_of, mac_address, number, option, property, value},
};
use crate::{
    constant::Constant,
    variant::{Unikernel, Variant},
};
use mirage_graph::{
    graph::{
        Addressing, ConfigValue, Disk, Interface, Kind, Limits, NodeId, Property, SpanId, Spanned,
    },
    port::Protocol,
    target::Driver,
};
use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::quote;

/// The configuration of a built-in device; `None` for a custom device or one that has none.
pub(super) fn configuration(
    variant: &Variant,
    id: NodeId,
    constants: &[Constant],
) -> Option<TokenStream> {
    let graph = &variant.graph;
    match &graph.node(id).kind {
        Kind::Console | Kind::Clock | Kind::Random | Kind::Custom(_) | Kind::Arguments(_) => None,
        Kind::Port(protocol, port, limits) => Some(port_config(
            variant, id, *protocol, *port, limits, constants,
        )),
        Kind::Disk(disk) => Some(disk_config(variant, id, disk, constants)),
        Kind::Interface(interface) => Some(interface_config(variant, id, interface, constants)),
    }
}

fn port_config(
    variant: &Variant,
    id: NodeId,
    protocol: Protocol,
    port: Spanned<ConfigValue<u16>>,
    limits: &Limits,
    constants: &[Constant],
) -> TokenStream {
    let port = value(port.value, constants, number);
    let declared = limits.properties().filter_map(|(name, limit)| {
        let field = Ident::new(name, Span::call_site());
        let limit = property(variant, id, limit?, constants);
        // By default, only memory limits connections.
        let limit = match name {
            "connections" => option(Some(limit)),
            _ => limit,
        };
        Some(quote!(#field: #limit,))
    });
    let declared: Vec<_> = declared.collect();
    let type_ = match protocol {
        Protocol::Tcp => quote!(TcpPort),
        Protocol::Udp => quote!(UdpPort),
        Protocol::Both => quote!(ServicePort),
    };
    let default = quote!(_rt::graph::net::#type_::at(#port));
    if declared.is_empty() {
        return default;
    }
    quote! {
        _rt::graph::net::#type_ { #(#declared)* ..#default }
    }
}

/// The optional properties of a node, as fields.
fn properties(
    variant: &Variant,
    id: NodeId,
    properties: impl Iterator<Item = (&'static str, Option<Property>)>,
    constants: &[Constant],
) -> TokenStream {
    let fields = properties.map(|(name, value)| {
        let field = Ident::new(name, Span::call_site());
        let value = option(value.map(|value| property(variant, id, value, constants)));
        quote!(#field: #value,)
    });
    fields.collect()
}

fn interface_config(
    variant: &Variant,
    id: NodeId,
    interface: &Interface,
    constants: &[Constant],
) -> TokenStream {
    let graph = &variant.graph;
    let node = &graph.node(id).name;
    let address = match interface.address.value {
        Addressing::Static(_) => interface_address_of(variant, id, interface, constants),
        Addressing::Dhcp => dhcp(variant, constants),
    };
    let properties = properties(variant, id, interface.properties(), constants);
    let others = graph.interfaces();
    let index = others.take_while(|(other, _)| *other != id).count();
    let index = Literal::usize_unsuffixed(index);
    let solo5_name = graph.solo5_name(id);
    let mac_addresses = match graph.mac_addresses().is_empty() {
        true => quote!(&[]),
        false => quote!(_MAC_ADDRESSES),
    };
    quote! {
        _rt::graph::net::Interface {
            node: #node,
            solo5_name: #solo5_name,
            address: #address,
            #properties
            index: #index,
            mac_addresses: #mac_addresses,
        }
    }
}

/// An address by DHCP, which must not be in another interface's network.
fn dhcp(variant: &Variant, constants: &[Constant]) -> TokenStream {
    let others = variant.graph.interfaces();
    let others = others.filter(|(_, other)| other.address.value != Addressing::Dhcp);
    let others = others.map(|(id, other)| interface_address_of(variant, id, other, constants));
    quote!(_rt::graph::net::Dhcp { others: [#(#others),*] })
}

fn disk_config(variant: &Variant, id: NodeId, disk: &Disk, constants: &[Constant]) -> TokenStream {
    let graph = &variant.graph;
    let node = &graph.node(id).name;
    let properties = properties(variant, id, disk.properties(), constants);
    let solo5_name = graph.solo5_name(id);
    let names = graph.disks().map(|(id, _)| &graph.node(id).name);
    quote! {
        _rt::graph::block::DiskConfig {
            node: #node,
            solo5_name: #solo5_name,
            #properties
            disks: &[#(#names),*],
        }
    }
}

/// The MAC addresses by which interfaces find their devices, if they have any.
pub(super) fn mac_addresses(unikernel: &Unikernel, constants: &[Constant]) -> TokenStream {
    let select = |variant: &Variant| variant.graph.mac_addresses();
    if unikernel
        .variants
        .iter()
        .all(|variant| select(variant).is_empty())
    {
        return TokenStream::new();
    }
    let mac_addresses = chosen(unikernel, select, |_, mac_addresses| {
        let mac_addresses = mac_addresses.into_iter();
        let mac_addresses = mac_addresses.map(|mac| value(mac, constants, mac_address));
        quote!(&[#(#mac_addresses),*])
    });
    quote!(const _MAC_ADDRESSES: &[_rt::net::MacAddress] = #mac_addresses;)
}

/// The kinds that the configuration of a built-in device depends on.
pub(super) fn dependencies(variant: &Variant, id: NodeId) -> Vec<Kind> {
    let graph = &variant.graph;
    let kind = |id| match graph.node(id).kind.clone() {
        // The driver is only in the manifest.
        Kind::Interface(interface) => Kind::Interface(Interface {
            driver: NO_DRIVER,
            ..interface
        }),
        Kind::Disk(disk) => Kind::Disk(Disk {
            driver: NO_DRIVER,
            ..disk
        }),
        other => other,
    };
    match &graph.node(id).kind {
        // Its lease must not be in the networks of the others.
        Kind::Interface(interface) if interface.address.value == Addressing::Dhcp => {
            graph.interfaces().map(|(id, _)| kind(id)).collect()
        }
        _ => vec![kind(id)],
    }
}

const NO_DRIVER: Spanned<Driver> = Spanned {
    value: Driver::Auto,
    span: SpanId(0),
};
