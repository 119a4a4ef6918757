//! The steps that create and start the nodes, in groups.

use super::wiring::{self, LastUses};
use crate::{context::Context, variant::Unikernel};
use mirage_graph::graph::{Graph, NodeId};
use proc_macro2::TokenStream;
use quote::quote;
use std::ops::Range;

/// The maximum number of steps, or groups of steps, in one `async` block. rustc considers every variable
/// at every `await` of a block: a single block with 300 nodes takes twenty times as long to compile.
const GROUP: usize = 16;

/// The steps of all nodes.
pub(super) fn steps(unikernel: &Unikernel, last_uses: &LastUses, context: &Context) -> TokenStream {
    let graph = &unikernel.first().graph;
    let steps = Steps {
        unikernel,
        last_uses,
        context,
        graph,
        ends: ends(graph),
    };
    steps.for_nodes(0..graph.nodes.len())
}

/// For each node the position of its last dependent node, or the end if `main` receives it or nobody
/// uses it.
fn ends(graph: &Graph) -> Vec<usize> {
    let end = graph.nodes.len();
    let mut ends = vec![end; end];
    for (id, node) in graph.iter() {
        for used in &node.on {
            ends[used.node.0] = id.0;
        }
    }
    for used in &graph.main {
        ends[used.node.0] = end;
    }
    ends
}

/// What the steps are generated from.
struct Steps<'a> {
    unikernel: &'a Unikernel,
    last_uses: &'a LastUses,
    context: &'a Context,
    graph: &'a Graph,
    ends: Vec<usize>,
}

impl Steps<'_> {
    /// The steps of the nodes at these positions.
    fn for_nodes(&self, nodes: Range<usize>) -> TokenStream {
        if nodes.len() <= GROUP {
            let step = |position| {
                wiring::step(
                    self.unikernel,
                    self.last_uses,
                    self.context,
                    NodeId(position),
                )
            };
            return nodes.map(step).collect();
        }
        let mut size = GROUP;
        while size * GROUP < nodes.len() {
            size *= GROUP;
        }
        let starts = nodes.clone().step_by(size);
        starts
            .map(|start| self.group(start..nodes.end.min(start + size)))
            .collect()
    }

    /// A group of steps, which returns the nodes that are used after it.
    fn group(&self, nodes: Range<usize>) -> TokenStream {
        let steps = self.for_nodes(nodes.clone());
        let left = nodes
            .clone()
            .filter(|position| self.ends[*position] >= nodes.end)
            .filter(|position| !wiring::is_bound_by_program(self.graph, NodeId(*position)));
        let left: Vec<_> = left
            .map(|position| wiring::variable(self.graph.node(NodeId(position)), self.context))
            .collect();
        quote! {
            let (#(#left,)*) = async {
                #steps
                _rt::graph::started((#(#left,)*))
            }.await?;
        }
    }
}
