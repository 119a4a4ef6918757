//! The configurations of the built-in devices, as expressions.

use super::{
    chosen::chosen,
    planned,
    value::{Values, mac_address, number, option, value},
};
use crate::{
    constant::Constant,
    variant::{Unikernel, Variant},
};
use mirage_graph::{
    graph::{
        Addressing, ConfigValue, DNS, Disk, GATEWAY6, Graph, IP6, Interface, Limits, NodeId,
        NodeKind, Optional, Property, SpanId, Spanned,
    },
    port::Protocol,
    target::Driver,
};
use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::quote;

impl Values<'_> {
    /// The configuration of a built-in device; `None` for a custom device or one that has none.
    pub(super) fn configuration(self, id: NodeId) -> Option<TokenStream> {
        match &self.variant.graph.node(id).kind {
            NodeKind::Port(protocol, port, limits) => {
                Some(self.port(*protocol, port.value, limits))
            }
            NodeKind::Disk(disk) => Some(self.disk(id, disk)),
            NodeKind::Interface(interface) => Some(self.interface(id, interface)),
            NodeKind::Console
            | NodeKind::Clock
            | NodeKind::Random
            | NodeKind::Custom(_)
            | NodeKind::Arguments(_) => None,
            NodeKind::Remote(remote) => Some(planned::remote(remote)),
        }
    }

    fn port(self, protocol: Protocol, port: ConfigValue<u16>, limits: &Limits) -> TokenStream {
        let port = value(port, self.constants, number);
        let declared = limits.properties().filter_map(|(name, limit)| {
            let field = Ident::new(name, Span::call_site());
            let limit = self.property(limit?);
            // By default, only memory limits connections, and the interface chooses the algorithm.
            let limit = match name {
                "connections" | "congestion" => option(Some(limit)),
                _ => limit,
            };
            Some(quote!(#field: #limit,))
        });
        let declared: TokenStream = declared.collect();
        let type_ = match protocol {
            Protocol::Tcp => quote!(_rt::graph::net::TcpPort),
            Protocol::Udp => quote!(_rt::graph::net::UdpPort),
            Protocol::Both => quote!(_rt::graph::net::ServicePort),
        };
        match declared.is_empty() {
            true => quote!(#type_::at(#port)),
            false => quote!(#type_ { #declared ..#type_::at(#port) }),
        }
    }

    fn interface(self, id: NodeId, interface: &Interface) -> TokenStream {
        let graph = &self.variant.graph;
        let node = &graph.node(id).name;
        let address = match interface.address.value {
            Addressing::Static(_) => self.interface_address(id, interface),
            Addressing::Dhcp | Addressing::BootOrDhcp => self.dhcp(id, interface),
            Addressing::Absent => quote!(_rt::graph::net::WithoutIpv4),
        };
        let congestion = self.property(or_default(interface.congestion).into());
        let ecn = self.property(or_default(interface.ecn).into());
        let conflict_detection = or_default(interface.conflict_detection);
        let conflict_detection = self.property(conflict_detection.into());
        let gateway = self.optional_gateway(id, interface);
        // The gateway may be absent at boot, three have defaults, and name servers and IPv6 are not part of
        // it.
        let is_optional = |name| {
            let special = [
                "gateway",
                "congestion",
                "ecn",
                "conflict_detection",
                DNS,
                IP6,
                GATEWAY6,
            ];
            !special.contains(&name)
        };
        let ipv6 = self.ipv6(id, interface);
        let declare = self.name_servers(id, interface);
        let declare = declare.map(|servers| quote!(.with_name_servers(#servers)));
        let properties = interface
            .properties()
            .filter(|(name, _)| is_optional(*name));
        let properties = self.properties(id, properties);
        let others = graph.interfaces();
        let index = others.take_while(|(other, _)| *other != id).count();
        let index = Literal::usize_unsuffixed(index);
        let solo5_name = graph.solo5_name(id);
        let ports = self.ports_of(id);
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
                #properties
                congestion: #congestion,
                ecn: #ecn,
                conflict_detection: #conflict_detection,
                index: #index,
                mac_addresses: #mac_addresses,
                ports: &[#(#ports),*],
            }
            #declare
            #ipv6
        }
    }

    /// The numbers of the ports of an interface.
    fn ports_of(self, interface: NodeId) -> Vec<TokenStream> {
        let nodes = self.variant.graph.nodes.iter();
        let ports = nodes.filter_map(|node| match &node.kind {
            NodeKind::Port(_, port, _) if node.on.iter().any(|used| used.node == interface) => {
                Some(value(port.value, self.constants, number))
            }
            _ => None,
        });
        ports.collect()
    }

    /// An address by DHCP, which must not be in another interface's network.
    fn dhcp(self, id: NodeId, interface: &Interface) -> TokenStream {
        let address = self.optional_address(id, interface);
        let others = others_with_addresses(&self.variant.graph, id);
        let others = others.map(|(id, other)| self.optional_address(id, other));
        quote!(_rt::graph::net::Dhcp { address: #address, others: [#(#others),*] })
    }

    fn disk(self, id: NodeId, disk: &Disk) -> TokenStream {
        let graph = &self.variant.graph;
        let node = &graph.node(id).name;
        let properties = self.properties(id, disk.properties());
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

    /// The optional properties of a node, as fields.
    fn properties(
        self,
        id: NodeId,
        properties: impl Iterator<Item = (&'static str, Option<Property>)>,
    ) -> TokenStream {
        let fields = properties.map(|(name, value)| {
            let field = Ident::new(name, Span::call_site());
            let value = self.optional(id, value);
            quote!(#field: #value,)
        });
        fields.collect()
    }
}

/// The interfaces beside `id` that have a configured address, or may be given one at boot.
pub(super) fn others_with_addresses(
    graph: &Graph,
    id: NodeId,
) -> impl Iterator<Item = (NodeId, &Interface)> {
    graph.interfaces().filter(move |(other, interface)| {
        *other != id
            && !matches!(
                interface.address.value,
                Addressing::Dhcp | Addressing::Absent
            )
    })
}

/// The MAC addresses by which interfaces find their devices, if they have any.
pub(super) fn mac_addresses(unikernel: &Unikernel, constants: &[Constant]) -> TokenStream {
    let select = |variant: &Variant| variant.graph.mac_addresses();
    let mut variants = unikernel.variants.iter();
    if variants.all(|variant| select(variant).is_empty()) {
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
pub(super) fn dependencies(variant: &Variant, id: NodeId) -> Vec<NodeKind> {
    let graph = &variant.graph;
    let kind = |id| match graph.node(id).kind.clone() {
        // The driver is only in the manifest.
        NodeKind::Interface(interface) => NodeKind::Interface(Interface {
            driver: NO_DRIVER,
            ..interface
        }),
        NodeKind::Disk(disk) => NodeKind::Disk(Disk {
            driver: NO_DRIVER,
            ..disk
        }),
        other => other,
    };
    match &graph.node(id).kind {
        // Its lease must not be in the networks of the others.
        NodeKind::Interface(interface) if interface.address.value.may_use_dhcp() => {
            graph.interfaces().map(|(id, _)| kind(id)).collect()
        }
        _ => vec![kind(id)],
    }
}

const NO_DRIVER: Spanned<Driver> = Spanned::new(Driver::Auto, SpanId(0));

/// The value of a property that is its type's default if absent.
fn or_default<T: Default>(property: Optional<T>) -> ConfigValue<T> {
    property.map_or_else(
        || ConfigValue::Known(T::default()),
        |property| property.value,
    )
}
