//! Checks between nodes. A single value is checked where it is read.

mod deferred;
mod ipv6;

use crate::{
    address::InterfaceAddress,
    diagnostic::{Diagnostic, DiagnosticKind},
    graph::{ConfigValue, Graph, Interface, NodeId, NodeKind, SpanId, Spanned},
    port::{self, Protocol},
    target::{DeviceLimits, Driven, Driver, Target},
    value_error::ValueError,
};
use alloc::{collections::BTreeMap, vec::Vec};
use core::net::Ipv4Addr;
pub use deferred::{AtBoot, Deferred, Pair, PortList};

/// The diagnostics of a graph, and the checks that only constant evaluation or boot can do.
#[derive(Debug, Default)]
pub struct Checked {
    /// The diagnostics, one for each independent error.
    pub diagnostics: Vec<Diagnostic>,
    /// Checks of constants.
    pub deferred: Vec<Deferred>,
    /// Checks of values that are given at boot.
    pub at_boot: Vec<AtBoot>,
    /// Lists of ports that contain constants.
    pub ports: Vec<PortList>,
}

/// Checks a graph, whose values are those for `targets`.
pub fn check(graph: &Graph, targets: &[Target]) -> Checked {
    let mut checked = Checked::default();
    checked.names(graph);
    checked.ports(graph);
    checked.ports_beside_dhcp(graph);
    let interfaces: Vec<_> = graph.interfaces().collect();
    checked.gateways(&interfaces);
    checked.networks(&interfaces);
    checked.mac_addresses(&interfaces);
    checked.ipv6(&interfaces);
    checked.without_ipv4(graph);
    for (driver, driven) in graph.drivers() {
        checked.driver(targets, driver, driven);
    }
    checked.devices(graph, targets);
    checked.memory(graph, targets);
    checked.received(graph);
    checked.used(graph);
    checked
}

impl Checked {
    fn report(&mut self, kind: impl Into<DiagnosticKind>, span: SpanId) {
        self.diagnostics.push(Diagnostic::new(kind.into(), span));
    }

    fn conflict(
        &mut self,
        kind: impl Into<DiagnosticKind>,
        span: SpanId,
        (other, is): (SpanId, &'static str),
    ) {
        let diagnostic = Diagnostic::new(kind.into(), span);
        self.diagnostics.push(diagnostic.with(other, is));
    }

    fn names(&mut self, graph: &Graph) {
        let mut first = BTreeMap::new();
        for node in &graph.nodes {
            match first.get(&node.name) {
                Some(&span) => {
                    let kind = DiagnosticKind::DuplicateName(node.name.clone());
                    self.conflict(kind, node.span, (span, "the other is"));
                }
                None => {
                    first.insert(&node.name, node.span);
                }
            }
        }
    }

    /// Each port of an interface has one listener for each protocol.
    fn ports(&mut self, graph: &Graph) {
        let mut taken: BTreeMap<(NodeId, &str, u16), (SpanId, &str)> = BTreeMap::new();
        let mut lists: BTreeMap<(NodeId, &str), PortList> = BTreeMap::new();
        let mut found: Vec<SpanId> = Vec::new();
        for node in &graph.nodes {
            let NodeKind::Port(protocol, port, _) = &node.kind else {
                continue;
            };
            for &protocol in protocol.each() {
                for used in &node.on {
                    let key = (used.node, protocol.name());
                    let list = lists.entry(key).or_insert_with(|| PortList::new(protocol));
                    list.ports.push(*port);
                    let Some(number) = port.value.get() else {
                        continue;
                    };
                    let key = (used.node, protocol.name(), number);
                    let (first, name) = *taken.entry(key).or_insert((port.span, &node.name));
                    // On several interfaces, and for both protocols, it is one error. Two ports of one name
                    // are another.
                    if first != port.span && name != node.name && !found.contains(&port.span) {
                        found.push(port.span);
                        let error = ValueError::DuplicatePort(protocol, number);
                        self.conflict(error, port.span, (first, "the first is"));
                    }
                }
            }
        }
        self.ports = lists
            .into_values()
            .filter_map(PortList::with_constants)
            .collect();
    }

    /// An interface with DHCP uses the port of the DHCP client.
    fn ports_beside_dhcp(&mut self, graph: &Graph) {
        let asks: BTreeMap<NodeId, SpanId> = graph
            .interfaces()
            .filter(|(_, interface)| interface.address.value.may_use_dhcp())
            .map(|(node, interface)| (node, interface.address.span))
            .collect();
        for node in &graph.nodes {
            let NodeKind::Port(Protocol::Udp | Protocol::Both, port, _) = node.kind else {
                continue;
            };
            let asking = node.on.iter().find_map(|used| {
                let span = asks.get(&used.node)?;
                Some((used.node, *span))
            });
            if let Some((interface, asked)) = asking {
                self.pair(
                    Pair::PortBesideDhcp(port.value),
                    (interface, interface),
                    port.span,
                    (asked, "the address is asked for"),
                );
            }
        }
    }

    /// There is one gateway, in the network of its interface.
    fn gateways(&mut self, interfaces: &[(NodeId, &Interface)]) {
        let mut first: Option<SpanId> = None;
        for &(node, interface) in interfaces {
            let Some(gateway) = interface.gateway else {
                continue;
            };
            if let Some(first) = first {
                self.conflict(
                    DiagnosticKind::SecondGateway,
                    gateway.span,
                    (first, "the first is"),
                );
                continue;
            }
            first = Some(gateway.span);
            let address = interface.address;
            self.pair(
                Pair::Gateway(gateway.value, address.value.configured()),
                (node, node),
                gateway.span,
                (address.span, "the address is"),
            );
        }
    }

    fn networks(&mut self, interfaces: &[(NodeId, &Interface)]) {
        self.each_two(interfaces, |one, other| {
            let pair = Pair::Networks(
                one.address.value.configured(),
                other.address.value.configured(),
            );
            Some((pair, other.address.span, one.address.span))
        });
    }

    fn mac_addresses(&mut self, interfaces: &[(NodeId, &Interface)]) {
        self.each_two(interfaces, |one, other| {
            let (one, other) = (one.mac?, other.mac?);
            let pair = Pair::MacAddresses(one.value, other.value);
            Some((pair, other.span, one.span))
        });
    }

    /// Checks each interface against those before it. There are only a few.
    fn each_two(
        &mut self,
        interfaces: &[(NodeId, &Interface)],
        pair: impl Fn(&Interface, &Interface) -> Option<(Pair, SpanId, SpanId)>,
    ) {
        for (index, &(node, other)) in interfaces.iter().enumerate() {
            for &(before, one) in &interfaces[..index] {
                if let Some((pair, span, first)) = pair(one, other) {
                    self.pair(pair, (before, node), span, (first, "the first is"));
                }
            }
        }
    }

    /// Checks two values against each other, now or when constants are known, and at boot.
    fn pair(
        &mut self,
        pair: Pair,
        nodes: (NodeId, NodeId),
        span: SpanId,
        other: (SpanId, &'static str),
    ) {
        if pair.waits_for_boot() {
            self.at_boot.push(AtBoot { pair, nodes });
        }
        if pair.waits_for_constants() {
            self.deferred.push(Deferred { pair, span, other });
        } else if let Some(error) = pair.error() {
            self.conflict(error, span, other);
        }
    }

    fn driver(&mut self, targets: &[Target], driver: Spanned<Driver>, driven: Driven) {
        for &target in targets {
            if !driver.value.is_on(target) {
                let kind = DiagnosticKind::DriverNotOnTarget(driver.value, driven, target);
                self.report(kind, driver.span);
            }
        }
    }

    /// The targets support the names and the number of interfaces and disks.
    fn devices(&mut self, graph: &Graph, targets: &[Target]) {
        let targets = targets.iter().copied();
        let limits: Vec<_> = targets
            .filter_map(|target| Some((target, target.device_limits()?)))
            .collect();
        let devices: Vec<_> = graph.attached().collect();
        for device in &devices {
            let refuses = |(_, limits): &&(_, DeviceLimits)| !limits.allow(&device.name);
            if let Some(&(target, _)) = limits.iter().find(refuses) {
                let kind = DiagnosticKind::DeviceName(device.name.clone(), target);
                self.report(kind, device.span);
            }
        }
        for (target, limits) in limits {
            if let Some(device) = devices.get(limits.devices) {
                let kind = DiagnosticKind::TooManyDevices(devices.len(), target);
                self.report(kind, device.span);
                break;
            }
        }
    }

    /// No size is larger than the memory that the targets support.
    fn memory(&mut self, graph: &Graph, targets: &[Target]) {
        if let Some(root) = &graph.root
            && let Some(error) = too_much_memory(root.value.bytes, targets)
        {
            self.report(error, root.span);
        }
        for size in [graph.memory, graph.heap, graph.tmp].into_iter().flatten() {
            let Some(bytes) = size.value.get() else {
                continue;
            };
            if let Some(error) = too_much_memory(bytes, targets) {
                self.report(error, size.span);
            }
        }
    }

    fn received(&mut self, graph: &Graph) {
        let mut first = BTreeMap::new();
        for parameter in &graph.main {
            let span = *first.entry(parameter.node).or_insert(parameter.span);
            if span != parameter.span {
                let kind = DiagnosticKind::ReceivedTwice(graph.node(parameter.node).name.clone());
                self.conflict(kind, parameter.span, (span, "the first is"));
            }
        }
    }

    /// Every node has a user, except custom devices that only work in the background: their names begin
    /// with an underscore.
    fn used(&mut self, graph: &Graph) {
        let users = graph.users();
        for (id, node) in graph.iter() {
            let is_custom = matches!(node.kind, NodeKind::Custom(_));
            let is_background = is_custom && node.name.starts_with('_');
            // The program binds ports and connects by itself.
            let is_of_std = graph.std
                && matches!(
                    node.kind,
                    NodeKind::Port(..) | NodeKind::Interface(_) | NodeKind::Remote(_)
                );
            // What the plan of an application declares has been checked against `main`.
            let is_planned = graph.membership.is_some() && !is_custom;
            if !is_background && !is_of_std && !is_planned && users[id.0] == 0 {
                let kind = DiagnosticKind::Unused(node.name.clone(), is_custom);
                self.report(kind, node.span);
            }
        }
    }
}

/// The error of a size that is larger than the memory that a machine of one of the targets can have.
pub(crate) const fn too_much_memory(bytes: u64, targets: &[Target]) -> Option<ValueError> {
    let mut index = 0;
    while index < targets.len() {
        if bytes > targets[index].max_memory() {
            return Some(ValueError::TooMuchMemory(bytes, targets[index]));
        }
        index += 1;
    }
    None
}

impl Pair {
    /// The conflict between the two values, if both are known.
    fn error(&self) -> Option<ValueError> {
        fn both<T: Copy, U: Copy>(one: &ConfigValue<T>, other: &ConfigValue<U>) -> Option<(T, U)> {
            Some((one.get()?, other.get()?))
        }
        match self {
            Self::Gateway(gateway, address) => {
                let (gateway, address): (Ipv4Addr, InterfaceAddress) = both(gateway, address)?;
                address.cannot_use(gateway)
            }
            Self::Networks(one, other) => {
                let (one, other) = both(one, other)?;
                one.conflicts_with(other)
            }
            Self::MacAddresses(one, other) => {
                let (one, other) = both(one, other)?;
                one.is(other)
                    .then(|| ValueError::DuplicateMacAddress(other.text()))
            }
            Self::PortBesideDhcp(port) => {
                (port.get()? == port::DHCP_CLIENT).then_some(ValueError::PortOfDhcp)
            }
        }
    }
}

#[cfg(test)]
mod tests;
