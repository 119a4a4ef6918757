//! From configuration and `main` to the graph.

use crate::{
    config::{Config, Given, Port, unknown},
    signature::Main,
    source::Source,
};
use mirage_graph::{
    graph::{At, Graph, Interface, Kind, Node, NodeId, Parameter, Place},
    mistake::{Finding, Mistake},
    target::{Driver, LogLevel, Target},
};
use std::net::Ipv4Addr;
use syn::ext::IdentExt;

/// Nodes that are there without being declared.
const OF_EVERY_MACHINE: [(&str, Kind); 3] = [
    ("console", Kind::Console),
    ("clock", Kind::Clock),
    ("random", Kind::Random),
];

/// Makes the graph. What could not be read stands in it as what conflicts with nothing.
pub(crate) fn resolve(config: Config, main: &Main, source: &mut Source) -> Graph {
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
        locations: Vec::new(),
    };
    let incomplete = config.incomplete;
    add_network(&mut graph, config, attribute, source);
    receive(&mut graph, main, incomplete, source);
    graph.locations = source.locations();
    graph
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

fn add(graph: &mut Graph, name: String, kind: Kind, on: Vec<NodeId>, place: Place) -> NodeId {
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
        on.push(add(graph, "net".into(), kind, vec![clock, random], place));
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
        add(graph, name, kind(number), on.into(), place);
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

/// Gives each parameter of `main` its node.
fn receive(graph: &mut Graph, main: &Main, incomplete: bool, source: &mut Source) {
    for parameter in &main.parameters {
        let name = &parameter.name.value;
        let found = graph.iter().find(|(_, node)| node.name == *name);
        let node = match found.map(|(id, _)| id) {
            Some(id) => id,
            None => match OF_EVERY_MACHINE
                .into_iter()
                .find(|(known, _)| known == name)
            {
                Some((_, kind)) => add(graph, name.clone(), kind, Vec::new(), parameter.name.place),
                // The node may be one of those that could not be read.
                None if incomplete => continue,
                None => {
                    let mistake = Mistake::UnknownNode(unknown(name.clone(), known(graph)));
                    source.find(Finding::new(mistake, parameter.name.place));
                    continue;
                }
            },
        };
        let place = parameter.name.place;
        graph.main.push(Parameter { node, place });
    }
}

/// The names that a parameter can have.
fn known(graph: &Graph) -> Vec<String> {
    let mut names: Vec<_> = graph.nodes.iter().map(|node| node.name.clone()).collect();
    for (name, _) in OF_EVERY_MACHINE {
        if !names.iter().any(|known| known == name) {
            names.push(name.into());
        }
    }
    names
}
