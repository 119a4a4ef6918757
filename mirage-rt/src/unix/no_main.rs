//! The error for a crate without `#![no_main]`.
//!
//! Without it, the compiler requires a function `main`. The expansion defines one that returns
//! [`Main`]. The compiler then reports that [`Main`] does not implement `Termination`, with the
//! message below, instead of a missing `main`.

use std::process::{ExitCode, Termination};

/// What the generated `main` returns.
pub type Main = Entry<ThisCrate>;

/// The entry point of a `Crate`.
#[derive(Debug)]
pub struct Entry<Crate>(core::marker::PhantomData<Crate>);

/// The crate being compiled.
#[derive(Debug)]
pub struct ThisCrate;

/// A crate with the compiler's own entry point. No type implements it: the runtime provides a
/// unikernel's entry point.
#[diagnostic::on_unimplemented(
    message = "a unikernel's crate needs `#![no_main]`",
    label = "the runtime provides the entry point and calls this function",
    note = "write `#![cfg_attr(not(test), no_main)]` at the top of the crate"
)]
pub trait StandardEntry {}

impl<Crate> Default for Entry<Crate> {
    fn default() -> Self {
        Self(core::marker::PhantomData)
    }
}

impl<Crate: StandardEntry> Termination for Entry<Crate> {
    fn report(self) -> ExitCode {
        ExitCode::SUCCESS
    }
}
