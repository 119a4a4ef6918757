//! The rules about peers, which hold for each interface.

use super::{
    chosen::chosen,
    value::{address, number, value},
};
use crate::{
    context::Context,
    membership::{Client, Guard, Peer},
    variant::{Unikernel, Variant},
};
use mirage_graph::{
    graph::{ConfigValue, NodeKind},
    port::Protocol,
};
use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::quote;

/// The constant with the rules, if there are any.
pub(super) fn rules(unikernel: &Unikernel, context: &Context) -> Option<TokenStream> {
    let guard = unikernel.resolved.guard.as_ref()?;
    let rules = chosen(unikernel, ports, |variant, ports| {
        let connects = connects(variant).chain(peers(guard, variant));
        let connects = match guard.is_closed {
            true => quote!(::core::option::Option::Some(&[#(#connects),*])),
            false => quote!(::core::option::Option::None),
        };
        let accepts = ports
            .into_iter()
            .flat_map(|(name, protocol, port)| accepts(guard, &name, protocol, port, context));
        let members = guard.members.iter().copied().map(address);
        quote! {
            _rt::graph::net::Rules {
                connects: #connects,
                accepts: &[#(#accepts),*],
                members: &[#(#members),*],
            }
        }
    });
    Some(quote!(const _RULES: _rt::graph::net::Rules = #rules;))
}

/// The ports: their names, protocols and numbers.
fn ports(variant: &Variant) -> Vec<(String, Protocol, ConfigValue<u16>)> {
    let nodes = variant.graph.nodes.iter();
    let ports = nodes.filter_map(|node| match &node.kind {
        NodeKind::Port(protocol, port, _) => Some((node.name.clone(), *protocol, port.value)),
        _ => None,
    });
    ports.collect()
}

/// The peers that links lead to.
fn connects(variant: &Variant) -> impl Iterator<Item = TokenStream> {
    let nodes = variant.graph.nodes.iter();
    let remotes = nodes.filter_map(|node| match &node.kind {
        NodeKind::Remote(remote) => Some(remote),
        _ => None,
    });
    remotes.flat_map(|remote| {
        let each = remote.protocol.each().iter().copied();
        each.map(|each| {
            let (protocol, address) = (protocol(each), address(*remote.address.ip()));
            let port = Literal::u16_unsuffixed(remote.address.port());
            quote! {
                _rt::graph::net::Peer {
                    protocol: #protocol,
                    address: ::core::option::Option::Some(#address),
                    port: #port,
                }
            }
        })
    })
}

/// The ports of everyone: those that are declared, and that of DHCP servers (RFC 2131, section 4.1).
fn peers(guard: &Guard, variant: &Variant) -> Vec<TokenStream> {
    const DHCP_SERVER: Peer = Peer {
        protocol: Protocol::Udp,
        port: 67,
    };
    let mut interfaces = variant.graph.interfaces();
    let may_use_dhcp = interfaces.any(|(_, interface)| interface.address.value.may_use_dhcp());
    let dhcp = may_use_dhcp.then_some(DHCP_SERVER);
    let peers = guard.peers.iter().copied().chain(dhcp);
    peers
        .map(|peer| {
            let protocol = protocol(peer.protocol);
            let port = Literal::u16_unsuffixed(peer.port);
            quote! {
                _rt::graph::net::Peer {
                    protocol: #protocol,
                    address: ::core::option::Option::None,
                    port: #port,
                }
            }
        })
        .collect()
}

/// Who may use a port, for each of its protocols.
fn accepts(
    guard: &Guard,
    name: &str,
    protocols: Protocol,
    port: ConfigValue<u16>,
    context: &Context,
) -> Vec<TokenStream> {
    let clients: Vec<_> = match guard.clients.get(name) {
        None => vec![quote!(_rt::graph::net::Client::Anyone)],
        Some(listed) => listed.iter().map(client).collect(),
    };
    let each = protocols.each().iter().copied();
    each.map(|each| {
        let protocol = protocol(each);
        let port = value(port, context.constants(), number);
        quote! {
            _rt::graph::net::Accept { protocol: #protocol, port: #port, clients: &[#(#clients),*] }
        }
    })
    .collect()
}

fn client(client: &Client) -> TokenStream {
    match client {
        Client::Outside => quote!(_rt::graph::net::Client::Outside),
        Client::Host(host) => {
            let host = address(*host);
            quote!(_rt::graph::net::Client::Host(#host))
        }
    }
}

fn protocol(protocol: Protocol) -> TokenStream {
    let name = match protocol {
        Protocol::Udp => "Udp",
        Protocol::Tcp | Protocol::Both => "Tcp",
    };
    let name = Ident::new(name, Span::call_site());
    quote!(_rt::graph::net::Protocol::#name)
}
