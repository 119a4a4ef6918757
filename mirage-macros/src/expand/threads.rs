//! The threads of a program with std: their number, and the sizes of their stacks.

use super::{
    chosen::chosen_for,
    value::{bytes, number, value},
};
use crate::{
    context::Context,
    variant::{Unikernel, Variant},
};
use mirage_graph::{
    graph::{Graph, Optional},
    thread::DEFAULT_MAX,
};
use proc_macro2::TokenStream;
use quote::quote;

/// The threads, as expressions.
pub(super) struct Threads {
    /// The stack of the main thread, in bytes.
    pub(super) main: TokenStream,
    /// The maximum number of other threads.
    pub(super) max: TokenStream,
    /// The stack of each of them, in bytes.
    pub(super) stack: TokenStream,
}

impl Threads {
    /// The threads on the target that `target` evaluates to.
    pub(super) fn new(unikernel: &Unikernel, target: &TokenStream, context: &Context) -> Self {
        let constants = context.constants();
        let stack = |select: fn(&Graph) -> Optional<u64>, default: TokenStream| {
            let select = |variant: &Variant| select(&variant.graph);
            chosen_for(unikernel, target, select, |_, stack| match stack {
                Some(stack) => value(stack.value, constants, bytes),
                None => default.clone(),
            })
        };
        Self {
            main: stack(
                |graph| graph.stack,
                quote!(_rt::process::DEFAULT_MAIN_STACK),
            ),
            max: chosen_for(
                unikernel,
                target,
                |variant| variant.graph.threads.max,
                |_, max| match max {
                    Some(max) => value(max.value, constants, number),
                    None => number(DEFAULT_MAX),
                },
            ),
            stack: stack(
                |graph| graph.threads.stack,
                quote!(_rt::process::DEFAULT_STACK),
            ),
        }
    }
}
