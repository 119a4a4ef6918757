//! The statics that hold the configurations of the built-in devices.

use mirage_graph::{
    graph::{Graph, Interface, Kind, Node, NodeId},
    target::Driver,
};
use proc_macro2::{Ident, Literal, TokenStream};
use quote::{ToTokens, format_ident, quote};
use std::{collections::BTreeSet, net::Ipv4Addr};

/// The static that holds a node's configuration. Names of nodes may differ by case only, be any of
/// the expansion's own, or be the same in capitals, and no variable can have the name of a static.
pub(super) fn static_of(graph: &Graph, id: NodeId) -> Ident {
    let nodes = graph.nodes[..=id.0].iter();
    let mut taken: BTreeSet<String> = graph.nodes.iter().map(|node| node.name.clone()).collect();
    taken.extend(["IMAGE".into(), "MANIFEST".into()]);
    let mut name = String::new();
    for node in nodes {
        let capitals = node.name.to_uppercase();
        name = capitals.clone();
        let mut count = 1;
        while !taken.insert(name.clone()) {
            name = format!("{capitals}_{count}");
            count += 1;
        }
    }
    format_ident!("{name}")
}

/// The configuration of a node that has one.
pub(super) fn configuration(graph: &Graph, id: NodeId, node: &Node) -> Option<TokenStream> {
    let name = static_of(graph, id);
    Some(match &node.kind {
        // A device of the user's own has its configuration where it is made.
        Kind::Console | Kind::Clock | Kind::Random | Kind::Own(_) => return None,
        Kind::Tcp(port) => {
            let port = port.value;
            quote! { static #name: net::TcpPort = net::TcpPort { port: #port }; }
        }
        Kind::Udp(port) => {
            let port = port.value;
            quote! { static #name: net::UdpPort = net::UdpPort { port: #port }; }
        }
        Kind::Interface(interface) => interface_configuration(node, &name, interface),
    })
}

fn interface_configuration(node: &Node, name: &Ident, interface: &Interface) -> TokenStream {
    let node = &node.name;
    let driver = match interface.driver.value {
        Driver::Auto => quote!(Auto),
        Driver::Virtio => quote!(Virtio),
        Driver::Tap => quote!(Tap),
    };
    let address = address(interface.address.value);
    let prefix_length = interface.prefix_length;
    let gateway = option(
        interface
            .gateway
            .map(|gateway| self::address(gateway.value)),
    );
    let mac = option(interface.mac.map(|mac| {
        let octets = mac.0.map(Literal::u8_suffixed);
        quote!([#(#octets),*])
    }));
    let mtu = option(interface.mtu);
    quote! {
        static #name: net::Interface<driver::#driver> = net::Interface {
            node: #node,
            driver: driver::#driver,
            address: #address,
            prefix_length: #prefix_length,
            gateway: #gateway,
            mac: #mac,
            mtu: #mtu,
        };
    }
}

fn address(address: Ipv4Addr) -> TokenStream {
    let octets = address.octets().map(Literal::u8_unsuffixed);
    quote!(::core::net::Ipv4Addr::new(#(#octets),*))
}

fn option(value: Option<impl ToTokens>) -> TokenStream {
    match value {
        Some(value) => quote!(::core::option::Option::Some(#value)),
        None => quote!(::core::option::Option::None),
    }
}
