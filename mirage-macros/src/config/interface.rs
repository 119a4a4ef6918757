//! Network interfaces: `net = "virtio"` with its keys at the top level, or `net(wan(…), lan(…))`.

use super::{
    group,
    key::{self, Key, keys},
    port::{self, Port},
    property, rule, value,
};
use crate::{
    choice,
    context::Context,
    per_target::PerTarget,
    syntax::{Form, Item},
};
use mirage_graph::{
    address::DHCP,
    diagnostic::{DiagnosticKind, Wanted},
    graph::{self, Addressing, ConfigValue, SpanId, Spanned},
    ipv6::{AddressOrSlaac, SLAAC},
    number,
    port::Protocol,
    target::{Driven, Driver},
};
use proc_macro2::TokenStream;
use syn::Expr;

/// An interface in a group.
const EXAMPLE: &str = "net(wan(ip = \"10.0.0.2\"))";

/// An interface.
pub(crate) struct Interface {
    /// The node's name.
    pub(crate) name: String,
    /// Its declaration.
    pub(crate) span: SpanId,
    pub(crate) config: PerTarget<graph::Interface>,
    /// Whether its IPv4 address is declared, or may be in an item with a mistake.
    pub(crate) has_ipv4: bool,
    /// Whether its IPv6 address is declared.
    pub(crate) has_ipv6: bool,
    /// The ports of this interface only.
    pub(crate) ports: Vec<Port>,
}

/// Keys of an interface with their own syntax.
pub(super) enum InterfaceKey {
    Driver,
    Address,
    Ipv6Address,
    Ports(Protocol),
}

/// The keys of an interface.
pub(super) const KEYS: &[Key<graph::Interface, InterfaceKey>] = keys! {
    "driver" "driver = \"virtio\"" special(InterfaceKey::Driver);
    "ip" "ip = \"10.0.0.2\"" special(InterfaceKey::Address);
    "gateway" "gateway = \"10.0.0.1\"" text(rule::GATEWAY) gateway;
    "ip6" "ip6 = \"fd00::2/64\"" special(InterfaceKey::Ipv6Address);
    "gateway6" "gateway6 = \"fd00::1\"" text(rule::IPV6_GATEWAY) gateway6;
    "mac" "mac = \"02:00:00:00:00:01\"" text(rule::MAC_ADDRESS) mac;
    "mtu" "mtu = 1400" number(number::MTU) mtu;
    "congestion" "congestion = \"reno\"" text(rule::CONGESTION) congestion;
    "ecn" "ecn = \"request\"" text(rule::ECN) ecn;
    "conflict_detection" "conflict_detection = \"strict\"" text(rule::CONFLICT_DETECTION) conflict_detection;
    "dns" "dns = \"10.0.0.1\"" text(rule::NAME_SERVERS) dns;
    "tcp" "tcp(http = 80)" special(InterfaceKey::Ports(Protocol::Tcp));
    "udp" "udp(dns = 53)" special(InterfaceKey::Ports(Protocol::Udp));
    "port" "port(dns = 53)" special(InterfaceKey::Ports(Protocol::Both));
};

impl Interface {
    /// An interface without keys.
    pub(super) fn new(name: String, span: SpanId) -> Self {
        let driver = Spanned::new(Driver::Auto, span);
        let address = Spanned::new(Addressing::Static(ConfigValue::Unread), span);
        Self {
            name,
            span,
            config: PerTarget::same(graph::Interface::new(driver, address)),
            has_ipv4: false,
            has_ipv6: false,
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
                self.has_ipv4 = true;
                let address = choice::items(item, context)
                    .map(|item| addressing(&item, key.example, context));
                self.config
                    .set(address, |config, address| config.address = address);
            }
            Some(InterfaceKey::Ipv6Address) => {
                self.has_ipv6 = true;
                let address = choice::items(item, context)
                    .map(|item| ipv6_address(&item, key.example, context));
                self.config
                    .set(address, |config, address| config.ip6 = Some(address));
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
        let driver = value::driver(item, example, Driven::Interface, context);
        self.config
            .set(driver, |config, driver| config.driver = driver);
    }
}

fn addressing(item: &Item, example: &str, context: &mut Context) -> Spanned<Addressing> {
    if let Form::Value(value) = &item.form
        && let Some(text) = value::string_literal(value)
        && text.value() == DHCP
    {
        return context.spans.spanned(Addressing::Dhcp, text);
    }
    if let Form::Value(Expr::Call(call)) = &item.form
        && value::is_boot(&call.func)
        && let (1, Some(argument)) = (call.args.len(), call.args.first())
        && let Some(text) = value::string_literal(argument)
        && text.value() == DHCP
    {
        return context.spans.spanned(Addressing::BootOrDhcp, text);
    }
    if let Some(unread) = without_quotes(item, DHCP, context) {
        return unread.map(Addressing::Static);
    }
    let rule = &rule::INTERFACE_ADDRESS;
    property::text(item, example, rule, context).map(Addressing::Static)
}

fn ipv6_address(
    item: &Item,
    example: &str,
    context: &mut Context,
) -> Spanned<ConfigValue<AddressOrSlaac>> {
    let unread = without_quotes(item, SLAAC, context);
    let rule = &rule::IPV6_INTERFACE_ADDRESS;
    unread.unwrap_or_else(|| property::text(item, example, rule, context))
}

/// Reports a value that is the word `word` without quotes; `None` if it is another one.
fn without_quotes<T>(
    item: &Item,
    word: &str,
    context: &mut Context,
) -> Option<Spanned<ConfigValue<T>>> {
    let Form::Value(Expr::Path(path)) = &item.form else {
        return None;
    };
    if !path.path.is_ident(word) {
        return None;
    }
    let example = format!("{} = \"{word}\"", item.name());
    let kind = DiagnosticKind::WrongValue(item.name(), Wanted::Text, example);
    context.error(kind, path);
    Some(context.spans.spanned(ConfigValue::Unread, path))
}

/// Reads the interfaces of `net(…)`. Also returns whether no node was invalid.
pub(super) fn interfaces(item: &Item, context: &mut Context) -> (Vec<Interface>, bool) {
    let keys: Vec<_> = KEYS.iter().map(|key| key.name).collect();
    let examples = (EXAMPLE, "net = \"auto\", ip = \"10.0.0.2\"");
    group::members(
        item,
        examples,
        &keys,
        "ip = \"10.0.0.2\"",
        context,
        interface,
    )
}

fn interface(item: &Item, contents: TokenStream, context: &mut Context) -> (Interface, bool) {
    let mut interface = Interface::new(item.name(), context.spans.span_id(&item.key));
    let complete = key::read_group(KEYS.iter(), contents, context, |key, item, context| {
        interface.read(key, item, context)
    });
    // What is missing may be in an item with a mistake.
    interface.has_ipv4 |= !complete;
    (interface, complete)
}
