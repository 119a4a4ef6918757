//! Network interfaces: `net = "virtio"` with its keys beside it, or `net(wan(…), lan(…))`.

use super::{Key, Keys, Port, convert, driver, group, setting, value};
use crate::{
    constant::Reader,
    source::Source,
    syntax::{self, Item},
};
use mirage_graph::{
    address::{self, InterfaceAddress},
    graph::{Addressing, ConfigValue, SpanId, Spanned},
    mac_address::MacAddress,
    port,
    target::{Driven, Driver},
    value_error::ValueError,
};
use std::net::Ipv4Addr;
use syn::ext::IdentExt;

/// What an interface looks like in a group.
const EXAMPLE: &str = "net(wan(ip = \"10.0.0.2\"))";

/// The address that says: a DHCP server says it.
const DHCP: &str = "dhcp";

/// What is said of an interface.
pub(crate) struct Interface {
    /// The node's name.
    pub(crate) name: String,
    /// Where it is declared.
    pub(crate) span: SpanId,
    pub(crate) driver: Spanned<Option<Driver>>,
    pub(crate) properties: Properties,
    /// The ports of this interface only.
    pub(crate) ports: Vec<Port>,
}

/// Properties of an interface.
#[derive(Default)]
pub(crate) struct Properties {
    pub(crate) ip: Option<Spanned<Addressing>>,
    pub(crate) gateway: Option<Spanned<ConfigValue<Ipv4Addr>>>,
    pub(crate) mac: Option<Spanned<ConfigValue<MacAddress>>>,
    pub(crate) mtu: Option<Spanned<ConfigValue<u16>>>,
}

impl Properties {
    /// Reads the value of a key that is a property; false if the key is none.
    pub(super) fn take(&mut self, key: Key, item: &Item, source: &mut Source) -> bool {
        let example = key.example();
        match key {
            Key::Ip => self.ip = Some(addressing(item, source)),
            Key::Gateway => {
                self.gateway = Some(setting::of_text(
                    item,
                    source,
                    example,
                    address::gateway,
                    Reader::Gateway,
                ));
            }
            Key::Mac => {
                let read = MacAddress::parse_unicast;
                self.mac = Some(setting::of_text(
                    item,
                    source,
                    example,
                    read,
                    Reader::MacAddress,
                ));
            }
            Key::Mtu => {
                let mtu = setting::of_number(
                    item,
                    source,
                    example,
                    port::mtu,
                    ValueError::Mtu,
                    Reader::Mtu,
                );
                self.mtu = Some(mtu);
            }
            _ => return false,
        }
        true
    }
}

fn addressing(item: &Item, source: &mut Source) -> Spanned<Addressing> {
    if let Some(text) = value::literal_text(item)
        && text.value() == DHCP
    {
        return source.at(Addressing::Dhcp, text);
    }
    let (example, read) = (Key::Ip.example(), InterfaceAddress::parse);
    let Spanned { value, span } = setting::of_text(item, source, example, read, Reader::Address);
    Spanned {
        value: Addressing::Static(value),
        span,
    }
}

/// The interfaces of `net(…)`, and whether none is missing.
pub(super) fn interfaces(item: &Item, source: &mut Source) -> (Vec<Interface>, bool) {
    let (members, mut complete) = group::members(item, EXAMPLE, "ip = \"10.0.0.2\"", source);
    let interfaces = members.into_iter().map(|(item, contents)| {
        let (interface, all) = interface(&item, contents, source);
        complete &= all;
        interface
    });
    (interfaces.collect(), complete)
}

fn interface(
    item: &Item,
    contents: proc_macro2::TokenStream,
    source: &mut Source,
) -> (Interface, bool) {
    let span = source.span_id(&item.key);
    let mut interface = Interface {
        name: item.key.unraw().to_string(),
        span,
        driver: Spanned {
            value: Some(Driver::Auto),
            span,
        },
        properties: Properties::default(),
        ports: Vec::new(),
    };
    let before = source.diagnostics().len();
    let items = syntax::items(contents, "key = value", source);
    let mut complete = source.diagnostics().len() == before;
    let mut keys = Keys::of_an_interface();
    for item in items {
        let Some((key, _)) = keys.take(&item, source) else {
            complete = false;
            continue;
        };
        if key == Key::Driver {
            let text = value::text(&item, key.example(), source);
            interface.driver = convert(text, source, |name| driver(name, Driven::Interface));
        } else if let Some(protocol) = key.protocol() {
            let (ports, all) = group::ports(&item, protocol, key.example(), source);
            interface.ports.extend(ports);
            complete &= all;
        } else {
            interface.properties.take(key, &item, source);
        }
    }
    (interface, complete)
}
