//! Values, as expressions.

use crate::{constant::Constant, variant::Variant};
use mirage_graph::{
    address::InterfaceAddress,
    argument::{
        IPV4,
        standard::{DNS_SERVERS, IPV4_GATEWAY, IPV4_ONLY, IPV6, IPV6_GATEWAY, IPV6_ONLY},
    },
    conflict_detection::ConflictDetection,
    congestion::Congestion,
    ecn::Ecn,
    graph::{Addressing, ConfigValue, Interface, NodeId, Property},
    ipv6::Ipv6InterfaceAddress,
    mac_address::MacAddress,
    name_servers::NameServers,
};
use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{ToTokens, format_ident, quote};
use std::{
    fmt::Debug,
    net::{Ipv4Addr, Ipv6Addr},
};

/// A value: a literal, the constant that it is, or the default of one that is given at boot.
pub(super) fn value<T>(
    value: ConfigValue<T>,
    constants: &[Constant],
    literal: impl FnOnce(T) -> TokenStream,
) -> TokenStream {
    match value {
        ConfigValue::Known(value) | ConfigValue::Boot(Some(value)) => literal(value),
        ConfigValue::Constant(position) | ConfigValue::BootOrConstant(position) => {
            constants[position].value()
        }
        ConfigValue::Boot(None) | ConfigValue::Unread => {
            unreachable!("the callers handle required arguments, and errors end the expansion")
        }
    }
}

/// The values of a variant's nodes.
#[derive(Clone, Copy)]
pub(super) struct Values<'a> {
    pub(super) variant: &'a Variant,
    pub(super) constants: &'a [Constant],
}

impl Values<'_> {
    /// The value of a property.
    pub(super) fn property(self, property: Property) -> TokenStream {
        match property {
            Property::Number(number) => value(number, self.constants, self::number),
            Property::Size(size) => value(size, self.constants, bytes),
            Property::Address(gateway) => value(gateway, self.constants, address),
            Property::MacAddress(address) => value(address, self.constants, mac_address),
            Property::Congestion(algorithm) => value(algorithm, self.constants, congestion),
            Property::Ecn(mode) => value(mode, self.constants, ecn),
            Property::NameServers(servers) => value(servers, self.constants, name_servers),
            Property::Ipv6Interface(source) => value(source, self.constants, |source| {
                option(source.address().map(ipv6_interface_address))
            }),
            Property::Ipv6Address(address) => value(address, self.constants, ipv6_address),
            Property::ConflictDetection(mode) => value(mode, self.constants, conflict_detection),
        }
    }

    /// The configured address of an interface, as an option: it is absent if a DHCP server leases it.
    pub(super) fn optional_address(self, id: NodeId, interface: &Interface) -> TokenStream {
        match interface.address.value {
            Addressing::Static(_) => option(Some(self.interface_address(id, interface))),
            Addressing::Dhcp | Addressing::Absent => option(None::<TokenStream>),
            Addressing::BootOrDhcp => {
                let type_ = quote!(_rt::graph::argument::AddressOrDhcp);
                let given = self.argument(id, IPV4, type_);
                quote!(#given.address())
            }
        }
    }

    /// The gateway of an interface, as an option. One that is given at boot need not be if a DHCP server may
    /// name it.
    pub(super) fn optional_gateway(self, id: NodeId, interface: &Interface) -> TokenStream {
        match interface.gateway.map(|gateway| gateway.value) {
            Some(gateway)
                if gateway.is_at_boot() && interface.address.value == Addressing::BootOrDhcp =>
            {
                let name = self.variant.graph.argument_name(id, IPV4_GATEWAY);
                let type_ = quote!(_rt::graph::argument::Gateway);
                quote!(_arguments.optional::<#type_>(#name)?.and_then(|gateway| gateway.0))
            }
            gateway => self.optional(id, gateway.map(Property::Address)),
        }
    }

    /// The declared name servers of an interface, if it declares any. They may be given at boot, or need not
    /// be if a DHCP server may name them.
    pub(super) fn name_servers(self, id: NodeId, interface: &Interface) -> Option<TokenStream> {
        let dns = interface.dns?.value;
        if !dns.is_at_boot() {
            return Some(self.property(dns.into()));
        }
        let type_ = quote!(_rt::graph::net::NameServers);
        if interface.address.value.may_use_dhcp() {
            let name = self.variant.graph.argument_name(id, DNS_SERVERS);
            let given = quote!(_arguments.optional::<#type_>(#name)?);
            return Some(quote!(#given.unwrap_or(#type_::NONE)));
        }
        Some(self.argument(id, DNS_SERVERS, type_))
    }

    /// The call that gives an interface IPv6, if it has it: with its address and its gateway, which is an
    /// option, or with SLAAC, where the address is an option, too. The gateway is checked at boot if one of
    /// them is given there.
    pub(super) fn ipv6(self, id: NodeId, interface: &Interface) -> Option<TokenStream> {
        let ip6 = interface.ip6?.value;
        let may_use_slaac = interface.may_use_slaac();
        let address = match (ip6.is_at_boot(), may_use_slaac) {
            (true, true) => {
                let given = self.argument(id, IPV6, quote!(_rt::graph::net::AddressOrSlaac));
                quote!(#given.address())
            }
            (true, false) => self.argument(id, IPV6, quote!(_rt::graph::net::Ipv6InterfaceAddress)),
            (false, _) => value(ip6, self.constants, |source| match source.address() {
                Some(address) => ipv6_interface_address(address),
                None => option(None::<TokenStream>),
            }),
        };
        let router = interface.gateway6.map(|gateway| gateway.value);
        let is_at_boot = router.is_some_and(|router| ip6.is_at_boot() || router.is_at_boot());
        let gateway = match router {
            Some(gateway) if gateway.is_at_boot() && may_use_slaac => {
                let name = self.variant.graph.argument_name(id, IPV6_GATEWAY);
                let type_ = quote!(_rt::graph::net::Ipv6Gateway);
                quote!(_arguments.optional::<#type_>(#name)?.and_then(|gateway| gateway.0))
            }
            Some(gateway) if gateway.is_at_boot() => {
                let type_ = quote!(_rt::graph::net::Ipv6Gateway);
                let given = self.argument(id, IPV6_GATEWAY, type_);
                quote!(#given.0)
            }
            gateway => option(gateway.map(|gateway| self.property(gateway.into()))),
        };
        let checked = is_at_boot.then(|| quote!(.checked()));
        let only = interface.has_choice_of_families().then(|| {
            let name = |flag| self.variant.graph.argument_name(id, flag);
            let (ipv4, ipv6) = (name(IPV4_ONLY), name(IPV6_ONLY));
            quote!(.with_only(_rt::graph::net::IpFamily::only(&_arguments, #ipv4, #ipv6)?))
        });
        Some(match may_use_slaac {
            true => quote!(.with_slaac(#address, #gateway) #checked #only),
            false => quote!(.with_ipv6(#address, #gateway) #checked #only),
        })
    }

    /// The configured address of an interface that asks no DHCP server.
    pub(super) fn interface_address(self, id: NodeId, interface: &Interface) -> TokenStream {
        match interface.address.value.configured() {
            address if address.is_at_boot() => {
                self.argument(id, IPV4, quote!(_rt::net::InterfaceAddress))
            }
            address => value(address, self.constants, interface_address),
        }
    }

    /// An optional property of the node `id`, as an `Option`.
    pub(super) fn optional(self, id: NodeId, property: Option<Property>) -> TokenStream {
        match property {
            Some(Property::Address(gateway)) if gateway.is_at_boot() => self.gateway_argument(id),
            property => option(property.map(|property| self.property(property))),
        }
    }

    /// The gateway of an interface that is given at boot, as an `Option`: the argument may be empty.
    pub(super) fn gateway_argument(self, id: NodeId) -> TokenStream {
        let type_ = quote!(_rt::graph::argument::Gateway);
        let argument = self.argument(id, IPV4_GATEWAY, type_);
        quote!(#argument.0)
    }

    /// The value of the boot argument for a property of an interface.
    fn argument(self, id: NodeId, property: &str, type_: TokenStream) -> TokenStream {
        let name = self.variant.graph.argument_name(id, property);
        quote!(_arguments.value::<#type_>(#name)?)
    }
}

/// The variable that holds the boot arguments, for use at a token of the user's.
pub(super) fn parsed_arguments() -> Ident {
    Ident::new("_arguments", Span::call_site())
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

pub(super) fn ipv6_interface_address(interface: Ipv6InterfaceAddress) -> TokenStream {
    let address = ipv6_address(interface.address);
    let prefix_length = Literal::u8_unsuffixed(interface.prefix_length);
    quote!(_rt::graph::net::Ipv6InterfaceAddress { address: #address, prefix_length: #prefix_length })
}

pub(super) fn ipv6_address(address: Ipv6Addr) -> TokenStream {
    let segments = address.segments().map(|segment| {
        let text = format!("{segment:#x}").parse::<Literal>();
        text.expect("a hexadecimal number")
    });
    quote!(::core::net::Ipv6Addr::new(#(#segments),*))
}

pub(super) fn mac_address(address: MacAddress) -> TokenStream {
    let octets = address.0.map(|octet| {
        let text = format!("{octet:#04x}").parse::<Literal>();
        text.expect("a hexadecimal number")
    });
    quote!(_rt::net::MacAddress([#(#octets),*]))
}

/// Name servers, which constant evaluation parses.
pub(super) fn name_servers(servers: NameServers) -> TokenStream {
    let text = servers.to_string();
    quote!(const { _rt::graph::constant::name_servers(#text) })
}

/// An algorithm as a constant: only what is named becomes a part of the image.
pub(super) fn congestion(algorithm: Congestion) -> TokenStream {
    let name = Ident::new(&algorithm.name().to_uppercase(), Span::call_site());
    quote!(_rt::graph::net::Algorithm::#name)
}

pub(super) fn ecn(mode: Ecn) -> TokenStream {
    let name = enum_variant(mode);
    quote!(_rt::graph::net::Ecn::#name)
}

pub(super) fn conflict_detection(mode: ConflictDetection) -> TokenStream {
    let name = enum_variant(mode);
    quote!(_rt::graph::net::ConflictDetection::#name)
}

pub(super) fn number(number: u16) -> TokenStream {
    Literal::u16_unsuffixed(number).into_token_stream()
}

pub(super) fn bytes(bytes: u64) -> TokenStream {
    Literal::u64_unsuffixed(bytes).into_token_stream()
}

/// The name of a variant of an enum, which its derived `Debug` writes.
pub(super) fn enum_variant(variant: impl Debug) -> Ident {
    format_ident!("{}", format!("{variant:?}"))
}

pub(super) fn option(value: Option<impl ToTokens>) -> TokenStream {
    match value {
        Some(value) => quote!(::core::option::Option::Some(#value)),
        None => quote!(::core::option::Option::None),
    }
}
