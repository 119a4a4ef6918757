//! Keys and values: the attribute as a configuration.

mod group;
mod own;
mod value;

use crate::{
    report::nearest,
    source::Source,
    syntax::{self, Item},
};
pub(crate) use group::Port;
use mirage_graph::{
    address::{self, Malformed},
    graph::{At, Place},
    hardware_address::HardwareAddress,
    mistake::{Finding, Mistake, Unknown},
    port, size,
    target::{Driver, LogLevel, Target},
};
pub(crate) use own::Own;
use proc_macro2::TokenStream;
use std::net::Ipv4Addr;

/// What the attribute says. `None` is absent; a value that is wrong has been reported.
#[derive(Default)]
pub(crate) struct Config {
    pub(crate) net: Option<Given<Driver>>,
    pub(crate) ip: Option<Given<(Ipv4Addr, u8)>>,
    pub(crate) gateway: Option<Given<Ipv4Addr>>,
    pub(crate) mac: Option<Given<HardwareAddress>>,
    pub(crate) mtu: Option<Given<u16>>,
    pub(crate) tcp: Vec<Port>,
    pub(crate) udp: Vec<Port>,
    pub(crate) name: Option<Given<String>>,
    pub(crate) memory: Option<Given<u64>>,
    pub(crate) log: Option<Given<LogLevel>>,
    pub(crate) targets: Option<Vec<Target>>,
    /// Devices of the user's own.
    pub(crate) own: Vec<Own>,
    /// Keys of the network interface, where they stand.
    pub(crate) of_interface: Vec<At<String>>,
    /// Something was so wrong that nodes may be missing.
    pub(crate) incomplete: bool,
}

/// A key's value: `None` if it is wrong, which has been reported.
#[derive(Clone, Copy)]
pub(crate) struct Given<T> {
    pub(crate) value: Option<T>,
    pub(crate) place: Place,
}

impl<T> Given<T> {
    /// The value and where it is.
    pub(crate) fn sound(&self) -> Option<At<T>>
    where
        T: Copy,
    {
        let place = self.place;
        self.value.map(|value| At { value, place })
    }

    /// What the value means, if it is there.
    fn and_then<U>(
        self,
        source: &mut Source,
        read: impl FnOnce(T) -> Result<U, Mistake>,
    ) -> Given<U> {
        let place = self.place;
        let value = self.value.and_then(|value| match read(value) {
            Ok(value) => Some(value),
            Err(mistake) => {
                source.find(Finding::new(mistake, place));
                None
            }
        });
        Given { value, place }
    }
}

/// A key of the language.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Key {
    Net,
    Ip,
    Gateway,
    Mac,
    Mtu,
    Tcp,
    Udp,
    Name,
    Memory,
    Log,
    Targets,
}

/// Keys by name, and what each looks like.
const KEYS: [(&str, Key, &str); 11] = [
    ("net", Key::Net, "net = \"virtio\""),
    ("ip", Key::Ip, "ip = \"10.0.0.2\""),
    ("gateway", Key::Gateway, "gateway = \"10.0.0.1\""),
    ("mac", Key::Mac, "mac = \"02:00:00:00:00:01\""),
    ("mtu", Key::Mtu, "mtu = 1400"),
    ("tcp", Key::Tcp, "tcp(http = 80)"),
    ("udp", Key::Udp, "udp(dns = 53)"),
    ("name", Key::Name, "name = \"web\""),
    ("memory", Key::Memory, "memory = \"16MiB\""),
    ("log", Key::Log, "log = \"info\""),
    ("targets", Key::Targets, "targets(\"virtio\", \"unix\")"),
];

impl Key {
    /// Whether it is a property of the network interface.
    fn is_of_interface(self) -> bool {
        match self {
            Self::Ip | Self::Gateway | Self::Mac | Self::Mtu | Self::Tcp | Self::Udp => true,
            Self::Net | Self::Name | Self::Memory | Self::Log | Self::Targets => false,
        }
    }
}

/// Reads the attribute.
pub(crate) fn read(attribute: TokenStream, source: &mut Source) -> Config {
    let mut config = Config::default();
    let before = source.findings().len();
    let items = syntax::items(attribute, "key = value", source);
    config.incomplete = source.findings().len() > before;
    let mut seen: Vec<At<String>> = Vec::new();
    for item in items {
        let key = source.at(item.name(), &item.key);
        if let Some(first) = seen.iter().find(|first| first.value == key.value) {
            source.find(
                Finding::new(Mistake::DuplicateKey(key.value), key.place)
                    .with(first.place, "the first is"),
            );
            config.incomplete = true;
            continue;
        }
        seen.push(key.clone());
        let known = KEYS.into_iter().find(|(known, ..)| *known == key.value);
        match known {
            Some((_, known, example)) => {
                if known.is_of_interface() {
                    config.of_interface.push(key);
                }
                config.take(known, &item, example, source);
            }
            None if own::is_device(&item) => config.own.extend(own::device(&item, source)),
            None => {
                let known = KEYS.iter().map(|(known, ..)| (*known).to_string());
                let mistake = Mistake::UnknownKey(unknown(key.value, known.collect()));
                source.find(Finding::new(mistake, key.place));
                config.incomplete = true;
            }
        }
    }
    config
}

impl Config {
    /// Reads the value of a known key.
    fn take(&mut self, key: Key, item: &Item, example: &str, source: &mut Source) {
        let text = |source: &mut Source| value::text(item, example, source);
        match key {
            Key::Net => self.net = Some(text(source).and_then(source, driver)),
            Key::Ip => self.ip = Some(text(source).and_then(source, interface_address)),
            Key::Gateway => self.gateway = Some(text(source).and_then(source, gateway_address)),
            Key::Mac => self.mac = Some(text(source).and_then(source, station)),
            Key::Mtu => {
                let number = value::number(item, example, source);
                self.mtu = Some(number.and_then(source, |number| {
                    number
                        .within(&port::MTUS)
                        .ok_or(Mistake::Mtu(number.written))
                }));
            }
            Key::Tcp => self.tcp = self.ports(item, example, source),
            Key::Udp => self.udp = self.ports(item, example, source),
            Key::Name => self.name = Some(text(source).and_then(source, image_name)),
            Key::Memory => self.memory = Some(text(source).and_then(source, memory)),
            Key::Log => self.log = Some(text(source).and_then(source, log_level)),
            Key::Targets => self.targets = Some(group::targets(item, example, source)),
        }
    }

    fn ports(&mut self, item: &Item, example: &str, source: &mut Source) -> Vec<Port> {
        let (ports, complete) = group::ports(item, example, source);
        self.incomplete |= !complete;
        ports
    }
}

/// The one of `names` that `name` is, by `find`.
fn choose<T>(
    name: String,
    find: fn(&str) -> Option<T>,
    names: impl IntoIterator<Item = &'static str>,
) -> Result<T, Unknown> {
    find(&name).ok_or_else(|| unknown(name, names.into_iter().map(Into::into).collect()))
}

/// `name`, which is none of `known`.
pub(crate) fn unknown(name: String, known: Vec<String>) -> Unknown {
    Unknown {
        nearest: nearest(&name, &known),
        name,
        known,
    }
}

fn driver(name: String) -> Result<Driver, Mistake> {
    choose(name, Driver::named, Driver::ALL.map(Driver::name)).map_err(Mistake::UnknownDriver)
}

fn log_level(name: String) -> Result<LogLevel, Mistake> {
    choose(name, LogLevel::named, LogLevel::ALL.map(LogLevel::name))
        .map_err(Mistake::UnknownLogLevel)
}

fn memory(text: String) -> Result<u64, Mistake> {
    size::parse(&text).ok_or(Mistake::Memory(text))
}

fn interface_address(text: String) -> Result<(Ipv4Addr, u8), Mistake> {
    match address::parse_with_prefix(&text) {
        Ok((address, length)) => {
            let length = length.unwrap_or(address::DEFAULT_PREFIX_LENGTH);
            match address::not_a_host(address, length) {
                Some(is) => Err(Mistake::NotAHost(address, is, length)),
                None => Ok((address, length)),
            }
        }
        Err(Malformed::Address) => Err(Mistake::Address(text)),
        Err(Malformed::PrefixLength) => Err(Mistake::PrefixLength(text)),
    }
}

/// What is wrong with it in its network is found when the network is known.
fn gateway_address(text: String) -> Result<Ipv4Addr, Mistake> {
    let Ok(address) = address::parse(&text) else {
        return Err(Mistake::Address(text));
    };
    match address::not_a_host(address, 32) {
        Some(is) => Err(Mistake::NotAHost(address, is, 32)),
        None => Ok(address),
    }
}

fn station(text: String) -> Result<HardwareAddress, Mistake> {
    match HardwareAddress::parse(&text) {
        None => Err(Mistake::HardwareAddress(text)),
        Some(address) if address.is_multicast() || address.is_zero() => {
            Err(Mistake::NotAStation(text))
        }
        Some(address) => Ok(address),
    }
}

fn image_name(text: String) -> Result<String, Mistake> {
    let sound = |character: char| character.is_ascii_alphanumeric() || "-_".contains(character);
    if text.is_empty() || !text.chars().all(sound) {
        return Err(Mistake::ImageName(text));
    }
    Ok(text)
}
