//! Every code of the table of errors has a program that shows it.

use crate::program;
use mirage_graph::{diagnostic::DiagnosticKind, value_error::ValueError};

/// Every code of the table, in order.
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
