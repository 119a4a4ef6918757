//! What can be wrong between nodes. What is wrong with one value is found where it is read.

use crate::{
    address,
    graph::{At, Graph, Interface, Kind, Node},
    mistake::{Finding, Mistake},
    size,
};
use alloc::vec::Vec;

/// Everything that is wrong with a graph, independent mistakes each on its own.
///
/// A value that could not be read may stand in the graph as one that conflicts with nothing: an
/// address as 0.0.0.0 with prefix length 0, a port as 0.
pub fn check(graph: &Graph) -> Vec<Finding> {
    let mut findings = Vec::new();
    names(graph, &mut findings);
    ports(graph, &mut findings);
    for (_, interface) in graph.interfaces() {
        gateway(interface, &mut findings);
        driver(graph, interface, &mut findings);
    }
    memory(graph, &mut findings);
    received(graph, &mut findings);
    used(graph, &mut findings);
    findings
}

/// Each item with the first before it that is `same`.
fn conflicts<T>(items: &[T], same: impl Fn(&T, &T) -> bool) -> impl Iterator<Item = (&T, &T)> {
    items.iter().enumerate().filter_map(move |(index, item)| {
        let first = items[..index].iter().find(|other| same(other, item))?;
        Some((first, item))
    })
}

fn names(graph: &Graph, findings: &mut Vec<Finding>) {
    for (first, node) in conflicts(&graph.nodes, |one, other| one.name == other.name) {
        findings.push(
            Finding::new(Mistake::DuplicateName(node.name.clone()), node.place)
                .with(first.place, "the other is"),
        );
    }
}

fn ports(graph: &Graph, findings: &mut Vec<Finding>) {
    let declared = |port: fn(&Node) -> Option<At<u16>>| -> Vec<_> {
        let ports = graph.nodes.iter().filter_map(port);
        ports.filter(|port| port.value != 0).collect()
    };
    let tcp = declared(|node| match node.kind {
        Kind::Tcp(port) => Some(port),
        _ => None,
    });
    let udp = declared(|node| match node.kind {
        Kind::Udp(port) => Some(port),
        _ => None,
    });
    for (protocol, ports) in [("tcp", tcp), ("udp", udp)] {
        for (first, port) in conflicts(&ports, |one, other| one.value == other.value) {
            findings.push(
                Finding::new(Mistake::DuplicatePort(protocol, port.value), port.place)
                    .with(first.place, "the first is"),
            );
        }
    }
}

fn gateway(interface: &Interface, findings: &mut Vec<Finding>) {
    let Some(gateway) = interface.gateway else {
        return;
    };
    let address = interface.address;
    let mistake = if gateway.value == address.value {
        Mistake::GatewayIsSelf(gateway.value)
    } else if !address::same_network(gateway.value, address.value, interface.prefix_length) {
        Mistake::GatewayOutside(gateway.value, address.value, interface.prefix_length)
    } else if let Some(is) = address::not_a_host(gateway.value, interface.prefix_length) {
        Mistake::NotAHost(gateway.value, is, interface.prefix_length)
    } else {
        return;
    };
    findings.push(Finding::new(mistake, gateway.place).with(address.place, "the address is"));
}

fn driver(graph: &Graph, interface: &Interface, findings: &mut Vec<Finding>) {
    let driver = interface.driver;
    for &target in &graph.targets {
        if !driver.value.is_on(target) {
            let mistake = Mistake::DriverNotOnTarget(driver.value, target);
            findings.push(Finding::new(mistake, driver.place));
        }
    }
}

fn memory(graph: &Graph, findings: &mut Vec<Finding>) {
    if let Some(memory) = graph.memory
        && memory.value < size::LEAST_MEMORY
    {
        let mistake = Mistake::TooLittleMemory(memory.value);
        findings.push(Finding::new(mistake, memory.place));
    }
}

fn received(graph: &Graph, findings: &mut Vec<Finding>) {
    for (first, parameter) in conflicts(&graph.main, |one, other| one.node == other.node) {
        let mistake = Mistake::ReceivedTwice(graph.node(parameter.node).name.clone());
        findings.push(Finding::new(mistake, parameter.place).with(first.place, "the first is"));
    }
}

/// A device of the user's own may be there for its background work; of any other, somebody must
/// have something.
fn used(graph: &Graph, findings: &mut Vec<Finding>) {
    for (id, node) in graph.iter() {
        let own = matches!(node.kind, Kind::Own(_));
        if !own && graph.users(id) == 0 {
            let mistake = Mistake::Unused(node.name.clone());
            findings.push(Finding::new(mistake, node.place));
        }
    }
}

#[cfg(test)]
mod tests;
