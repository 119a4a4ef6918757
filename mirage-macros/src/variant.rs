//! The unikernel for each of its targets: one graph for all of them, or one for each if a value
//! differs.

use crate::{context::Context, files::Files, resolve::Resolved};
use mirage_graph::{
    check::{self, Checked},
    graph::{Graph, Node, NodeId, Spanned},
    target::{LogLevel, Target},
};
use syn::{Expr, Type};

/// A unikernel. Its variants have the same nodes, with different values.
pub(crate) struct Unikernel {
    pub(crate) resolved: Resolved,
    pub(crate) variants: Vec<Variant>,
}

/// A unikernel for one target, or for all.
pub(crate) struct Variant {
    pub(crate) target: Target,
    pub(crate) graph: Graph,
    /// The files that are compiled into the image.
    pub(crate) files: Option<Files>,
    /// The type of the boot arguments.
    pub(crate) arguments: Option<Spanned<Type>>,
    /// Which properties of the image are given at boot.
    pub(crate) boot: Boot,
    /// The checks that constant evaluation or boot has to do.
    pub(crate) checked: Checked,
}

/// Which properties of the image are given at boot.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Boot {
    pub(crate) name: bool,
    pub(crate) log: bool,
}

impl Unikernel {
    /// The first variant, for what is the same in all of them.
    pub(crate) fn first(&self) -> &Variant {
        &self.variants[0]
    }

    /// The configuration of a custom device in a variant; `None` for another node.
    pub(crate) fn configuration(&self, variant: &Variant, id: NodeId) -> Option<&Spanned<Expr>> {
        let device = self.resolved.custom.get(&id)?;
        device.configuration.get(variant.target).as_ref()
    }

    /// Whether anything is given at boot, on any target.
    pub(crate) fn takes_arguments(&self) -> bool {
        self.variants.iter().any(Variant::takes_arguments)
    }
}

impl Variant {
    /// Whether any value is given at boot: a program with std has an environment.
    fn takes_arguments(&self) -> bool {
        let mut interfaces = self.graph.interfaces();
        self.graph.std
            || self.boot.name
            || self.boot.log
            || self.arguments.is_some()
            || interfaces.any(|(_, interface)| {
                interface.address.value.configured().is_at_boot()
                    || interface
                        .gateway
                        .is_some_and(|gateway| gateway.value.is_at_boot())
                    || interface.dns.is_some_and(|dns| dns.value.is_at_boot())
                    || interface.ip6.is_some_and(|ip6| ip6.value.is_at_boot())
                    || interface
                        .gateway6
                        .is_some_and(|gateway| gateway.value.is_at_boot())
            })
    }
}

/// Selects and checks the variants.
pub(crate) fn variants(resolved: Resolved, context: &mut Context) -> Unikernel {
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
        resolved,
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
            name: image
                .name
                .as_ref()
                .and_then(|name| name.value.get())
                .unwrap_or_else(package),
            targets: self.targets.clone(),
            memory: image.memory,
            stack: image.stack,
            heap: image.heap,
            std: self.std,
            threads: image.threads,
            env: image.env.clone(),
            root: image
                .files()
                .map(|(files, span)| Spanned::new(files.root(), span)),
            tmp: image.tmp,
            membership: self.membership.clone(),
            log: image
                .log
                .and_then(|log| log.value.get())
                .unwrap_or(LogLevel::Info),
            nodes: nodes.collect(),
            main: self.main.clone(),
            arguments: Vec::new(),
            needs: Vec::new(),
            locations: context.spans.locations(),
        }
    }

    fn variant(&self, target: Target, graph: Graph, checked: Checked) -> Variant {
        let image = self.image.get(target);
        let arguments = self.arguments.as_ref();
        let arguments = arguments.and_then(|type_| type_.get(target).clone().transpose());
        Variant {
            target,
            graph,
            files: image.files().map(|(files, _)| files.clone()),
            arguments,
            boot: Boot {
                name: image
                    .name
                    .as_ref()
                    .is_some_and(|name| name.value.is_at_boot()),
                log: image.log.is_some_and(|log| log.value.is_at_boot()),
            },
            checked,
        }
    }
}

/// The name of the package that is being compiled.
fn package() -> String {
    std::env::var("CARGO_PKG_NAME").unwrap_or_else(|_| "unikernel".into())
}
