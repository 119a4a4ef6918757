//! The configurations of the built-in devices, as expressions.

use super::{chosen, setting};
use crate::{
    constant::Constant,
    variant::{Unikernel, Variant},
};
use mirage_graph::{
    address::InterfaceAddress,
    graph::{Addressing, ConfigValue, Disk, Interface, Kind, Limits, NodeId, Spanned},
    mac_address::MacAddress,
    port::Protocol,
};
use proc_macro2::{Literal, TokenStream};
use quote::{ToTokens, quote};
use std::net::Ipv4Addr;

/// The configuration of a built-in device; `None` for a custom device or one that has none.
pub(super) fn configuration(
    variant: &Variant,
    id: NodeId,
    constants: &[Constant],
) -> Option<TokenStream> {
    let graph = &variant.resolved.graph;
    match &graph.node(id).kind {
        Kind::Console | Kind::Clock | Kind::Random | Kind::Custom(_) | Kind::Arguments(_) => None,
        Kind::Port(protocol, port, limits) => Some(of_port(*protocol, *port, limits, constants)),
        Kind::Disk(disk) => Some(of_disk(variant, id, disk, constants)),
        Kind::Interface(interface) => Some(of_interface(variant, id, interface, constants)),
    }
}

fn of_port(
    protocol: Protocol,
    port: Spanned<ConfigValue<u16>>,
    limits: &Limits,
    constants: &[Constant],
) -> TokenStream {
    let number =
        |limit: Spanned<ConfigValue<u16>>| setting::value(limit.value, constants, self::number);
    let bytes = |buffer: Spanned<ConfigValue<u64>>| {
        setting::value(buffer.value, constants, |bytes| {
            Literal::u64_unsuffixed(bytes).to_token_stream()
        })
    };
    let port = number(port);
    let connections = limits.connections.map(|limit| {
        let limit = number(limit);
        quote!(connections: ::core::option::Option::Some(#limit),)
    });
    let datagrams = limits.datagrams.map(|limit| {
        let limit = number(limit);
        quote!(datagrams: #limit,)
    });
    let receive = limits.receive.map(|buffer| {
        let bytes = bytes(buffer);
        quote!(receive: #bytes,)
    });
    let transmit = limits.transmit.map(|buffer| {
        let bytes = bytes(buffer);
        quote!(transmit: #bytes,)
    });
    let type_ = match protocol {
        Protocol::Tcp => quote!(TcpPort),
        Protocol::Udp => quote!(UdpPort),
        Protocol::Both => quote!(ServicePort),
    };
    let usual = quote!(_rt::graph::net::#type_::at(#port));
    if *limits == Limits::default() {
        return usual;
    }
    quote! {
        _rt::graph::net::#type_ {
            #connections
            #datagrams
            #receive
            #transmit
            ..#usual
        }
    }
}

fn of_interface(
    variant: &Variant,
    id: NodeId,
    interface: &Interface,
    constants: &[Constant],
) -> TokenStream {
    let graph = &variant.resolved.graph;
    let node = &graph.node(id).name;
    let address = match interface.address.value {
        Addressing::Static(_) => setting::interface_address_of(variant, id, interface, constants),
        Addressing::Dhcp => dhcp(variant, constants),
    };
    let gateway = option(
        interface
            .gateway
            .map(|gateway| setting::gateway_of(variant, id, gateway.value, constants)),
    );
    let mac = option(
        interface
            .mac
            .map(|mac| setting::value(mac.value, constants, mac_address)),
    );
    let mtu = option(
        interface
            .mtu
            .map(|mtu| setting::value(mtu.value, constants, number)),
    );
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
            gateway: #gateway,
            mac: #mac,
            mtu: #mtu,
            index: #index,
            mac_addresses: #mac_addresses,
        }
    }
}

/// An address by DHCP, which must not be in a network of another interface.
fn dhcp(variant: &Variant, constants: &[Constant]) -> TokenStream {
    let others = variant.resolved.graph.interfaces();
    let others = others.filter(|(_, other)| other.address.value != Addressing::Dhcp);
    let others =
        others.map(|(id, other)| setting::interface_address_of(variant, id, other, constants));
    quote!(_rt::graph::net::Dhcp { others: [#(#others),*] })
}

fn of_disk(variant: &Variant, id: NodeId, disk: &Disk, constants: &[Constant]) -> TokenStream {
    let graph = &variant.resolved.graph;
    let node = &graph.node(id).name;
    let size = option(
        disk.size
            .map(|size| setting::value(size.value, constants, |size| size.to_token_stream())),
    );
    let solo5_name = graph.solo5_name(id);
    let names = graph.disks().map(|(id, _)| &graph.node(id).name);
    quote! {
        _rt::graph::block::DiskConfig {
            node: #node,
            solo5_name: #solo5_name,
            size: #size,
            disks: &[#(#names),*],
        }
    }
}

/// The MAC addresses by which the machine's devices are known, if there are any.
pub(super) fn mac_addresses(unikernel: &Unikernel, constants: &[Constant]) -> TokenStream {
    let mac_addresses = |variant: &Variant| variant.resolved.graph.mac_addresses();
    if unikernel
        .variants
        .iter()
        .map(mac_addresses)
        .all(|all| all.is_empty())
    {
        return TokenStream::new();
    }
    let mac_addresses = chosen(unikernel, |variant| {
        let mac_addresses = mac_addresses(variant).into_iter();
        let mac_addresses = mac_addresses.map(|mac| setting::value(mac, constants, mac_address));
        quote!(&[#(#mac_addresses),*])
    });
    quote!(const _MAC_ADDRESSES: &[_rt::net::MacAddress] = #mac_addresses;)
}

pub(super) fn interface_address(interface: InterfaceAddress) -> TokenStream {
    let address = address(interface.address);
    let prefix_length = Literal::u8_unsuffixed(interface.prefix_length);
    quote!(_rt::net::InterfaceAddress { address: #address, prefix_length: #prefix_length })
}

pub(super) fn address(address: Ipv4Addr) -> TokenStream {
    let octets = address.octets().map(Literal::u8_unsuffixed);
    quote!(::core::net::Ipv4Addr::new(#(#octets),*))
}

pub(super) fn mac_address(address: MacAddress) -> TokenStream {
    let octets = address.0.map(|octet| {
        let written = format!("{octet:#04x}").parse::<Literal>();
        written.expect("a number in hexadecimal")
    });
    quote!(_rt::net::MacAddress([#(#octets),*]))
}

pub(super) fn number(number: u16) -> TokenStream {
    Literal::u16_unsuffixed(number).into_token_stream()
}

fn option(value: Option<impl ToTokens>) -> TokenStream {
    match value {
        Some(value) => quote!(::core::option::Option::Some(#value)),
        None => quote!(::core::option::Option::None),
    }
}
