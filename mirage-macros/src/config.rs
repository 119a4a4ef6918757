//! Keys and values: the attribute as a configuration.

mod boot;
mod custom;
mod disk;
mod group;
mod interface;
mod key;
mod port;
mod setting;
mod value;

use crate::{
    constant::Reader,
    source::Source,
    syntax::{self, Form, Item},
};
pub(crate) use custom::CustomDevice;
pub(crate) use disk::Disk;
pub(crate) use group::Port;
pub(crate) use interface::{Interface, Properties};
use key::{Key, Keys};
use mirage_graph::{
    diagnostic::{Diagnostic, DiagnosticKind, Unknown},
    graph::{ConfigValue, SpanId, Spanned},
    size,
    target::{Driven, Driver, LogLevel, Target},
};
use proc_macro2::{Ident, TokenStream};
use syn::Expr;

/// What the attribute says. `None` is absent; a value that is wrong has been reported.
#[derive(Default)]
pub(crate) struct Config {
    pub(crate) interfaces: Vec<Interface>,
    pub(crate) disks: Vec<Disk>,
    /// The ports of all interfaces.
    pub(crate) ports: Vec<Port>,
    pub(crate) name: Option<Spanned<Option<String>>>,
    pub(crate) memory: Option<Spanned<ConfigValue<u64>>>,
    pub(crate) stack: Option<Spanned<ConfigValue<u64>>>,
    pub(crate) heap: Option<Spanned<ConfigValue<u64>>>,
    pub(crate) log: Option<Spanned<Option<LogLevel>>>,
    /// The boot arguments.
    pub(crate) args: Option<Arguments>,
    /// What else is given at boot.
    pub(crate) boot: Boot,
    pub(crate) targets: Option<Vec<Target>>,
    /// Custom devices.
    pub(crate) custom: Vec<CustomDevice>,
    /// Something was so wrong that nodes may be missing.
    pub(crate) incomplete: bool,
}

/// The boot arguments: the node's name and the type.
pub(crate) struct Arguments {
    pub(crate) name: Ident,
    pub(crate) type_: Expr,
}

/// Properties of the image that are given at boot.
#[derive(Clone, Copy, Default)]
pub(crate) struct Boot {
    pub(crate) name: bool,
    pub(crate) log: bool,
}

/// What a key's value means, if there is one. `None` stands for a value that is wrong, which has been
/// reported.
fn convert<T, U>(
    value: Spanned<Option<T>>,
    source: &mut Source,
    read: impl FnOnce(T) -> Result<U, DiagnosticKind>,
) -> Spanned<Option<U>> {
    let span = value.span;
    let value = value.value.and_then(|value| match read(value) {
        Ok(value) => Some(value),
        Err(kind) => {
            source.report(Diagnostic::new(kind, span));
            None
        }
    });
    Spanned { value, span }
}

/// Reads the attribute, for the target that the source is read for.
pub(crate) fn read(attribute: TokenStream, source: &mut Source) -> Config {
    let mut config = Config::default();
    let mut network = Network::default();
    let before = source.diagnostics().len();
    let items = syntax::items(attribute, "key = value", source);
    config.incomplete = source.diagnostics().len() > before;
    let mut keys = Keys::of_the_attribute();
    for item in items {
        if custom::is_device(&item) && !keys.has(&item) {
            // Its name is seen to with those of other nodes, unless it is twice here.
            if keys.is_first(&item, source) {
                config.custom.extend(custom::device(&item, source));
            } else {
                config.incomplete = true;
            }
            continue;
        }
        if !keys.has(&item)
            && let Some((kind, span)) = custom::mistake(&item)
        {
            source.error(kind, Ident::new("there", span));
            if keys.is_first(&item, source) {
                config.custom.push(custom::meant(&item, span));
            }
            continue;
        }
        match (keys.take(&item, source), custom::call(&item)) {
            // A device cannot have this name, which is told once: its users are no errors.
            (Some((key, _)), Some(call)) if key.is_of_the_image() => {
                let kind = DiagnosticKind::WrongForm(item.name(), key.example().into());
                source.error(kind, call);
                config.incomplete = true;
            }
            (Some((key, span)), _) => config.take(key, span, &item, &mut network, source),
            (None, _) => config.incomplete = true,
        }
    }
    config.add_interface(network, source);
    config
}

/// What is said of the network at the top level.
#[derive(Default)]
struct Network {
    /// The driver of the only interface.
    driver: Option<Spanned<Option<Driver>>>,
    /// Properties of the only interface.
    properties: Properties,
    /// Keys that are properties of an interface, where they stand.
    keys: Vec<Spanned<String>>,
    /// There is a group of interfaces.
    several: bool,
}

impl Config {
    /// Reads the value of a key.
    fn take(
        &mut self,
        key: Key,
        span: SpanId,
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
            network.keys.push(Spanned { value, span });
            return;
        }
        match key {
            Key::Net if matches!(item.form, Form::Group(_)) => {
                network.several = true;
                let (interfaces, complete) = interface::interfaces(item, source);
                self.incomplete |= !complete;
                self.interfaces = interfaces;
            }
            Key::Net => {
                let driver = |name| driver(name, Driven::Interface);
                network.driver = Some(convert(text(source), source, driver));
            }
            Key::Block if matches!(item.form, Form::Group(_)) => {
                let (disks, complete) = disk::disks(item, source);
                self.incomplete |= !complete;
                self.disks = disks;
            }
            Key::Block => self.disks.push(disk::only(item, source)),
            Key::Name => {
                let name = at_boot(item, example, &mut self.boot.name, source);
                let name = name.unwrap_or_else(|| Some(text(source)));
                self.name = name.map(|name| convert(name, source, image_name));
            }
            Key::Memory => {
                let read = Reader::Memory;
                self.memory = Some(setting::of_text(item, source, example, size::memory, read));
            }
            Key::Stack => {
                let read = Reader::Stack;
                self.stack = Some(setting::of_text(item, source, example, size::stack, read));
            }
            Key::Heap => {
                let read = Reader::Size;
                self.heap = Some(setting::of_text(item, source, example, size::memory, read));
            }
            Key::Log => {
                let log = at_boot(item, example, &mut self.boot.log, source);
                let log = log.unwrap_or_else(|| Some(text(source)));
                self.log = log.map(|log| convert(log, source, log_level));
            }
            Key::Args => {
                self.args = arguments(item, example, source);
                self.incomplete |= self.args.is_none();
            }
            Key::Targets => self.targets = Some(group::targets(item, example, source)),
            Key::Driver
            | Key::Size
            | Key::Ip
            | Key::Gateway
            | Key::Mac
            | Key::Mtu
            | Key::Tcp
            | Key::Udp
            | Key::Port
            | Key::Number
            | Key::Connections
            | Key::Datagrams
            | Key::Receive
            | Key::Transmit => {}
        }
    }

    /// Adds the only interface, which is said of at the top level.
    fn add_interface(&mut self, network: Network, source: &mut Source) {
        let first = network.keys.first();
        if network.several {
            if let (Some(key), Some(interface)) = (first, self.interfaces.first()) {
                let kind =
                    DiagnosticKind::OfOneInterface(key.value.clone(), interface.name.clone());
                source.report(Diagnostic::new(kind, key.span));
            }
            return;
        }
        let Some(driver) = network.driver else {
            // One interface is missing, however many keys are for it.
            let port = self.ports.first().map(|port| (port.key.clone(), port.span));
            let first = first.map(|key| (key.value.clone(), key.span)).or(port);
            if let Some((key, span)) = first {
                source.report(Diagnostic::new(DiagnosticKind::NoInterface(key), span));
            }
            return;
        };
        self.interfaces.push(Interface {
            name: Key::Net.name().into(),
            span: driver.span,
            driver,
            properties: network.properties,
            ports: Vec::new(),
        });
    }
}

/// The default of a value that is given at boot, and none if it has none; noted in `boot`. `None`
/// if it is another value.
fn at_boot(
    item: &Item,
    example: &str,
    boot: &mut bool,
    source: &mut Source,
) -> Option<Option<Spanned<Option<String>>>> {
    let default = boot::read(item, example, source)?;
    *boot = true;
    Some(default.map(|text| Spanned {
        value: Some(text.value()),
        span: source.span_id(text),
    }))
}

/// The boot arguments, `args = Args`.
fn arguments(item: &Item, example: &str, source: &mut Source) -> Option<Arguments> {
    let type_ = value::type_(item, example, source).value?;
    Some(Arguments {
        name: item.key.clone(),
        type_,
    })
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
    Unknown::new(name, known)
}

/// The target of that name.
pub(crate) fn target(name: String) -> Result<Target, DiagnosticKind> {
    choose(name, Target::named, Target::ALL.map(Target::name))
        .map_err(DiagnosticKind::UnknownTarget)
}

fn driver(name: String, driven: Driven) -> Result<Driver, DiagnosticKind> {
    let driver = Driver::for_device(driven).find(|driver| driver.name() == name);
    let names = Driver::for_device(driven).map(|driver| driver.name().into());
    driver.ok_or_else(|| DiagnosticKind::UnknownDriver(unknown(name, names.collect())))
}

fn log_level(name: String) -> Result<LogLevel, DiagnosticKind> {
    choose(name, LogLevel::named, LogLevel::ALL.map(LogLevel::name))
        .map_err(DiagnosticKind::UnknownLogLevel)
}

fn image_name(text: String) -> Result<String, DiagnosticKind> {
    let sound = |character: char| character.is_ascii_alphanumeric() || "-_".contains(character);
    if text.is_empty() || !text.chars().all(sound) {
        return Err(DiagnosticKind::ImageName(text));
    }
    Ok(text)
}
