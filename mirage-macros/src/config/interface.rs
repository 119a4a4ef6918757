//! Network interfaces: `net = "virtio"` with its keys at the top level, or `net(wan(…), lan(…))`.

use super::{
    driver, group,
    key::{self, Key, Keys, Value},
    literal,
    port::{self, Port},
    property, rule,
};
use crate::{
    choice,
    context::Context,
    per_target::PerTarget,
    syntax::{Form, Item},
};
use mirage_graph::{
    graph::{self, Addressing, ConfigValue, SpanId, Spanned},
    number,
    port::Protocol,
    target::{Driven, Driver},
};
use proc_macro2::TokenStream;

/// An interface in a group.
const EXAMPLE: &str = "net(wan(ip = \"10.0.0.2\"))";

/// Stands for an address that a DHCP server assigns.
const DHCP: &str = "dhcp";

/// An interface.
pub(crate) struct Interface {
    /// The node's name.
    pub(crate) name: String,
    /// Its declaration.
    pub(crate) span: SpanId,
    pub(crate) config: PerTarget<graph::Interface>,
    /// Whether its address is declared.
    pub(crate) has_address: bool,
    /// The ports of this interface only.
    pub(crate) ports: Vec<Port>,
}

/// Keys of an interface with their own syntax.
pub(super) enum InterfaceKey {
    Driver,
    Address,
    Ports(Protocol),
}

/// The keys of an interface.
pub(super) const KEYS: &[Key<graph::Interface, InterfaceKey>] = &[
    Key::new(
        "driver",
        "driver = \"virtio\"",
        Value::Special(InterfaceKey::Driver),
    ),
    Key::new(
        "ip",
        "ip = \"10.0.0.2\"",
        Value::Special(InterfaceKey::Address),
    ),
    Key::new(
        "gateway",
        "gateway = \"10.0.0.1\"",
        Value::Address(&rule::GATEWAY, |interface| &mut interface.gateway),
    ),
    Key::new(
        "mac",
        "mac = \"02:00:00:00:00:01\"",
        Value::MacAddress(&rule::MAC_ADDRESS, |interface| &mut interface.mac),
    ),
    Key::new(
        "mtu",
        "mtu = 1400",
        Value::Number(number::MTU, |interface| &mut interface.mtu),
    ),
    Key::new(
        "tcp",
        "tcp(http = 80)",
        Value::Special(InterfaceKey::Ports(Protocol::Tcp)),
    ),
    Key::new(
        "udp",
        "udp(dns = 53)",
        Value::Special(InterfaceKey::Ports(Protocol::Udp)),
    ),
    Key::new(
        "port",
        "port(dns = 53)",
        Value::Special(InterfaceKey::Ports(Protocol::Both)),
    ),
];

impl Interface {
    /// An interface without keys.
    pub(super) fn new(name: String, span: SpanId) -> Self {
        let driver = Spanned {
            value: Driver::Auto,
            span,
        };
        let address = Spanned {
            value: Addressing::Static(ConfigValue::Unread),
            span,
        };
        Self {
            name,
            span,
            config: PerTarget::same(graph::Interface::new(driver, address)),
            has_address: false,
            ports: Vec::new(),
        }
    }

    /// Reads the value of a key. Returns whether no node was invalid.
    pub(super) fn read(
        &mut self,
        key: &Key<graph::Interface, InterfaceKey>,
        item: &Item,
        context: &mut Context,
    ) -> bool {
        match key.read(item, &mut self.config, context) {
            Some(InterfaceKey::Driver) => self.read_driver(item, key.example, context),
            Some(InterfaceKey::Address) => {
                self.has_address = true;
                let address = choice::items(item, context)
                    .map(|item| addressing(&item, key.example, context));
                self.config
                    .set(address, |config, address| config.address = address);
            }
            Some(&InterfaceKey::Ports(protocol)) => {
                let (ports, complete) = port::ports(item, protocol, key.example, context);
                self.ports.extend(ports);
                return complete;
            }
            None => {}
        }
        true
    }

    /// Reads the name of the driver.
    pub(super) fn read_driver(&mut self, item: &Item, example: &str, context: &mut Context) {
        let driver = driver::read(item, example, Driven::Interface, context);
        self.config
            .set(driver, |config, driver| config.driver = driver);
    }
}

fn addressing(item: &Item, example: &str, context: &mut Context) -> Spanned<Addressing> {
    if let Form::Value(value) = &item.form
        && let Some(text) = literal::text(value)
        && text.value() == DHCP
    {
        return context.spans.spanned(Addressing::Dhcp, text);
    }
    let rule = &rule::INTERFACE_ADDRESS;
    let Spanned { value, span } = property::text(item, example, rule, context);
    Spanned {
        value: Addressing::Static(value),
        span,
    }
}

/// Reads the interfaces of `net(…)`. Also returns whether no node was invalid.
pub(super) fn interfaces(item: &Item, context: &mut Context) -> (Vec<Interface>, bool) {
    let (members, mut complete) = group::members(item, EXAMPLE, "ip = \"10.0.0.2\"", context);
    let interfaces = members.into_iter().map(|(item, contents)| {
        let (interface, is_complete) = interface(&item, contents, context);
        complete &= is_complete;
        interface
    });
    (interfaces.collect(), complete)
}

fn interface(item: &Item, contents: TokenStream, context: &mut Context) -> (Interface, bool) {
    let mut interface = Interface::new(item.name(), context.spans.span_id(&item.key));
    let (items, mut complete) = group::items(contents, "key = value", context);
    let mut keys = Keys::new(KEYS.iter().map(|key| key.name));
    for item in &items {
        let known = keys.take(item, context);
        complete &= match known.and_then(|_| key::find(KEYS, item)) {
            Some(key) => interface.read(key, item, context),
            None => false,
        };
    }
    (interface, complete)
}
