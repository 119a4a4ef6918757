//! The memory that a unikernel gets, and whether it is enough.

use crate::{
    arguments::Memory,
    failure::{Failure, Result},
};
use mirage_graph::{
    graph::Graph,
    need::{self, Need},
    value_error::ValueError,
};

/// The default memory in bytes. A unikernel that needs more gets more.
const DEFAULT_MEMORY: u64 = 64 << 20;

/// Returns the memory to give to the unikernel of `graph`, in bytes: as requested, or else as declared, or
/// else the default.
///
/// # Errors
/// Returns a failure if it is less than the unikernel needs.
pub fn choose(graph: &Graph, requested: Option<Memory>) -> Result<u64> {
    let declared = graph.memory.and_then(|memory| memory.value.get());
    let chosen = requested.map(|memory| memory.0).or(declared);
    let memory = chosen.unwrap_or_else(|| default_memory(&graph.needs));
    check(&graph.needs, memory).map_err(|failure| match requested {
        Some(_) => failure.with_usage_status(),
        None => failure,
    })?;
    Ok(memory)
}

/// Returns the default memory of a unikernel with these needs, in bytes.
pub fn default_memory(needs: &[Need<String>]) -> u64 {
    DEFAULT_MEMORY.max(need::declarable(need::total(needs)))
}

/// Adds the need of an image of this length in memory. The stacks and the files are parts of the image but have
/// their own needs.
pub fn add_image(needs: &mut Vec<Need<String>>, length: u64) {
    const PARTS: [&str; 4] = [need::STACK, need::MAIN_THREAD, need::THREADS, need::FILES];
    let parts = needs.iter();
    let parts = parts.filter(|need| PARTS.contains(&need.what.as_str()));
    let parts = parts.map(|part| part.bytes).sum();
    needs.push(Need::new(need::IMAGE.into(), length.saturating_sub(parts)));
}

fn check(needs: &[Need<String>], memory: u64) -> Result<()> {
    let needed = need::total(needs);
    if needed <= memory {
        return Ok(());
    }
    let error = ValueError::NotEnoughMemory(memory, needed);
    let needs: Vec<_> = needs
        .iter()
        .map(|need| Need::new(need.what.as_str(), need.bytes))
        .collect();
    let table = need::table(&needs);
    let message = format!("{}: {error}\n{}", error.code(), table.as_str());
    Err(Failure::new(message).help(error.help().as_str()))
}
