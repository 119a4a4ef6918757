//! The keys of the language.

use super::unknown;
use crate::{
    source::Source,
    syntax::{Form, Item},
};
use mirage_graph::{
    diagnostic::{Diagnostic, DiagnosticKind},
    graph::SpanId,
    port::Protocol,
};
use std::collections::BTreeMap;

/// A key.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Key {
    Net,
    Block,
    Driver,
    Size,
    Ip,
    Gateway,
    Mac,
    Mtu,
    Tcp,
    Udp,
    Port,
    /// The number of a port, in the long form.
    Number,
    Connections,
    Datagrams,
    Receive,
    Transmit,
    Name,
    Memory,
    Stack,
    Heap,
    Log,
    Targets,
    Args,
}

/// Where a key may stand.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Where {
    Attribute,
    Interface,
    Disk,
    Port,
}

/// Keys with their names, what each looks like, and where they may stand.
const KEYS: [(Key, &str, &str, &[Where]); 23] = [
    (Key::Net, "net", "net = \"virtio\"", IMAGE),
    (Key::Block, "block", "block = \"auto\"", IMAGE),
    (Key::Driver, "driver", "driver = \"virtio\"", DRIVEN),
    (Key::Size, "size", "size = \"64MiB\"", &[Where::Disk]),
    (Key::Ip, "ip", "ip = \"10.0.0.2\"", NETWORK),
    (Key::Gateway, "gateway", "gateway = \"10.0.0.1\"", NETWORK),
    (Key::Mac, "mac", "mac = \"02:00:00:00:00:01\"", NETWORK),
    (Key::Mtu, "mtu", "mtu = 1400", NETWORK),
    (Key::Tcp, "tcp", "tcp(http = 80)", NETWORK),
    (Key::Udp, "udp", "udp(dns = 53)", NETWORK),
    (Key::Port, "port", "port(dns = 53)", NETWORK),
    (Key::Number, "port", "port = 80", PORT),
    (Key::Connections, "connections", "connections = 100", PORT),
    (Key::Datagrams, "datagrams", "datagrams = 100", PORT),
    (Key::Receive, "receive", "receive = \"16KiB\"", PORT),
    (Key::Transmit, "transmit", "transmit = \"16KiB\"", PORT),
    (Key::Name, "name", "name = \"web\"", IMAGE),
    (Key::Memory, "memory", "memory = \"16MiB\"", IMAGE),
    (Key::Stack, "stack", "stack = \"256KiB\"", IMAGE),
    (Key::Heap, "heap", "heap = \"4MiB\"", IMAGE),
    (Key::Log, "log", "log = \"info\"", IMAGE),
    (
        Key::Targets,
        "targets",
        "targets(\"virtio\", \"unix\")",
        IMAGE,
    ),
    (Key::Args, "args", "args = Args", IMAGE),
];

const IMAGE: &[Where] = &[Where::Attribute];
const DRIVEN: &[Where] = &[Where::Interface, Where::Disk];
/// At the top level they are of the only interface.
const NETWORK: &[Where] = &[Where::Attribute, Where::Interface];
/// In the long form.
const PORT: &[Where] = &[Where::Port];

impl Key {
    fn row(self) -> (Self, &'static str, &'static str, &'static [Where]) {
        let row = KEYS.into_iter().find(|(key, ..)| *key == self);
        row.expect("each key has a row")
    }

    pub(super) fn name(self) -> &'static str {
        self.row().1
    }

    /// What it looks like.
    pub(super) fn example(self) -> &'static str {
        self.row().2
    }

    /// Whether it is a property of the image that is one value.
    pub(super) fn is_of_the_image(self) -> bool {
        matches!(
            self,
            Self::Name | Self::Memory | Self::Stack | Self::Heap | Self::Log
        )
    }

    /// The protocol of the ports that it declares, if it does.
    pub(super) fn protocol(self) -> Option<Protocol> {
        match self {
            Self::Tcp => Some(Protocol::Tcp),
            Self::Udp => Some(Protocol::Udp),
            Self::Port => Some(Protocol::Both),
            _ => None,
        }
    }
}

/// The keys that may stand in one place, and those that did.
pub(super) struct Keys {
    known: Vec<(Key, &'static str)>,
    seen: BTreeMap<String, SpanId>,
}

impl Keys {
    pub(super) fn of_the_attribute() -> Self {
        Self::in_place(Where::Attribute)
    }

    pub(super) fn of_an_interface() -> Self {
        Self::in_place(Where::Interface)
    }

    pub(super) fn of_a_disk() -> Self {
        Self::in_place(Where::Disk)
    }

    /// Those of a port in the long form. What a buffer is of would not be plain where connections and
    /// datagrams have some.
    pub(super) fn of_a_port(protocol: Protocol) -> Self {
        let keys: &[Key] = match protocol {
            Protocol::Tcp => &[Key::Number, Key::Connections, Key::Receive, Key::Transmit],
            Protocol::Udp => &[Key::Number, Key::Datagrams, Key::Receive, Key::Transmit],
            Protocol::Both => &[Key::Number, Key::Connections, Key::Datagrams],
        };
        Self {
            known: keys.iter().map(|key| (*key, key.name())).collect(),
            seen: BTreeMap::new(),
        }
    }

    fn in_place(place: Where) -> Self {
        let known = KEYS
            .into_iter()
            .filter_map(|(key, name, _, allowed)| allowed.contains(&place).then_some((key, name)));
        Self {
            known: known.collect(),
            seen: BTreeMap::new(),
        }
    }

    /// Whether an item has one of these keys.
    pub(super) fn has(&self, item: &Item) -> bool {
        let name = item.name();
        self.known.iter().any(|(_, known)| *known == name)
    }

    /// Notes an item's key; false if it has been there before, which is reported.
    pub(super) fn is_first(&mut self, item: &Item, source: &mut Source) -> bool {
        self.note(item, source).is_some()
    }

    /// The key of an item and where it is. `None` if there is no such key here, or it has been
    /// there before, which is reported.
    pub(super) fn take(&mut self, item: &Item, source: &mut Source) -> Option<(Key, SpanId)> {
        let span = self.note(item, source)?;
        let name = item.name();
        if let Some((key, _)) = self.known.iter().find(|(_, known)| *known == name) {
            return Some((*key, span));
        }
        // Where the item is none of the language, its key is no second error.
        if matches!(item.form, Form::Broken) {
            return None;
        }
        let known = self.known.iter().map(|(_, known)| (*known).to_string());
        let kind = DiagnosticKind::UnknownKey(unknown(name, known.collect()));
        source.report(Diagnostic::new(kind, span));
        None
    }

    fn note(&mut self, item: &Item, source: &mut Source) -> Option<SpanId> {
        let (name, span) = (item.name(), source.span_id(&item.key));
        if let Some(first) = self.seen.get(&name) {
            let diagnostic = Diagnostic::new(DiagnosticKind::DuplicateKey(name), span);
            source.report(diagnostic.with(*first, "the first is"));
            return None;
        }
        self.seen.insert(name, span);
        Some(span)
    }
}
