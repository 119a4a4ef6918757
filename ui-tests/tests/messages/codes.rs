//! Every error code has a rejected program.

use crate::program;
use mirage_graph::{diagnostic::DiagnosticKind, value_error::ValueError};

/// Returns all codes, sorted.
pub fn codes() -> Vec<&'static str> {
    let mut codes = [DiagnosticKind::CODES, ValueError::CODES].concat();
    codes.sort_unstable();
    codes
}

#[test]
fn every_code_has_a_rejected_program() {
    let programs = program::all();
    let errors: Vec<_> = programs
        .iter()
        .flat_map(|program| program.errors())
        .collect();
    for code in codes() {
        assert!(
            errors.iter().any(|error| error.code() == Some(code)),
            "no program for {code}"
        );
    }
}
