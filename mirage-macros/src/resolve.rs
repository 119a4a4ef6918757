//! From configuration and `main` to the graph.

use crate::{
    config::{Config, Given, Own, Port, unknown},
    signature::Main,
    source::Source,
};
use mirage_graph::{
    graph::{At, Graph, Interface, Kind, Node, NodeId, Place, Use},
    mistake::{Finding, Mistake},
    target::{Driver, LogLevel, Target},
};
use proc_macro2::Ident;
use quote::ToTokens;
use std::{collections::BTreeMap, net::Ipv4Addr};
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
    /// Configurations of the user's own devices.
    pub(crate) configurations: BTreeMap<NodeId, Expr>,
}

/// Makes the graph. What could not be read stands in it as what conflicts with nothing.
pub(crate) fn resolve(mut config: Config, main: &Main, source: &mut Source) -> Resolved {
    let attribute = source.place(proc_macro2::TokenStream::new());
    let sound = |memory: &Option<Given<u64>>| memory.as_ref().and_then(Given::sound);
    let mut graph = Graph {
        name: config
            .name
            .as_ref()
            .and_then(|name| name.value.clone())
            .unwrap_or_else(package),
        targets: config.targets.clone().unwrap_or_else(|| allowed(&config)),
        memory: sound(&config.memory),
        log: config
            .log
            .and_then(|log| log.value)
            .unwrap_or(LogLevel::Info),
        nodes: Vec::new(),
        main: Vec::new(),
        arguments: Vec::new(),
        locations: Vec::new(),
    };
    let incomplete = config.incomplete;
    let own = std::mem::take(&mut config.own);
    add_network(&mut graph, config, attribute, source);
    let mut resolver = Resolver {
        names: own.iter().map(|own| own.name.unraw().to_string()).collect(),
        graph,
        own: own.into_iter().map(Some).collect(),
        configurations: BTreeMap::new(),
        incomplete,
        path: Vec::new(),
    };
    for index in 0..resolver.own.len() {
        resolver.add_own(index, source);
    }
    resolver.receive(main, source);
    resolver.graph.locations = source.locations();
    Resolved {
        graph: resolver.graph,
        configurations: resolver.configurations,
    }
}

/// The package that is being compiled.
fn package() -> String {
    std::env::var("CARGO_PKG_NAME").unwrap_or_else(|_| "unikernel".into())
}

/// The targets that the driver allows.
fn allowed(config: &Config) -> Vec<Target> {
    let driver = config.net.and_then(|net| net.value).unwrap_or(Driver::Auto);
    let targets = Target::ALL.into_iter();
    targets.filter(|target| driver.is_on(*target)).collect()
}

fn add(graph: &mut Graph, name: String, kind: Kind, on: Vec<Use>, place: Place) -> NodeId {
    graph.nodes.push(Node {
        name,
        kind,
        on,
        place,
    });
    NodeId(graph.nodes.len() - 1)
}

/// Adds the interface, what it is built on, and its ports.
fn add_network(graph: &mut Graph, config: Config, attribute: Place, source: &mut Source) {
    let interface = match (&config.net, &config.ip) {
        (None, _) => {
            if let Some(key) = config.of_interface.first() {
                // One interface is missing, however many keys are for it.
                let mistake = Mistake::NoInterface(key.value.clone());
                source.find(Finding::new(mistake, key.place));
            }
            None
        }
        (Some(net), ip) => {
            if ip.is_none() {
                source.find(Finding::new(Mistake::NoAddress, net.place));
            }
            Some(interface(&config, net))
        }
    };
    let place = config.net.map_or(attribute, |net| net.place);
    let mut on = Vec::new();
    if let Some(interface) = interface {
        let clock = add(graph, "clock".into(), Kind::Clock, Vec::new(), attribute);
        let random = add(graph, "random".into(), Kind::Random, Vec::new(), attribute);
        let kind = Kind::Interface(interface);
        let built_on = [clock, random].map(|node| Use { node, place });
        let node = add(graph, "net".into(), kind, built_on.into(), place);
        on.push(node);
    }
    add_ports(graph, config.tcp, Kind::Tcp, &on, source);
    add_ports(graph, config.udp, Kind::Udp, &on, source);
}

fn add_ports(
    graph: &mut Graph,
    ports: Vec<Port>,
    kind: fn(At<u16>) -> Kind,
    on: &[NodeId],
    source: &mut Source,
) {
    for port in ports {
        let number = At {
            value: port.number.value.unwrap_or(0),
            place: port.number.place,
        };
        let place = source.place(&port.name);
        let name = port.name.unraw().to_string();
        let on = on.iter().map(|&node| Use { node, place }).collect();
        add(graph, name, kind(number), on, place);
    }
}

fn interface(config: &Config, net: &Given<Driver>) -> Interface {
    let anywhere = At {
        value: (Ipv4Addr::UNSPECIFIED, 0),
        place: net.place,
    };
    let ip = config
        .ip
        .as_ref()
        .and_then(Given::sound)
        .unwrap_or(anywhere);
    let (address, prefix_length) = ip.value;
    Interface {
        driver: At {
            value: net.value.unwrap_or(Driver::Auto),
            place: net.place,
        },
        address: At {
            value: address,
            place: ip.place,
        },
        prefix_length,
        gateway: config.gateway.as_ref().and_then(Given::sound),
        mac: config.mac.and_then(|mac| mac.value),
        mtu: config.mtu.and_then(|mtu| mtu.value),
    }
}

/// What names are resolved with: the nodes so far, and the user's own that are still to come.
struct Resolver {
    graph: Graph,
    own: Vec<Option<Own>>,
    /// Names of the user's own devices, in the order they are declared.
    names: Vec<String>,
    configurations: BTreeMap<NodeId, Expr>,
    /// Nodes may be missing because they could not be read.
    incomplete: bool,
    /// Devices that are being added, each built on the next.
    path: Vec<usize>,
}

impl Resolver {
    /// Adds a device after those that it is built on, if that has not been done yet.
    fn add_own(&mut self, index: usize, source: &mut Source) {
        let Some(own) = self.own[index].take() else {
            return;
        };
        self.path.push(index);
        let on = own
            .on
            .iter()
            .filter_map(|name| self.used(name, source))
            .collect();
        self.path.pop();
        let written = own.configuration.to_token_stream().to_string();
        // For people to read: tokens come with space between.
        let written = written.replace(" :: ", "::").replace(" : ", ": ");
        let place = source.place(&own.name);
        let kind = Kind::Own(written);
        let node = add(&mut self.graph, self.names[index].clone(), kind, on, place);
        self.configurations.insert(node, own.configuration);
    }

    /// The use of the node `name` by the device that is being added.
    fn used(&mut self, name: &Ident, source: &mut Source) -> Option<Use> {
        let place = source.place(name);
        let text = name.unraw().to_string();
        if let Some(index) = self.names.iter().position(|own| *own == text) {
            if let Some(start) = self.path.iter().position(|open| *open == index) {
                let round = self.path[start..].iter().chain([&index]);
                let names = round.map(|index| self.names[*index].clone()).collect();
                source.find(Finding::new(Mistake::Cycle(names), place));
                return None;
            }
            self.add_own(index, source);
        }
        self.find(text, place, source)
    }

    /// The node of that name, one that every machine has included.
    fn find(&mut self, name: String, place: Place, source: &mut Source) -> Option<Use> {
        let declared = self.graph.iter().find(|(_, node)| node.name == name);
        if let Some((node, _)) = declared {
            return Some(Use { node, place });
        }
        let mut of_every_machine = OF_EVERY_MACHINE.into_iter();
        if let Some((_, kind)) = of_every_machine.find(|(known, _)| *known == name) {
            let node = add(&mut self.graph, name, kind, Vec::new(), place);
            return Some(Use { node, place });
        }
        // The node may be one of those that could not be read.
        if !self.incomplete {
            let mistake = Mistake::UnknownNode(unknown(name, self.known()));
            source.find(Finding::new(mistake, place));
        }
        None
    }

    /// The names that a node can be used by.
    fn known(&self) -> Vec<String> {
        let declared = self.graph.nodes.iter().map(|node| node.name.as_str());
        let own = self.names.iter().map(String::as_str);
        let of_every_machine = OF_EVERY_MACHINE.iter().map(|(name, _)| *name);
        let mut names: Vec<String> = Vec::new();
        for name in declared.chain(own).chain(of_every_machine) {
            if names.iter().all(|known| known != name) {
                names.push(name.into());
            }
        }
        names
    }

    /// Gives each parameter of `main` its node.
    fn receive(&mut self, main: &Main, source: &mut Source) {
        for parameter in &main.parameters {
            let At { value, place } = parameter.name.clone();
            // `_http` is `http`, unless there is a node of just that name.
            let is_declared = self.graph.nodes.iter().any(|node| node.name == value);
            let name = match value.strip_prefix('_') {
                Some(name) if !is_declared => name.into(),
                _ => value,
            };
            let used = self.find(name, place, source);
            self.graph.main.extend(used);
        }
    }
}
