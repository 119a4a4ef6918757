//! How much memory a unikernel is given.

use crate::arguments::Memory;
use mirage_graph::graph::Graph;

/// What it is given unless something else is asked for or declared, in bytes.
pub const USUAL: u64 = 64 << 20;

/// The memory of the unikernel of `graph`, in bytes.
pub fn of(graph: &Graph, asked: Option<Memory>) -> u64 {
    let declared = || graph.memory.and_then(|memory| memory.value.known());
    asked
        .map(|memory| memory.0)
        .or_else(declared)
        .unwrap_or(USUAL)
}
