//! From the configuration and `main` to the nodes of the graph.

use crate::{
    config::{BUILT_IN, Config, CustomDevice, Disk, Image, Interface, Port},
    context::Context,
    expand,
    membership::{self, Guard},
    per_target::PerTarget,
    signature::{Main, Parameter},
    span::{first_variable, source_text},
};
use mirage_graph::{
    address::InterfaceAddress,
    application::PlanError,
    diagnostic::{Diagnostic, DiagnosticKind, Unknown},
    graph::{self, Addressing, ConfigValue, Node, NodeId, NodeKind, SpanId, Spanned, Use},
    membership::Membership,
    port::Protocol,
    target::Target,
};
use proc_macro2::{Ident, Span};
use quote::{ToTokens, quote};
use std::{collections::BTreeMap, net::Ipv4Addr};
use syn::{Expr, Type, ext::IdentExt};

/// A unikernel whose values may differ by target.
pub(crate) struct Resolved {
    pub(crate) targets: Vec<Target>,
    /// The key that lists them, if they are listed.
    pub(crate) targets_key: Option<SpanId>,
    /// Whether the program has std.
    pub(crate) std: bool,
    /// The rules about peers, if there are any.
    pub(crate) guard: Option<Guard>,
    /// The application that it is part of.
    pub(crate) membership: Option<Membership>,
    pub(crate) image: PerTarget<Image>,
    pub(crate) nodes: Vec<Node<PerTarget<NodeKind>>>,
    /// The nodes that `main` receives, by parameter.
    pub(crate) main: Vec<Use>,
    pub(crate) custom: BTreeMap<NodeId, CustomDevice>,
    /// The type of the boot arguments.
    pub(crate) arguments: Option<PerTarget<Spanned<Option<Type>>>>,
}

/// Resolves names to nodes. An invalid value conflicts with nothing.
pub(crate) fn resolve(config: Config, main: &Main, context: &mut Context) -> Resolved {
    for key in config.of_std.iter().filter(|_| !main.has_std()) {
        context.error_at(DiagnosticKind::OnlyWithStd(key.value.clone()), key.span);
    }
    let mut nodes = Nodes::default();
    let mut types = None;
    if let Some(arguments) = config.args {
        let span = context.spans.span_id(&arguments.name);
        let kind = arguments.type_.clone().map(|type_| {
            let text = type_.value.as_ref().map(source_text);
            NodeKind::Arguments(text.unwrap_or_default())
        });
        nodes.add(arguments.name.unraw().to_string(), kind, Vec::new(), span);
        types = Some(arguments.type_);
    }
    for Disk { name, span, config } in config.disks {
        nodes.add(name, config.map(NodeKind::Disk), Vec::new(), span);
    }
    let interfaces = nodes.add_network(config.interfaces, config.ports, context);
    for remote in config.remotes {
        let span = context.spans.span_id(&remote.name);
        let route = || nodes.route(&interfaces, *remote.remote.address.ip());
        let Some(node) = remote
            .interface
            .map(|index| interfaces[index])
            .or_else(route)
        else {
            // The missing interface has been reported.
            continue;
        };
        let kind = PerTarget::same(NodeKind::Remote(remote.remote));
        let name = remote.name.unraw().to_string();
        nodes.add(name, kind, Vec::from([Use { node, span }]), span);
    }
    let planned = nodes.list.len();
    let names = config.custom.iter().map(|custom| custom.name.unraw());
    let names: Vec<_> = names.map(|name| name.to_string()).collect();
    let positions = names.iter().cloned().enumerate();
    let mut resolver = Resolver {
        positions: positions.map(|(index, name)| (name, index)).collect(),
        names,
        nodes,
        pending: config.custom.into_iter().map(Some).collect(),
        custom: BTreeMap::new(),
        incomplete: config.incomplete,
        path: Vec::new(),
    };
    for index in 0..resolver.pending.len() {
        resolver.add_custom(index, context);
    }
    resolver.values(context);
    let received = resolver.parameters(main, context);
    if let Some(membership) = &config.membership
        && !config.incomplete
        && received.len() == main.parameters.len()
    {
        resolver.untaken(planned, &received, (main, membership), context);
    }
    Resolved {
        guard: config.guard,
        membership: config.membership.map(|membership| membership.stated),
        targets: config.targets,
        targets_key: config.targets_key,
        std: main.has_std(),
        image: config.image,
        main: received,
        nodes: resolver.nodes.list,
        custom: resolver.custom,
        arguments: types,
    }
}

#[derive(Default)]
struct Nodes {
    list: Vec<Node<PerTarget<NodeKind>>>,
    /// The first node of each name.
    by_name: BTreeMap<String, NodeId>,
}

impl Nodes {
    fn add(
        &mut self,
        name: String,
        kind: PerTarget<NodeKind>,
        on: Vec<Use>,
        span: SpanId,
    ) -> NodeId {
        let id = NodeId(self.list.len());
        self.by_name.entry(name.clone()).or_insert(id);
        self.list.push(Node {
            name,
            kind,
            on,
            span,
        });
        id
    }

    /// The interface by which an address is reached: that in whose network it is, or that with a gateway, or else
    /// the first with IPv4.
    fn route(&self, interfaces: &[NodeId], address: Ipv4Addr) -> Option<NodeId> {
        let config = |id: &NodeId| match self.list[id.0].kind.values().next() {
            Some(NodeKind::Interface(interface)) => Some(interface),
            _ => None,
        };
        let is_direct = |id: &&NodeId| {
            let own = config(id).and_then(|config| config.address.value.configured().get());
            own.is_some_and(|own: InterfaceAddress| own.contains(address))
        };
        let has_gateway = |id: &&NodeId| config(id).is_some_and(|config| config.gateway.is_some());
        let mut all = interfaces.iter();
        let direct = all.find(is_direct);
        let found = direct.or_else(|| interfaces.iter().find(has_gateway));
        let has_ipv4 = |id: &&NodeId| config(id).is_some_and(graph::Interface::has_ipv4);
        let found = found.or_else(|| interfaces.iter().find(has_ipv4));
        found.or(interfaces.first()).copied()
    }

    /// Adds the interfaces, their dependencies and the ports. Returns the interfaces.
    fn add_network(
        &mut self,
        interfaces: Vec<Interface>,
        ports: Vec<Port>,
        context: &mut Context,
    ) -> Vec<NodeId> {
        let Some(first) = interfaces.first() else {
            self.add_ports(ports, &[], context);
            return Vec::new();
        };
        let dependencies = [("clock", NodeKind::Clock), ("random", NodeKind::Random)]
            .map(|(name, kind)| self.add(name.into(), PerTarget::same(kind), vec![], first.span));
        let mut ids = Vec::new();
        let mut ports_of_one = Vec::new();
        for interface in interfaces {
            let span = interface.span;
            if !interface.has_ipv4 && !interface.has_ipv6 {
                let config = interface.config.values().next();
                let span = config.map_or(span, |config| config.driver.span);
                context.error_at(DiagnosticKind::NoAddress, span);
            }
            let is_without_ipv4 = interface.has_ipv6 && !interface.has_ipv4;
            let on = dependencies.map(|node| Use { node, span }).into();
            let kind = interface.config.map(|mut config| {
                if is_without_ipv4 {
                    config.address.value = Addressing::Absent;
                }
                NodeKind::Interface(config)
            });
            let id = self.add(interface.name, kind, on, span);
            ids.push(id);
            ports_of_one.push((id, interface.ports));
        }
        for (interface, ports) in ports_of_one {
            self.add_ports(ports, &[interface], context);
        }
        self.add_ports(ports, &ids, context);
        ids
    }

    fn add_ports(&mut self, ports: Vec<Port>, on: &[NodeId], context: &mut Context) {
        for port in ports {
            let span = context.spans.span_id(&port.name);
            let name = port.name.unraw().to_string();
            let on = match &port.interfaces {
                Some(positions) => positions.iter().map(|position| on[*position]).collect(),
                None => on.to_vec(),
            };
            let on = on.into_iter().map(|node| Use { node, span }).collect();
            let kind = port.config.map(|config| {
                let invalid = Spanned::new(ConfigValue::Unread, span);
                let number = config.number.unwrap_or(invalid);
                NodeKind::Port(port.protocol, number, config.limits)
            });
            self.add(name, kind, on, span);
        }
    }
}

/// The nodes so far, and the custom devices that are still to be added.
struct Resolver {
    nodes: Nodes,
    pending: Vec<Option<CustomDevice>>,
    /// The names of custom devices in the order of their declarations, and their positions.
    names: Vec<String>,
    positions: BTreeMap<String, usize>,
    custom: BTreeMap<NodeId, CustomDevice>,
    /// Whether nodes may be missing because of an error.
    incomplete: bool,
    /// The positions of devices that are being added, each built on the next.
    path: Vec<usize>,
}

impl Resolver {
    /// Adds a device after its dependencies, unless it has been added.
    fn add_custom(&mut self, index: usize, context: &mut Context) {
        let Some(custom) = self.pending[index].take() else {
            return;
        };
        self.path.push(index);
        let on = custom.on.iter();
        let on = on
            .filter_map(|name| self.dependency(name, context))
            .collect();
        self.path.pop();
        let kind = custom.configuration.clone().map(|configuration| {
            let text = configuration.map(|configuration| source_text(&configuration.value));
            NodeKind::Custom(text.unwrap_or_default())
        });
        let span = context.spans.span_id(&custom.name);
        let node = self.nodes.add(self.names[index].clone(), kind, on, span);
        self.custom.insert(node, custom);
    }

    /// The node `name`, on which the device that is being added is built.
    fn dependency(&mut self, name: &Ident, context: &mut Context) -> Option<Use> {
        let span = context.spans.span_id(name);
        let text = name.unraw().to_string();
        if let Some(&index) = self.positions.get(&text) {
            if let Some(start) = self.path.iter().position(|open| *open == index) {
                let cycle = self.path[start..].iter().chain([&index]);
                let names = cycle.map(|index| self.names[*index].clone()).collect();
                context.error_at(DiagnosticKind::Cycle(names), span);
                return None;
            }
            self.add_custom(index, context);
        }
        self.find(text, span, context)
    }

    /// The node of that name, declared or not.
    fn find(&mut self, name: String, span: SpanId, context: &mut Context) -> Option<Use> {
        if let Some(&node) = self.nodes.by_name.get(&name) {
            return Some(Use { node, span });
        }
        let mut undeclared = BUILT_IN.into_iter();
        if let Some((_, kind)) = undeclared.find(|(other, _)| *other == name) {
            let node = self
                .nodes
                .add(name, PerTarget::same(kind), Vec::new(), span);
            return Some(Use { node, span });
        }
        // The node may be missing because of another error.
        if !self.incomplete {
            let declaration = self.declaration(&name);
            let unknown = Unknown::new(name, self.node_names());
            context.error_at(DiagnosticKind::UnknownNode(unknown, declaration), span);
        }
        None
    }

    /// How a node with the name of a key is declared, if there is none of its kind.
    fn declaration(&self, name: &str) -> Option<&'static str> {
        let mut kinds = self.nodes.list.iter().flat_map(|node| node.kind.values());
        let (declaration, exists) = match name {
            "args" => (
                "args = TYPE",
                kinds.any(|kind| matches!(kind, NodeKind::Arguments(_))),
            ),
            "net" => (
                "net = \"auto\", ip = \"10.0.0.2\"",
                kinds.any(|kind| matches!(kind, NodeKind::Interface(_))),
            ),
            "block" => (
                "block = \"auto\"",
                kinds.any(|kind| matches!(kind, NodeKind::Disk(_))),
            ),
            _ => return None,
        };
        (!exists).then_some(declaration)
    }

    /// Reports nodes in values, which are evaluated before any node exists.
    fn values(&mut self, context: &mut Context) {
        let is_node = |name: &str| {
            self.nodes.by_name.contains_key(name)
                // Whoever reads a boot argument there may have forgotten to declare them.
                || name == "args"
                || BUILT_IN.iter().any(|(other, _)| *other == name)
        };
        let used = |value: &Expr, is_device| {
            let node = first_variable(value.to_token_stream(), &is_node)?;
            let kind = DiagnosticKind::NodeInValue(node.unraw().to_string(), is_device);
            Some((kind, node.into_token_stream()))
        };
        context.check_constants(|value| used(value, false));
        for device in self.custom.values_mut() {
            for configuration in device.configuration.values_mut() {
                let value = configuration.as_ref();
                if let Some((kind, node)) = value.and_then(|value| used(&value.value, true)) {
                    context.error(kind, node);
                    context
                        .dropped
                        .extend(value.map(|value| value.value.to_token_stream()));
                    *configuration = None;
                }
            }
        }
    }

    fn node_names(&self) -> Vec<String> {
        let declared = self.nodes.list.iter().map(|node| node.name.as_str());
        let custom = self.names.iter().map(String::as_str);
        let undeclared = BUILT_IN.iter().map(|(name, _)| *name);
        let mut names: Vec<String> = Vec::new();
        for name in declared.chain(custom).chain(undeclared) {
            if names.iter().all(|other| other != name) {
                names.push(name.into());
            }
        }
        names
    }

    /// The nodes that `main` receives.
    fn parameters(&mut self, main: &Main, context: &mut Context) -> Vec<Use> {
        let parameters = main.parameters.iter().filter_map(|parameter| {
            let Spanned { value, span } = parameter.name.clone();
            // `_http` is `http`, unless there is a node `_http`.
            let is_declared = self.nodes.by_name.contains_key(&value);
            let name = match value.strip_prefix('_') {
                Some(name) if !is_declared => name.into(),
                _ => value,
            };
            let used = self.find(name, span, context)?;
            if parameter.is_wrapped() {
                self.parameter_type(parameter, used.node, context);
            }
            Some(used)
        });
        parameters.collect()
    }

    /// Reports each of the first `count` nodes that follows from the plan, and that `main` does not receive.
    fn untaken(
        &self,
        count: usize,
        received: &[Use],
        (main, membership): (&Main, &membership::Membership),
        context: &mut Context,
    ) {
        for (index, node) in self.nodes.list[..count].iter().enumerate() {
            let kind = node.kind.values().next();
            let (what, type_) = match kind {
                Some(NodeKind::Disk(_)) => ("disk", "Disk"),
                // A program with std binds ports and connects by itself.
                Some(NodeKind::Port(..) | NodeKind::Remote(_)) if main.has_std() => continue,
                Some(NodeKind::Port(Protocol::Tcp, ..)) => ("port", "TcpListener"),
                Some(NodeKind::Port(Protocol::Udp, ..)) => ("port", "UdpSocket"),
                Some(NodeKind::Port(Protocol::Both, ..)) => ("port", "Service"),
                Some(NodeKind::Remote(remote)) => ("link", expand::type_of_remote(remote)),
                _ => continue,
            };
            let id = NodeId(index);
            let devices = self.nodes.list.iter().flat_map(|node| &node.on);
            if devices.chain(received).any(|used| used.node == id) {
                continue;
            }
            let (unikernel, name) = (membership.unikernel.clone(), node.name.clone());
            let kind = PlanError::NoParameter(unikernel, what, name, type_);
            let diagnostic = Diagnostic::new(kind.into(), membership.path);
            context.report(diagnostic.with(node.span, "the plan has it"));
        }
    }

    /// Reports a parameter whose type no device provides, if the type of the node is known.
    fn parameter_type(&self, parameter: &Parameter, node: NodeId, context: &mut Context) {
        let kind = self.nodes.list[node.0].kind.values().next();
        let (module, type_) = match kind {
            Some(NodeKind::Console) => ("console", "Console"),
            Some(NodeKind::Clock) => ("time", "Clock"),
            Some(NodeKind::Random) => ("random", "Random"),
            Some(NodeKind::Interface(_)) => ("net", "Network"),
            Some(NodeKind::Disk(_)) => ("block", "Disk"),
            Some(NodeKind::Port(Protocol::Tcp, ..)) => ("net", "TcpListener"),
            Some(NodeKind::Port(Protocol::Udp, ..)) => ("net", "UdpSocket"),
            Some(NodeKind::Port(Protocol::Both, ..)) => ("net", "Service"),
            Some(NodeKind::Remote(remote)) => ("net", expand::type_of_remote(remote)),
            Some(NodeKind::Arguments(type_)) => ("", type_.as_str()),
            Some(NodeKind::Custom(_)) | None => return,
        };
        if type_.is_empty() {
            // The type of the boot arguments is invalid, which has been reported.
            return;
        }
        let name = parameter.name.value.clone();
        let kind = DiagnosticKind::ParameterType(name.clone(), type_.into());
        context.error(kind, &parameter.type_);
        if parameter.is_invalid() && !module.is_empty() {
            let runtime = expand::runtime();
            let [module, type_] = [module, type_].map(|name| Ident::new(name, Span::call_site()));
            context
                .parameter_types
                .insert(name, quote!(#runtime::#module::#type_));
        }
    }
}
