//! The configurations of the built-in devices, as expressions.

use mirage_graph::{
    graph::{Interface, Kind, Node},
    target::Driver,
};
use proc_macro2::{Literal, TokenStream};
use quote::{ToTokens, quote};
use std::net::Ipv4Addr;

/// The configuration of a built-in device; `None` for one that has none, or is the user's own.
pub(super) fn configuration(node: &Node) -> Option<TokenStream> {
    match &node.kind {
        Kind::Console | Kind::Clock | Kind::Random | Kind::Own(_) => None,
        Kind::Tcp(port) => {
            let port = port.value;
            Some(quote!(net::TcpPort { port: #port }))
        }
        Kind::Udp(port) => {
            let port = port.value;
            Some(quote!(net::UdpPort { port: #port }))
        }
        Kind::Interface(interface) => Some(of_interface(&node.name, interface)),
    }
}

fn of_interface(node: &str, interface: &Interface) -> TokenStream {
    let driver = match interface.driver.value {
        Driver::Auto => quote!(Auto),
        Driver::Virtio => quote!(Virtio),
        Driver::Tap => quote!(Tap),
    };
    let address = address(interface.address.value);
    let prefix_length = interface.prefix_length;
    let gateway = interface.gateway.map(|gateway| gateway.value);
    let gateway = option(gateway.map(self::address));
    let mac = option(interface.mac.map(|mac| {
        let octets = mac.0.map(Literal::u8_suffixed);
        quote!([#(#octets),*])
    }));
    let mtu = option(interface.mtu);
    quote! {
        net::Interface {
            node: #node,
            driver: driver::#driver,
            address: #address,
            prefix_length: #prefix_length,
            gateway: #gateway,
            mac: #mac,
            mtu: #mtu,
        }
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
