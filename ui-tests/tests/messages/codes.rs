//! Every error code has a rejected program.

use crate::program;
use mirage_graph::{
    application::PlanError,
    diagnostic::DiagnosticKind,
    ipv6::Ipv6Error,
    value_error::{NameServersError, ValueError},
};

/// Returns all codes, sorted.
pub fn codes() -> Vec<&'static str> {
    let mut codes = [
        DiagnosticKind::CODES,
        ValueError::CODES,
        NameServersError::CODES,
        PlanError::CODES,
        Ipv6Error::CODES,
    ]
    .concat();
    codes.sort_unstable();
    codes
}

/// What only a whole package shows: a library, in `tests/library.rs`; files, in `mirage-cli/tests/images/files.rs` and
/// in `mirage-macros/src/files/tests.rs`; a program with std, in `mirage-macros/src/tests/plans.rs`.
pub const OF_PACKAGES: [&str; 6] = ["MIR079", "MIR080", "MIR090", "MIR091", "MIR092", "MIR109"];

#[test]
fn every_code_has_a_rejected_program() {
    let programs = program::all();
    let errors: Vec<_> = programs
        .iter()
        .flat_map(|program| program.errors())
        .collect();
    for code in codes() {
        let is_of_package = OF_PACKAGES.contains(&code);
        assert!(
            is_of_package || errors.iter().any(|error| error.code() == Some(code)),
            "no program for {code}"
        );
    }
}
