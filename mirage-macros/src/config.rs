//! The attribute as a configuration: keys and values.

mod connect;
mod custom;
mod disk;
mod group;
mod image;
mod interface;
mod key;
mod planned;
mod port;
mod process;
mod property;
mod rule;
mod targets;
mod value;

use crate::{
    choice,
    context::Context,
    membership::{Guard, Membership, Outgoing, Remote},
    per_target::PerTarget,
    syntax::{self, Form, Item},
};
pub(crate) use custom::{CustomDevice, is_type_name};
pub(crate) use disk::{Disk, disks};
pub(crate) use group::contents;
pub(crate) use image::Image;
use image::ImageKey;
pub(crate) use interface::Interface;
use interface::InterfaceKey;
pub(crate) use key::Keys;
use key::Value;
use mirage_graph::{
    diagnostic::DiagnosticKind,
    graph::{NodeKind, SpanId, Spanned},
    target::{Driver, Target},
};
pub(crate) use planned::read_planned;
pub(crate) use port::{Port, ports};
use proc_macro2::{Ident, TokenStream};
use syn::Type;
pub(crate) use value::{is_container, string_literal, text};

/// Nodes that exist without being declared.
pub(crate) const BUILT_IN: [(&str, NodeKind); 3] = [
    ("console", NodeKind::Console),
    ("clock", NodeKind::Clock),
    ("random", NodeKind::Random),
];

/// The configuration. `None` is absent; an invalid value has been reported.
pub(crate) struct Config {
    pub(crate) image: PerTarget<Image>,
    pub(crate) interfaces: Vec<Interface>,
    pub(crate) disks: Vec<Disk>,
    /// The ports of all interfaces.
    pub(crate) ports: Vec<Port>,
    pub(crate) args: Option<Arguments>,
    /// The declared targets, and otherwise those that all drivers support.
    pub(crate) targets: Vec<Target>,
    /// The key that lists the targets, if they are listed.
    pub(crate) targets_key: Option<SpanId>,
    pub(crate) custom: Vec<CustomDevice>,
    /// The keys that only programs with std have.
    pub(crate) of_std: Vec<Spanned<String>>,
    /// What it is part of, if it is planned.
    pub(crate) membership: Option<Membership>,
    /// The rules about peers, if there are any.
    pub(crate) guard: Option<Guard>,
    /// The links to other unikernels.
    pub(crate) remotes: Vec<Remote>,
    /// Whether nodes may be missing because of an error.
    pub(crate) incomplete: bool,
}

/// The boot arguments: the node's name and the type.
pub(crate) struct Arguments {
    pub(crate) name: Ident,
    pub(crate) type_: PerTarget<Spanned<Option<Type>>>,
}

/// The network at the top level of the attribute.
struct Network {
    /// The only interface.
    interface: Interface,
    /// Whether it is declared.
    is_declared: bool,
    /// Its first key.
    first_key: Option<Spanned<String>>,
    /// Whether there is a group of interfaces instead.
    is_group: bool,
    /// To whom connections are opened.
    outgoing: Option<Outgoing>,
    /// The key that lists them.
    connect_key: Option<Spanned<String>>,
}

/// Whether every machine has a node of this name.
pub(crate) fn is_built_in(name: &str) -> bool {
    BUILT_IN.iter().any(|(other, _)| *other == name)
}

/// The text of `name = "shop"`, a name like that of an image. An invalid one is reported.
pub(crate) fn image_name(item: &Item, example: &str, context: &mut Context) -> Option<String> {
    let Spanned { value, span } = text(item, example, context);
    context.valid((rule::NAME.parse)(&value?), span)
}

/// Reads the attribute.
pub(crate) fn read(attribute: TokenStream, context: &mut Context) -> Config {
    let errors = context.diagnostics().len();
    let items = syntax::items(attribute, "key = value", context);
    let is_incomplete = context.diagnostics().len() > errors;
    read_items(&items, is_incomplete, context)
}

fn read_items(items: &[Item], is_incomplete: bool, context: &mut Context) -> Config {
    let mut config = Config {
        image: PerTarget::same(Image::default()),
        interfaces: Vec::new(),
        disks: Vec::new(),
        ports: Vec::new(),
        args: None,
        targets: Vec::new(),
        targets_key: None,
        custom: Vec::new(),
        of_std: Vec::new(),
        membership: None,
        guard: None,
        remotes: Vec::new(),
        incomplete: is_incomplete,
    };
    let mut network = Network {
        interface: Interface::new(image::NET.into(), SpanId(0)),
        is_declared: false,
        first_key: None,
        is_group: false,
        outgoing: None,
        connect_key: None,
    };
    // A value that differs by target has an arm for each of them.
    let errors = context.diagnostics().len();
    let targets = items.iter().find(|item| item.name() == image::TARGETS);
    config.targets_key = targets.map(|item| context.spans.span_id(&item.key));
    let declared = targets.map(|item| targets::read(item, context));
    let declared = declared.filter(|targets| !targets.is_empty());
    if let Some(targets) = &declared {
        context.targets.clone_from(targets);
    }
    let mut errors_in_targets = context.split_off(errors);
    let mut keys = Keys::new(names());
    for item in items {
        config.read_item(item, &mut keys, &mut network, context);
        if item.name() == image::TARGETS {
            // Errors are reported in the order of the items.
            for error in errors_in_targets.drain(..) {
                context.report(error);
            }
        }
    }
    match network.outgoing {
        Some(Outgoing::None) => config.guard.get_or_insert_default().is_closed = true,
        // The links stay, and nothing else is refused.
        Some(Outgoing::Any) => config.guard = None,
        None => {}
    }
    config.add_interface(network, context);
    let is_declared = declared.is_some();
    config.targets = declared.unwrap_or_else(|| config.supported_targets());
    check_arms(&config.targets, is_declared, context);
    config
}

/// The names of the keys at the top level.
fn names() -> impl Iterator<Item = &'static str> {
    let devices = image::DEVICES.iter().map(|key| key.name);
    // The driver of the only interface is the value of `net`.
    let interface = interface::KEYS[1..].iter().map(|key| key.name);
    let image = image::IMAGE.iter().map(|key| key.name);
    devices.chain(interface).chain(image)
}

/// Reports each `match target` without an arm for one of the targets, and each `_` that is for none.
fn check_arms(targets: &[Target], is_declared: bool, context: &mut Context) {
    for Spanned { value, span } in std::mem::take(&mut context.missing_arms) {
        let missing = value.into_iter().filter(|target| targets.contains(target));
        let missing: Vec<_> = missing.collect();
        if !missing.is_empty() {
            context.error_at(DiagnosticKind::NoArm(missing), span);
        }
    }
    for Spanned { value, span } in std::mem::take(&mut context.wildcards) {
        // A `_` may be for targets that other drivers would support.
        let is_for_none = match is_declared {
            true => !value.iter().any(|target| targets.contains(target)),
            false => value.is_empty(),
        };
        if is_for_none {
            context.error_at(DiagnosticKind::UnreachableArm(choice::NO_OTHERS), span);
        }
    }
}

impl Config {
    fn read_item(
        &mut self,
        item: &Item,
        keys: &mut Keys,
        network: &mut Network,
        context: &mut Context,
    ) {
        let is_key = keys.contains(item);
        let is_device = !is_key && custom::is_device(item);
        if is_device {
            // Names of nodes are compared later, but two items with one name are an error here.
            if keys.add(item, context).is_some() {
                self.custom.extend(custom::device(item, context));
            } else {
                self.incomplete = true;
            }
            return;
        }
        let name = item.name();
        let is_built_in = BUILT_IN.iter().any(|(other, _)| *other == name);
        if is_built_in && !matches!(item.form, Form::Invalid) {
            context.dropped.push(item.value());
            context.error(DiagnosticKind::BuiltIn(name), &item.key);
            return;
        }
        let is_similar = || keys.unknown(item).nearest.is_some();
        if !is_key && let Some(error) = custom::error(item, is_similar()) {
            let span = error.span();
            context.error(error.kind, error.tokens);
            if keys.add(item, context).is_some() {
                self.custom
                    .push(custom::invalid_device(item, span, context));
            }
            self.incomplete = true;
            return;
        }
        let Some(span) = keys.take(item, context) else {
            context.dropped.push(item.value());
            self.incomplete = true;
            return;
        };
        if let Some(call) = custom::call(item)
            && let Some(example) = Self::example_of_value(item)
        {
            // No device can have this name: its users are not further errors.
            let kind = DiagnosticKind::WrongForm(item.name(), example.into());
            context.dropped.push(item.value());
            context.error(kind, call);
            self.incomplete = true;
            return;
        }
        // An item with an error may have declared what seems to be missing.
        self.incomplete |= matches!(item.form, Form::Invalid);
        if let Some(key) = key::find(interface::KEYS, item) {
            if let Value::Special(InterfaceKey::Ports(protocol)) = key.value {
                let (ports, complete) = port::ports(item, protocol, key.example, context);
                self.ports.extend(ports);
                self.incomplete |= !complete;
            } else {
                network.interface.read(key, item, context);
                let key = Spanned::new(item.name(), span);
                network.first_key.get_or_insert(key);
            }
            return;
        }
        let rows = [image::DEVICES, image::IMAGE];
        let Some(key) = rows.iter().find_map(|rows| key::find(rows, item)) else {
            return;
        };
        if image::OF_STD.contains(&key.name) {
            self.of_std.push(Spanned::new(item.name(), span));
        }
        let example = key.example;
        let is_group = matches!(item.form, Form::Group(_));
        match key.read(item, &mut self.image, context) {
            Some(ImageKey::Interfaces) if is_group => {
                network.is_group = true;
                let (interfaces, complete) = interface::interfaces(item, context);
                self.incomplete |= !complete;
                self.interfaces = interfaces;
            }
            Some(ImageKey::Interfaces) => {
                network.is_declared = true;
                network.interface.span = context.spans.span_id(item.value());
                network.interface.read_driver(item, example, context);
            }
            Some(ImageKey::Disks) if is_group => {
                let (disks, complete) = disk::disks(item, context);
                self.incomplete |= !complete;
                self.disks = disks;
            }
            Some(ImageKey::Disks) => self.disks.push(disk::only(item, example, context)),
            Some(ImageKey::Args) => {
                let items = choice::items(item, context);
                self.args = Some(Arguments {
                    name: item.key.clone(),
                    type_: items.map(|item| value::type_(&item, example, context)),
                });
            }
            Some(ImageKey::Threads) => {
                process::threads(item, example, &mut self.image, context);
            }
            Some(ImageKey::Env) => process::env(item, example, &mut self.image, context),
            Some(ImageKey::Outgoing) => {
                network.outgoing = connect::outgoing(item, example, context)
            }
            Some(ImageKey::Connect) => {
                network.connect_key = Some(Spanned::new(item.name(), span));
                let peers = connect::peers(item, example, context);
                self.incomplete |= peers.is_incomplete;
                self.remotes = peers.remotes;
                self.guard = Some(Guard {
                    peers: peers.of_everyone,
                    is_closed: true,
                    ..Guard::default()
                });
            }
            // These were read first.
            Some(ImageKey::Targets) | None => {}
        }
    }

    /// An example of an item with the same key; `None` if it is no key.
    fn example_of_value(item: &Item) -> Option<&'static str> {
        let of_interface = key::find(interface::KEYS, item).map(|key| key.example);
        let rows = [image::DEVICES, image::IMAGE];
        let others = rows.iter().find_map(|rows| key::find(rows, item));
        of_interface.or(others.map(|key| key.example))
    }

    /// Adds the only interface, whose keys are at the top level.
    fn add_interface(&mut self, mut network: Network, context: &mut Context) {
        // What is missing may be in an item with an error.
        network.interface.has_ipv4 |= self.incomplete;
        if network.is_group {
            if let (Some(key), Some(interface)) = (network.first_key, self.interfaces.first()) {
                let kind = DiagnosticKind::OfOneInterface(key.value, interface.name.clone());
                context.error_at(kind, key.span);
            }
        } else if network.is_declared {
            self.interfaces.push(network.interface);
        } else if !self.incomplete {
            // One interface is missing, however many keys it has.
            let port = self.ports.first();
            let port = port.map(|port| Spanned::new(port.key.clone(), port.span));
            if let Some(key) = network.first_key.or(port).or(network.connect_key) {
                context.error_at(DiagnosticKind::NoInterface(key.value), key.span);
                // Links lead by an interface.
                self.incomplete |= !self.remotes.is_empty();
            }
        }
    }

    /// The targets that support all interfaces and disks: their drivers, names and number.
    fn supported_targets(&self) -> Vec<Target> {
        let is_supported = |target: &Target| {
            let interfaces = self.interfaces.iter().map(|interface| {
                let driver = interface.config.get(*target).driver.value;
                (&interface.name, driver)
            });
            let disks = self.disks.iter();
            let disks = disks.map(|disk| (&disk.name, disk.config.get(*target).driver.value));
            let devices: Vec<(_, Driver)> = interfaces.chain(disks).collect();
            let is_within = target.device_limits().is_none_or(|limits| {
                devices.len() <= limits.devices
                    && devices.iter().all(|(name, _)| limits.allow(name))
            });
            is_within && devices.iter().all(|(_, driver)| driver.is_on(*target))
        };
        Target::ALL.into_iter().filter(is_supported).collect()
    }
}
