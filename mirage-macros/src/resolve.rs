//! From configuration and `main` to the graph.

use crate::{
    config::{Boot, Config, CustomDevice, Disk, Interface, Port, unknown},
    signature::Main,
    source::Source,
};
use mirage_graph::{
    diagnostic::{Diagnostic, DiagnosticKind},
    graph::{self, Addressing, ConfigValue, Graph, Kind, Node, NodeId, SpanId, Spanned, Use},
    target::{Driver, LogLevel},
};
use proc_macro2::{Ident, Span};
use quote::ToTokens;
use std::collections::BTreeMap;
use syn::{Expr, ext::IdentExt};

/// Nodes that are there without being declared.
const OF_EVERY_MACHINE: [(&str, Kind); 3] = [
    ("console", Kind::Console),
    ("clock", Kind::Clock),
    ("random", Kind::Random),
];

/// The graph, and what it cannot hold: the user's own expressions.
pub(crate) struct Resolved {
    pub(crate) graph: Graph,
    /// What custom devices are made of.
    pub(crate) custom: BTreeMap<NodeId, Making>,
    /// The type of the boot arguments.
    pub(crate) arguments: Option<Expr>,
    /// What of the image is given at boot.
    pub(crate) boot: Boot,
}

impl Resolved {
    /// Whether anything is given at boot.
    pub(crate) fn takes_arguments(&self) -> bool {
        let Boot { name, log } = self.boot;
        let at_boot = |interface: &graph::Interface| {
            let address = interface.address.value.configured();
            let gateway = interface.gateway.map(|gateway| gateway.value);
            matches!(address, ConfigValue::Boot(_)) || matches!(gateway, Some(ConfigValue::Boot(_)))
        };
        let mut interfaces = self.graph.interfaces();
        name || log || self.arguments.is_some() || interfaces.any(|(_, each)| at_boot(each))
    }
}

/// What a custom device is made of.
pub(crate) struct Making {
    pub(crate) configuration: Expr,
    /// The word `on`, and the parentheses with the names of the nodes that it is built on.
    pub(crate) method: Span,
    pub(crate) parentheses: Span,
}

/// Makes the graph. What could not be read stands in it as what conflicts with nothing.
pub(crate) fn resolve(mut config: Config, main: &Main, source: &mut Source) -> Resolved {
    let mut graph = Graph {
        name: config
            .name
            .take()
            .and_then(|name| name.value)
            .unwrap_or_else(package),
        targets: Vec::new(),
        memory: config.memory,
        stack: config.stack,
        heap: config.heap,
        log: config
            .log
            .and_then(|log| log.value)
            .unwrap_or(LogLevel::Info),
        nodes: Vec::new(),
        main: Vec::new(),
        arguments: Vec::new(),
        needs: Vec::new(),
        locations: Vec::new(),
    };
    let incomplete = config.incomplete;
    let boot = config.boot;
    let arguments = config.args.take().map(|arguments| {
        let (name, written) = (arguments.name.unraw(), source_text(&arguments.type_));
        let span = source.span_id(&arguments.name);
        add(
            &mut graph,
            name.to_string(),
            Kind::Arguments(written),
            Vec::new(),
            span,
        );
        arguments.type_
    });
    let custom = std::mem::take(&mut config.custom);
    add_disks(&mut graph, std::mem::take(&mut config.disks));
    add_network(&mut graph, config, source);
    let names: Vec<_> = custom
        .iter()
        .map(|custom| custom.name.unraw().to_string())
        .collect();
    let positions = names.iter().cloned().enumerate();
    let mut resolver = Resolver {
        positions: positions.map(|(index, name)| (name, index)).collect(),
        names,
        nodes: BTreeMap::new(),
        graph,
        custom: custom.into_iter().map(Some).collect(),
        making: BTreeMap::new(),
        incomplete,
        path: Vec::new(),
    };
    resolver.index();
    for index in 0..resolver.custom.len() {
        resolver.add_custom(index, source);
    }
    resolver.receive(main, source);
    resolver.graph.locations = source.locations();
    Resolved {
        graph: resolver.graph,
        custom: resolver.making,
        arguments,
        boot,
    }
}

/// An expression for people to read: tokens come with space between.
fn source_text(expression: &Expr) -> String {
    let written = expression.to_token_stream().to_string();
    written.replace(" :: ", "::").replace(" : ", ": ")
}

/// The package that is being compiled.
fn package() -> String {
    std::env::var("CARGO_PKG_NAME").unwrap_or_else(|_| "unikernel".into())
}

fn add(graph: &mut Graph, name: String, kind: Kind, on: Vec<Use>, span: SpanId) -> NodeId {
    graph.nodes.push(Node {
        name,
        kind,
        on,
        span,
    });
    NodeId(graph.nodes.len() - 1)
}

fn add_disks(graph: &mut Graph, disks: Vec<Disk>) {
    for disk in disks {
        let kind = Kind::Disk(graph::Disk {
            driver: of_driver(disk.driver),
            size: disk.size,
        });
        add(graph, disk.name, kind, Vec::new(), disk.span);
    }
}

/// One that could not be read is on every target.
fn of_driver(driver: Spanned<Option<Driver>>) -> Spanned<Driver> {
    Spanned {
        value: driver.value.unwrap_or(Driver::Auto),
        span: driver.span,
    }
}

/// Adds the interfaces, what they are built on, and the ports.
fn add_network(graph: &mut Graph, config: Config, source: &mut Source) {
    let mut interfaces = Vec::new();
    let mut own_ports = Vec::new();
    if let Some(first) = config.interfaces.first() {
        let clock = add(graph, "clock".into(), Kind::Clock, Vec::new(), first.span);
        let random = add(graph, "random".into(), Kind::Random, Vec::new(), first.span);
        for interface in config.interfaces {
            let span = interface.span;
            let on = [clock, random].map(|node| Use { node, span }).into();
            let (name, kind) = (interface.name.clone(), of_interface(&interface, source));
            let node = add(graph, name, kind, on, span);
            interfaces.push(node);
            own_ports.push((node, interface.ports));
        }
    }
    for (interface, ports) in own_ports {
        add_ports(graph, ports, &[interface], source);
    }
    add_ports(graph, config.ports, &interfaces, source);
}

fn add_ports(graph: &mut Graph, ports: Vec<Port>, on: &[NodeId], source: &mut Source) {
    for port in ports {
        let span = source.span_id(&port.name);
        let name = port.name.unraw().to_string();
        let on = on.iter().map(|&node| Use { node, span }).collect();
        add(
            graph,
            name,
            Kind::Port(port.protocol, port.number, port.limits),
            on,
            span,
        );
    }
}

fn of_interface(interface: &Interface, source: &mut Source) -> Kind {
    let Interface {
        driver, properties, ..
    } = interface;
    let address = properties.ip.unwrap_or_else(|| {
        source.report(Diagnostic::new(DiagnosticKind::NoAddress, driver.span));
        Spanned {
            value: Addressing::Static(ConfigValue::Unread),
            span: driver.span,
        }
    });
    Kind::Interface(graph::Interface {
        driver: of_driver(*driver),
        address,
        gateway: properties.gateway,
        mac: properties.mac,
        mtu: properties.mtu,
    })
}

/// What names are resolved with: the nodes so far, and the user's own that are still to come.
struct Resolver {
    graph: Graph,
    /// The first node of each name.
    nodes: BTreeMap<String, NodeId>,
    custom: Vec<Option<CustomDevice>>,
    /// Names of custom devices, in the order they are declared, and the reverse.
    names: Vec<String>,
    positions: BTreeMap<String, usize>,
    making: BTreeMap<NodeId, Making>,
    /// Nodes may be missing because they could not be read.
    incomplete: bool,
    /// Devices that are being added, each built on the next.
    path: Vec<usize>,
}

impl Resolver {
    /// Notes the names of the nodes so far.
    fn index(&mut self) {
        for (node, Node { name, .. }) in self.graph.iter() {
            self.nodes.entry(name.clone()).or_insert(node);
        }
    }

    fn add(&mut self, name: String, kind: Kind, on: Vec<Use>, span: SpanId) -> NodeId {
        let node = add(&mut self.graph, name.clone(), kind, on, span);
        self.nodes.entry(name).or_insert(node);
        node
    }

    /// Adds a device after those that it is built on, if that has not been done yet.
    fn add_custom(&mut self, index: usize, source: &mut Source) {
        let Some(custom) = self.custom[index].take() else {
            return;
        };
        self.path.push(index);
        let on = custom
            .on
            .iter()
            .filter_map(|name| self.used(name, source))
            .collect();
        self.path.pop();
        let written = source_text(&custom.configuration);
        let span = source.span_id(&custom.name);
        let kind = Kind::Custom(written);
        let node = self.add(self.names[index].clone(), kind, on, span);
        let making = Making {
            configuration: custom.configuration,
            method: custom.method,
            parentheses: custom.parentheses,
        };
        self.making.insert(node, making);
    }

    /// The use of the node `name` by the device that is being added.
    fn used(&mut self, name: &Ident, source: &mut Source) -> Option<Use> {
        let span = source.span_id(name);
        let text = name.unraw().to_string();
        if let Some(&index) = self.positions.get(&text) {
            if let Some(start) = self.path.iter().position(|open| *open == index) {
                let round = self.path[start..].iter().chain([&index]);
                let names = round.map(|index| self.names[*index].clone()).collect();
                source.report(Diagnostic::new(DiagnosticKind::Cycle(names), span));
                return None;
            }
            self.add_custom(index, source);
        }
        self.find(text, span, source)
    }

    /// The node of that name, one that every machine has included.
    fn find(&mut self, name: String, span: SpanId, source: &mut Source) -> Option<Use> {
        if let Some(&node) = self.nodes.get(&name) {
            return Some(Use { node, span });
        }
        let mut of_every_machine = OF_EVERY_MACHINE.into_iter();
        if let Some((_, kind)) = of_every_machine.find(|(known, _)| *known == name) {
            let node = self.add(name, kind, Vec::new(), span);
            return Some(Use { node, span });
        }
        // The node may be one of those that could not be read.
        if !self.incomplete {
            let kind = DiagnosticKind::UnknownNode(unknown(name, self.known()));
            source.report(Diagnostic::new(kind, span));
        }
        None
    }

    /// The names that a node can be used by.
    fn known(&self) -> Vec<String> {
        let declared = self.graph.nodes.iter().map(|node| node.name.as_str());
        let custom = self.names.iter().map(String::as_str);
        let of_every_machine = OF_EVERY_MACHINE.iter().map(|(name, _)| *name);
        let mut names: Vec<String> = Vec::new();
        for name in declared.chain(custom).chain(of_every_machine) {
            if names.iter().all(|known| known != name) {
                names.push(name.into());
            }
        }
        names
    }

    /// Gives each parameter of `main` its node.
    fn receive(&mut self, main: &Main, source: &mut Source) {
        for parameter in &main.parameters {
            let Spanned { value, span } = parameter.name.clone();
            // `_http` is `http`, unless there is a node of just that name.
            let is_declared = self.nodes.contains_key(&value);
            let name = match value.strip_prefix('_') {
                Some(name) if !is_declared => name.into(),
                _ => value,
            };
            let used = self.find(name, span, source);
            self.graph.main.extend(used);
        }
    }
}
