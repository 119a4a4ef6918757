//! The process of the host, which calls `main` itself.

use crate::{
    executor,
    graph::{Image, Outcome, StartContext},
    platform,
};
use alloc::boxed::Box;
use mirage_graph::argument::{Argument, ParsedArgs};

/// Starts the devices of a program that declares no arguments.
pub fn start<F>(image: &'static Image, unikernel: impl FnOnce(StartContext) -> F)
where
    F: Future<Output = Outcome> + 'static,
{
    platform::refuse_arguments(image.name);
    executor::current().run_until(unikernel(StartContext::default()));
}
