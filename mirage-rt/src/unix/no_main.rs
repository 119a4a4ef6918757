//! What a crate without `#![no_main]` is told.
//!
//! The compiler looks for a `main` in such a crate, and would say that there is none. The expansion
//! has one, which returns [`Main`]: that it cannot is the error.

use std::process::{ExitCode, Termination};

/// What the compiler's own entry would return.
pub type Main = Entry<ThisCrate>;

/// The entry of a `Crate`.
#[derive(Debug)]
pub struct Entry<Crate>(core::marker::PhantomData<Crate>);

/// The crate that is compiled.
#[derive(Debug)]
pub struct ThisCrate;

/// A crate whose entry is the compiler's own: no unikernel is one, for the entry is the runtime's.
#[diagnostic::on_unimplemented(
    message = "a unikernel's crate needs `#![no_main]`",
    label = "the entry is the runtime's, which calls this function",
    note = "write `#![cfg_attr(not(test), no_main)]` at the top of the crate"
)]
pub trait OwnEntry {}

impl<Crate> Default for Entry<Crate> {
    fn default() -> Self {
        Self(core::marker::PhantomData)
    }
}

impl<Crate: OwnEntry> Termination for Entry<Crate> {
    fn report(self) -> ExitCode {
        ExitCode::SUCCESS
    }
}
