//! The order in which the nodes are made and started, and how many steps stand in one `async` block.

use super::wiring::{self, LastUses};
use crate::{source::Source, variant::Unikernel};
use mirage_graph::graph::{Graph, NodeId};
use proc_macro2::TokenStream;
use quote::quote;
use std::ops::Range;

/// The most steps, or groups of steps, in one `async` block. The compiler looks at every variable
/// at every `await` of a block: in a single one, the time for 300 nodes would be twenty times as long.
const GROUP: usize = 16;

/// The steps of all nodes.
pub(super) fn steps(unikernel: &Unikernel, last_uses: &LastUses, source: &Source) -> TokenStream {
    let graph = &unikernel.any().resolved.graph;
    let steps = Steps {
        unikernel,
        last_uses,
        source,
        graph,
        ends: ends(graph),
    };
    steps.for_nodes(0..graph.nodes.len())
}

/// For each node the position of the last one that is built on it; the end for one that `main`
/// receives, or nobody uses.
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

/// What the steps are written from.
struct Steps<'a> {
    unikernel: &'a Unikernel,
    last_uses: &'a LastUses,
    source: &'a Source,
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
                    self.source,
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

    /// A group of steps, which ends with the nodes that are used after it.
    fn group(&self, nodes: Range<usize>) -> TokenStream {
        let steps = self.for_nodes(nodes.clone());
        let left = nodes
            .clone()
            .filter(|position| self.ends[*position] >= nodes.end);
        let left: Vec<_> = left
            .map(|position| wiring::variable(self.graph.node(NodeId(position)), self.source))
            .collect();
        quote! {
            let (#(#left,)*) = async {
                #steps
                _rt::graph::started((#(#left,)*))
            }.await?;
        }
    }
}
