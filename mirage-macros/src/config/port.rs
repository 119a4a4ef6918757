//! Ports: `http = 80`, or `http(port = 80, connections = 100)`.

use super::{
    group,
    key::{self, Key, keys},
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
    /// The interfaces on which it listens, by position; all of them if absent.
    pub(crate) interfaces: Option<Vec<usize>>,
}

/// The number of a port, and its limits.
#[derive(Clone, Default)]
pub(crate) struct PortConfig {
    /// Absent if it is invalid, which has been reported.
    pub(crate) number: Optional<u16>,
    pub(crate) limits: Limits,
}

const KEYS: &[Key<PortConfig, Infallible>] = keys! {
    "port" "port = 80" number(number::PORT) number;
    "connections" "connections = 100" number(limit("connections")) limits.connections;
    "datagrams" "datagrams = 100" number(limit("datagrams")) limits.datagrams;
    "receive" "receive = \"16KiB\"" text(rule::BUFFER) limits.receive;
    "transmit" "transmit = \"16KiB\"" text(rule::BUFFER) limits.transmit;
    "congestion" "congestion = \"reno\"" text(rule::CONGESTION) limits.congestion;
};

/// Whether a port of this protocol has the key. A service has no sizes of buffers: its connections and
/// its datagrams have different ones.
fn has(protocol: Protocol, key: &str) -> bool {
    match key {
        "connections" | "congestion" => protocol != Protocol::Udp,
        "datagrams" => protocol != Protocol::Tcp,
        "receive" | "transmit" => protocol != Protocol::Both,
        _ => true,
    }
}

const fn limit(key: &'static str) -> NumberRange {
    NumberRange::for_key(key, 1, u16::MAX)
}

/// Reads the ports of `tcp(…)`, `udp(…)` or `port(…)`. Also returns whether none was invalid.
pub(crate) fn ports(
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
    if items.is_empty() && complete {
        let kind = DiagnosticKind::NoValue(item.name(), example.into());
        context.error(kind, &item.key);
        return (Vec::new(), false);
    }
    for item in &items {
        item.check_name(context);
    }
    let ports = items.into_iter().map(|item| Port {
        config: port(&item, protocol, context),
        name: item.key,
        protocol,
        key: key.clone(),
        span,
        interfaces: None,
    });
    (ports.collect(), complete)
}

fn port(item: &Item, protocol: Protocol, context: &mut Context) -> PerTarget<PortConfig> {
    let mut config = PerTarget::same(PortConfig::default());
    if !matches!(item.form, Form::Group(_)) {
        let example = format!("{} = 80", item.name());
        let number = choice::items(item, context)
            .map(|item| property::number(&item, &example, &number::PORT, context));
        config.set(number, |config, number| config.number = Some(number));
        return config;
    }
    let example = format!("{}(port = 80)", item.name());
    let Some(contents) = group::contents(item, &example, context) else {
        return config;
    };
    let keys = KEYS.iter().filter(|key| has(protocol, key.name));
    let complete = key::read_group(keys, contents, context, |key, item, context| {
        key.read(item, &mut config, context);
        true
    });
    // An invalid item may have been the number.
    if complete && config.values().any(|config| config.number.is_none()) {
        context.error(DiagnosticKind::NoPortNumber(item.name()), &item.key);
    }
    config
}
