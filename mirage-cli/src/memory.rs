//! How much memory a unikernel is given, and whether that is enough.

use crate::{
    arguments::Memory,
    compile::Image,
    failure::{Failure, Result},
    image,
};
use mirage_graph::{
    fault::Fault,
    graph::Graph,
    need::{self, Need},
    target::Target,
};

/// What it is given unless something else is asked for or declared, in bytes; more if it needs more.
pub const USUAL: u64 = 64 << 20;

/// What memory is given in, in bytes.
const PAGE: u64 = 4096;

/// The memory of the unikernel of `graph`, in bytes.
///
/// # Errors
/// It is less than what the unikernel needs.
pub fn of(graph: &Graph, image: &Image, asked: Option<Memory>) -> Result<u64> {
    let needs = needs(graph, image)?;
    let given = asked.map(|memory| memory.0).or_else(|| declared(graph));
    let memory = given.unwrap_or_else(|| USUAL.max(need::declarable(total(&needs))));
    enough(&needs, memory).map_err(|failure| match asked {
        Some(_) => failure.of_usage(),
        None => failure,
    })?;
    Ok(memory)
}

/// What the unikernel is declared to have, in bytes.
pub fn declared(graph: &Graph) -> Option<u64> {
    graph.memory.and_then(|memory| memory.value.known())
}

/// Refuses an image that its declared memory does not hold.
pub fn check(graph: &Graph, image: &Image) -> Result<()> {
    match declared(graph) {
        Some(memory) if image.target != Target::Unix => enough(&needs(graph, image)?, memory),
        _ => Ok(()),
    }
}

/// The needs of the graph, and that of the linked image where there is one.
pub fn needs(graph: &Graph, image: &Image) -> Result<Vec<Need<String>>> {
    let mut needs = graph.needs.clone();
    if image.target != Target::Unix {
        let length = image::length(&image.path)?;
        // The stack is a part of the image, and has a line of its own.
        let stack = needs.iter().find(|need| need.what == need::STACK);
        let stack = stack.map_or(0, |stack| stack.bytes);
        needs.push(Need::new(need::IMAGE.into(), length.saturating_sub(stack)));
    }
    Ok(needs)
}

/// All of it, each part as it is shown, in whole pages.
pub fn total(needs: &[Need<String>]) -> u64 {
    let bytes = needs.iter().map(|need| need::whole(need.bytes));
    let total = bytes.fold(0, u64::saturating_add);
    total.checked_next_multiple_of(PAGE).unwrap_or(total)
}

fn enough(needs: &[Need<String>], memory: u64) -> Result<()> {
    let needed = total(needs);
    if needed <= memory {
        return Ok(());
    }
    let fault = Fault::NotEnoughMemory(memory, needed);
    let needs: Vec<_> = needs
        .iter()
        .map(|need| Need::new(need.what.as_str(), need.bytes))
        .collect();
    let table = need::table(&needs);
    let message = format!("{}: {fault}\n{}", fault.code(), table.as_str());
    Err(Failure::new(message).help(fault.help().as_str()))
}
