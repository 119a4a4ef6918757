//! The checks of a plan.

use super::{Application, Part, addresses::Addresses, links, part, paths, report::Report, unique};
use crate::diagnostic::Diagnostic;
use alloc::vec::Vec;

/// The result of the checks.
#[derive(Debug, Default)]
pub struct Checked {
    /// The diagnostics, one for each independent error.
    pub diagnostics: Vec<Diagnostic>,
    /// The part of each unikernel, in order. Complete if there is no diagnostic.
    pub parts: Vec<Part>,
}

/// Checks a plan.
pub fn check(application: &Application) -> Checked {
    let mut checks = Report::default();
    unique::check(application, &mut checks);
    let addresses = Addresses::new(application, &mut checks);
    let links = links::resolve(application, &addresses, &mut checks);
    paths::check(application, &links, &mut checks);
    let parts = part::parts(application, &addresses, &links);
    Checked {
        diagnostics: checks.into_diagnostics(),
        parts,
    }
}
