//! The unikernel for each of its targets: one graph for all of them, or one for each if a value
//! differs.

use crate::{config::Boot, context::Context, resolve::Resolved};
use mirage_graph::{
    check::{self, Checked},
    graph::{self, ConfigValue, Graph, Node, NodeId, Spanned},
    target::{LogLevel, Target},
};
use proc_macro2::Span;
use std::collections::BTreeMap;
use syn::Expr;

/// A unikernel. Its variants have the same nodes, with different values.
pub(crate) struct Unikernel {
    pub(crate) variants: Vec<Variant>,
}

/// A unikernel for one target, or for all.
pub(crate) struct Variant {
    pub(crate) target: Target,
    pub(crate) graph: Graph,
    pub(crate) custom: BTreeMap<NodeId, Custom>,
    /// The type of the boot arguments.
    pub(crate) arguments: Option<Spanned<Expr>>,
    /// Which properties of the image are given at boot.
    pub(crate) boot: Boot,
    /// The checks that constant evaluation or boot has to do.
    pub(crate) checked: Checked,
}

/// The tokens of a custom device.
pub(crate) struct Custom {
    pub(crate) configuration: Spanned<Expr>,
    /// The identifier `on` and the parentheses after it.
    pub(crate) method: Span,
    pub(crate) parentheses: Span,
}

impl Unikernel {
    /// The first variant, for what is the same in all of them.
    pub(crate) fn first(&self) -> &Variant {
        &self.variants[0]
    }
}

impl Variant {
    /// Whether any value is given at boot.
    pub(crate) fn takes_arguments(&self) -> bool {
        let is_at_boot = |interface: &graph::Interface| {
            let address = interface.address.value.configured();
            let gateway = interface.gateway.map(|gateway| gateway.value);
            matches!(address, ConfigValue::Boot(_)) || matches!(gateway, Some(ConfigValue::Boot(_)))
        };
        let mut interfaces = self.graph.interfaces();
        self.boot != Boot::default()
            || self.arguments.is_some()
            || interfaces.any(|(_, interface)| is_at_boot(interface))
    }
}

/// Selects and checks the variants.
pub(crate) fn variants(resolved: &Resolved, context: &mut Context) -> Unikernel {
    // A unikernel that no target supports is checked for an arbitrary one.
    let first = resolved.targets.first().copied().unwrap_or(Target::Unix);
    let targets = match resolved.differs() {
        true if !resolved.targets.is_empty() => resolved.targets.clone(),
        _ => vec![first],
    };
    let variants = targets.into_iter().map(|target| {
        let graph = resolved.graph(target, context);
        let checked_for = match resolved.differs() {
            true => &[target][..],
            false => &resolved.targets,
        };
        let mut checked = check::check(&graph, checked_for);
        for diagnostic in std::mem::take(&mut checked.diagnostics) {
            context.report(diagnostic);
        }
        resolved.variant(target, graph, checked)
    });
    Unikernel {
        variants: variants.collect(),
    }
}

impl Resolved {
    /// Whether any value differs by target.
    fn differs(&self) -> bool {
        let mut custom = self.custom.values();
        let arguments = self.arguments.as_ref();
        self.image.differs()
            || self.nodes.iter().any(|node| node.kind.differs())
            || custom.any(|custom| custom.configuration.differs())
            || arguments.is_some_and(|type_| type_.differs())
    }

    fn graph(&self, target: Target, context: &Context) -> Graph {
        let image = self.image.get(target);
        let nodes = self.nodes.iter().map(|node| Node {
            name: node.name.clone(),
            kind: node.kind.get(target).clone(),
            on: node.on.clone(),
            span: node.span,
        });
        Graph {
            name: image.name.clone().unwrap_or_else(package),
            targets: self.targets.clone(),
            memory: image.memory,
            stack: image.stack,
            heap: image.heap,
            log: image.log.unwrap_or(LogLevel::Info),
            nodes: nodes.collect(),
            main: self.main.clone(),
            arguments: Vec::new(),
            needs: Vec::new(),
            locations: context.spans.locations(),
        }
    }

    fn variant(&self, target: Target, graph: Graph, checked: Checked) -> Variant {
        let custom = self.custom.iter().filter_map(|(id, device)| {
            let custom = Custom {
                configuration: device.configuration.get(target).clone()?,
                method: device.method,
                parentheses: device.parentheses,
            };
            Some((*id, custom))
        });
        let arguments = self.arguments.as_ref();
        let arguments = arguments.and_then(|type_| type_.get(target).clone().transpose());
        Variant {
            target,
            graph,
            custom: custom.collect(),
            arguments,
            boot: self.image.get(target).boot,
            checked,
        }
    }
}

/// The name of the package that is being compiled.
fn package() -> String {
    std::env::var("CARGO_PKG_NAME").unwrap_or_else(|_| "unikernel".into())
}
