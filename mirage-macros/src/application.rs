//! `application!`: the plan of an application.
//!
//! `read` parses it, `mirage_graph::application` checks it, and `expand` writes a macro for each unikernel with
//! the items of the attribute that follow from the plan. `planned` appends the unikernel's own.

mod address;
mod expand;
mod link;
mod read;

use crate::{context::Context, report};
use mirage_graph::application::check::{Checked, check};
use proc_macro2::TokenStream;

/// Expands a plan, to errors if it is invalid.
pub(crate) fn expand(tokens: TokenStream) -> TokenStream {
    let mut context = Context::new();
    let plan = read::read(tokens, &mut context);
    let Checked { diagnostics, parts } = check(&plan.application);
    for diagnostic in diagnostics {
        context.report(diagnostic);
    }
    // Names of constants have other meanings in the crates of unikernels.
    context.refuse_constants();
    if context.has_errors() {
        return report::errors_beside(&context, expand::invalid(&plan));
    }
    expand::expand(&plan, &parts, &context)
}
