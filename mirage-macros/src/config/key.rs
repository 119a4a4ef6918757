//! The keys of the language.

use super::unknown;
use crate::{source::Source, syntax::Item};
use mirage_graph::{
    graph::Place,
    mistake::{Finding, Mistake},
    port::Protocol,
};
use std::collections::BTreeMap;

/// A key.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Key {
    Net,
    Driver,
    Ip,
    Gateway,
    Mac,
    Mtu,
    Tcp,
    Udp,
    Port,
    Name,
    Memory,
    Log,
    Targets,
}

/// Where a key may stand.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Where {
    Attribute,
    Interface,
    Both,
}

/// Keys with their names, what each looks like, and where they may stand.
const KEYS: [(Key, &str, &str, Where); 13] = [
    (Key::Net, "net", "net = \"virtio\"", Where::Attribute),
    (
        Key::Driver,
        "driver",
        "driver = \"virtio\"",
        Where::Interface,
    ),
    (Key::Ip, "ip", "ip = \"10.0.0.2\"", Where::Both),
    (
        Key::Gateway,
        "gateway",
        "gateway = \"10.0.0.1\"",
        Where::Both,
    ),
    (Key::Mac, "mac", "mac = \"02:00:00:00:00:01\"", Where::Both),
    (Key::Mtu, "mtu", "mtu = 1400", Where::Both),
    (Key::Tcp, "tcp", "tcp(http = 80)", Where::Both),
    (Key::Udp, "udp", "udp(dns = 53)", Where::Both),
    (Key::Port, "port", "port(dns = 53)", Where::Both),
    (Key::Name, "name", "name = \"web\"", Where::Attribute),
    (
        Key::Memory,
        "memory",
        "memory = \"16MiB\"",
        Where::Attribute,
    ),
    (Key::Log, "log", "log = \"info\"", Where::Attribute),
    (
        Key::Targets,
        "targets",
        "targets(\"virtio\", \"unix\")",
        Where::Attribute,
    ),
];

impl Key {
    fn row(self) -> (Self, &'static str, &'static str, Where) {
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
    seen: BTreeMap<String, Place>,
}

impl Keys {
    pub(super) fn of_the_attribute() -> Self {
        Self::in_place(Where::Attribute)
    }

    pub(super) fn of_an_interface() -> Self {
        Self::in_place(Where::Interface)
    }

    fn in_place(place: Where) -> Self {
        let known = KEYS.into_iter().filter_map(|(key, name, _, allowed)| {
            (allowed == place || allowed == Where::Both).then_some((key, name))
        });
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
    pub(super) fn take(&mut self, item: &Item, source: &mut Source) -> Option<(Key, Place)> {
        let place = self.note(item, source)?;
        let name = item.name();
        if let Some((key, _)) = self.known.iter().find(|(_, known)| *known == name) {
            return Some((*key, place));
        }
        let known = self.known.iter().map(|(_, known)| (*known).to_string());
        let mistake = Mistake::UnknownKey(unknown(name, known.collect()));
        source.find(Finding::new(mistake, place));
        None
    }

    fn note(&mut self, item: &Item, source: &mut Source) -> Option<Place> {
        let (name, place) = (item.name(), source.place(&item.key));
        if let Some(first) = self.seen.get(&name) {
            let finding = Finding::new(Mistake::DuplicateKey(name), place);
            source.find(finding.with(*first, "the first is"));
            return None;
        }
        self.seen.insert(name, place);
        Some(place)
    }
}
