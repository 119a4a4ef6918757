//! Keys and values: the attribute as a configuration.

mod group;
mod interface;
mod key;
mod own;
mod setting;
mod value;

use crate::{
    constant::Reader,
    report::nearest,
    source::Source,
    syntax::{self, Form, Item},
};
pub(crate) use group::Port;
pub(crate) use interface::{Interface, Properties};
use key::{Key, Keys};
use mirage_graph::{
    graph::{At, Place, Setting},
    mistake::{Finding, Mistake, Unknown},
    size,
    target::{Driver, LogLevel, Target},
};
pub(crate) use own::Own;
use proc_macro2::TokenStream;

/// What the attribute says. `None` is absent; a value that is wrong has been reported.
#[derive(Default)]
pub(crate) struct Config {
    pub(crate) interfaces: Vec<Interface>,
    /// The ports of all interfaces.
    pub(crate) ports: Vec<Port>,
    pub(crate) name: Option<Given<String>>,
    pub(crate) memory: Option<At<Setting<u64>>>,
    pub(crate) log: Option<Given<LogLevel>>,
    pub(crate) targets: Option<Vec<Target>>,
    /// Devices of the user's own.
    pub(crate) own: Vec<Own>,
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

/// Reads the attribute, for the target that the source is read for.
pub(crate) fn read(attribute: TokenStream, source: &mut Source) -> Config {
    let mut config = Config::default();
    let mut network = Network::default();
    let before = source.findings().len();
    let items = syntax::items(attribute, "key = value", source);
    config.incomplete = source.findings().len() > before;
    let mut keys = Keys::of_the_attribute();
    for item in items {
        if own::is_device(&item) && !keys.has(&item) {
            // Its name is seen to with those of other nodes, unless it is twice here.
            if keys.is_first(&item, source) {
                config.own.extend(own::device(&item, source));
            } else {
                config.incomplete = true;
            }
            continue;
        }
        match keys.take(&item, source) {
            Some((key, place)) => config.take(key, place, &item, &mut network, source),
            None => config.incomplete = true,
        }
    }
    config.add_interface(network, source);
    config
}

/// What is said of the network at the top level.
#[derive(Default)]
struct Network {
    /// The driver of the only interface.
    driver: Option<Given<Driver>>,
    /// Properties of the only interface.
    properties: Properties,
    /// Keys that are properties of an interface, where they stand.
    keys: Vec<At<String>>,
    /// There is a group of interfaces.
    several: bool,
}

impl Config {
    /// Reads the value of a key.
    fn take(
        &mut self,
        key: Key,
        place: Place,
        item: &Item,
        network: &mut Network,
        source: &mut Source,
    ) {
        let example = key.example();
        let text = |source: &mut Source| value::text(item, example, source);
        if let Some(protocol) = key.protocol() {
            let (ports, complete) = group::ports(item, protocol, example, source);
            self.incomplete |= !complete;
            self.ports.extend(ports);
            return;
        }
        if network.properties.take(key, item, source) {
            let value = item.name();
            network.keys.push(At { value, place });
            return;
        }
        match key {
            Key::Net if matches!(item.form, Form::Group(_)) => {
                network.several = true;
                let (interfaces, complete) = interface::interfaces(item, source);
                self.incomplete |= !complete;
                self.interfaces = interfaces;
            }
            Key::Net => network.driver = Some(text(source).and_then(source, driver)),
            Key::Name => self.name = Some(text(source).and_then(source, image_name)),
            Key::Memory => {
                let read = Reader::Memory;
                self.memory = Some(setting::of_text(item, source, example, size::memory, read));
            }
            Key::Log => self.log = Some(text(source).and_then(source, log_level)),
            Key::Targets => self.targets = Some(group::targets(item, example, source)),
            Key::Driver
            | Key::Ip
            | Key::Gateway
            | Key::Mac
            | Key::Mtu
            | Key::Tcp
            | Key::Udp
            | Key::Port => {}
        }
    }

    /// Adds the only interface, which is said of at the top level.
    fn add_interface(&mut self, network: Network, source: &mut Source) {
        let first = network.keys.first();
        if network.several {
            if let (Some(key), Some(interface)) = (first, self.interfaces.first()) {
                let mistake = Mistake::OfOneInterface(key.value.clone(), interface.name.clone());
                source.find(Finding::new(mistake, key.place));
            }
            return;
        }
        let Some(driver) = network.driver else {
            // One interface is missing, however many keys are for it.
            let port = self
                .ports
                .first()
                .map(|port| (port.key.clone(), port.place));
            let first = first.map(|key| (key.value.clone(), key.place)).or(port);
            if let Some((key, place)) = first {
                source.find(Finding::new(Mistake::NoInterface(key), place));
            }
            return;
        };
        self.interfaces.push(Interface {
            name: Key::Net.name().into(),
            place: driver.place,
            driver,
            properties: network.properties,
            ports: Vec::new(),
        });
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

/// The target of that name.
pub(crate) fn target(name: String) -> Result<Target, Mistake> {
    choose(name, Target::named, Target::ALL.map(Target::name)).map_err(Mistake::UnknownTarget)
}

fn driver(name: String) -> Result<Driver, Mistake> {
    choose(name, Driver::named, Driver::ALL.map(Driver::name)).map_err(Mistake::UnknownDriver)
}

fn log_level(name: String) -> Result<LogLevel, Mistake> {
    choose(name, LogLevel::named, LogLevel::ALL.map(LogLevel::name))
        .map_err(Mistake::UnknownLogLevel)
}

fn image_name(text: String) -> Result<String, Mistake> {
    let sound = |character: char| character.is_ascii_alphanumeric() || "-_".contains(character);
    if text.is_empty() || !text.chars().all(sound) {
        return Err(Mistake::ImageName(text));
    }
    Ok(text)
}
