//! Ports: `http = 80`, or `http(port = 80, connections = 100)`.

use super::{
    group,
    key::{self, Key, Keys, Value},
    property, rule,
};
use crate::{
    choice,
    context::Context,
    per_target::PerTarget,
    syntax::{Form, Item},
};
use mirage_graph::{
    diagnostic::DiagnosticKind,
    graph::{Limits, Optional, SpanId},
    number::{self, NumberRange},
    port::Protocol,
};
use proc_macro2::Ident;
use std::convert::Infallible;

/// A port.
pub(crate) struct Port {
    /// The node's name.
    pub(crate) name: Ident,
    pub(crate) protocol: Protocol,
    pub(crate) config: PerTarget<PortConfig>,
    /// The key of its group.
    pub(crate) key: String,
    pub(crate) span: SpanId,
}

/// The number of a port, and its limits.
#[derive(Clone, Default)]
pub(crate) struct PortConfig {
    /// Absent if it is invalid, which has been reported.
    pub(crate) number: Optional<u16>,
    pub(crate) limits: Limits,
}

type PortKey = Key<PortConfig, Infallible>;

const NUMBER: PortKey = Key::new(
    "port",
    "port = 80",
    Value::Number(number::PORT, |port| &mut port.number),
);
const CONNECTIONS: PortKey = Key::new(
    "connections",
    "connections = 100",
    Value::Number(limit("connections"), |port| &mut port.limits.connections),
);
const DATAGRAMS: PortKey = Key::new(
    "datagrams",
    "datagrams = 100",
    Value::Number(limit("datagrams"), |port| &mut port.limits.datagrams),
);
const RECEIVE: PortKey = Key::new(
    "receive",
    "receive = \"16KiB\"",
    Value::Size(&rule::BUFFER, |port| &mut port.limits.receive),
);
const TRANSMIT: PortKey = Key::new(
    "transmit",
    "transmit = \"16KiB\"",
    Value::Size(&rule::BUFFER, |port| &mut port.limits.transmit),
);

const fn limit(key: &'static str) -> NumberRange {
    NumberRange::for_key(key, 1, u16::MAX)
}

/// The keys of a port. A service has no sizes of buffers: its connections and its datagrams have
/// different ones.
const fn keys(protocol: Protocol) -> &'static [PortKey] {
    match protocol {
        Protocol::Tcp => &[NUMBER, CONNECTIONS, RECEIVE, TRANSMIT],
        Protocol::Udp => &[NUMBER, DATAGRAMS, RECEIVE, TRANSMIT],
        Protocol::Both => &[NUMBER, CONNECTIONS, DATAGRAMS],
    }
}

/// Reads the ports of `tcp(…)`, `udp(…)` or `port(…)`. Also returns whether none was invalid.
pub(super) fn ports(
    item: &Item,
    protocol: Protocol,
    example: &str,
    context: &mut Context,
) -> (Vec<Port>, bool) {
    let (key, span) = (item.name(), context.spans.span_id(&item.key));
    let Some(contents) = group::contents(item, example, context) else {
        return (Vec::new(), false);
    };
    let (items, complete) = group::items(contents, "name = port", context);
    let ports = items.into_iter().map(|item| Port {
        config: port(&item, protocol, context),
        name: item.key,
        protocol,
        key: key.clone(),
        span,
    });
    (ports.collect(), complete)
}

fn port(item: &Item, protocol: Protocol, context: &mut Context) -> PerTarget<PortConfig> {
    let mut config = PerTarget::same(PortConfig::default());
    if !matches!(item.form, Form::Group(_)) {
        let example = format!("{} = 80", item.name());
        let number = choice::items(item, context)
            .map(|item| property::number(&item, &example, number::PORT, context));
        config.set(number, |config, number| config.number = Some(number));
        return config;
    }
    let example = format!("{}(port = 80)", item.name());
    let Some(contents) = group::contents(item, &example, context) else {
        return config;
    };
    let rows = keys(protocol);
    let mut keys = Keys::new(rows.iter().map(|key| key.name));
    let (items, mut complete) = group::items(contents, "key = value", context);
    for item in &items {
        let known = keys.take(item, context);
        match known.and_then(|_| key::find(rows, item)) {
            Some(key) => {
                key.read(item, &mut config, context);
            }
            None => complete = false,
        }
    }
    // An invalid item may have been the number.
    if complete && !items.iter().any(|item| item.name() == NUMBER.name) {
        context.error(DiagnosticKind::NoPortNumber(item.name()), &item.key);
    }
    config
}
