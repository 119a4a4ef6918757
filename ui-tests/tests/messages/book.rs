//! The book's chapters on errors match the rejected programs.

use crate::{
    codes::{OF_PACKAGES, codes},
    program,
};
use std::collections::BTreeMap;

const ERRORS: &str = include_str!("../../../docs/src/errors/README.md");
const MIRAGEOS: &str = include_str!("../../../docs/src/errors/mirageos.md");

/// How a corrected program is built. Plans define macros of the crate: two in one crate could have the same names.
const KINDS: [&str; 3] = ["", ",no_run", ",no_run,standalone_crate"];

/// Returns the sections of the chapter on errors that have a code, with their codes.
fn sections() -> Vec<(&'static str, &'static str)> {
    let sections = ERRORS.split("\n## ").skip(1);
    sections
        .filter_map(|section| section.split_once(": "))
        .filter(|(code, _)| code.starts_with("MIR"))
        .collect()
}

/// Returns the programs of a section, including hidden lines.
fn programs(section: &str) -> Vec<(&str, String)> {
    let blocks = section.split("```rust").skip(1);
    let blocks = blocks.map(|block| {
        let (kind, program) = block.split_once('\n').expect("a program");
        let (program, _) = program.split_once("\n```").expect("the end of a program");
        let lines = program.lines().map(|line| match line.strip_prefix('#') {
            Some("") => "",
            Some(hidden) if hidden.starts_with(' ') => &hidden[1..],
            _ => line,
        });
        (kind, lines.collect::<Vec<_>>().join("\n"))
    });
    blocks.collect()
}

#[test]
fn every_code_has_a_section() {
    let titles: Vec<_> = sections().into_iter().map(|(code, _)| code).collect();
    assert_eq!(titles, codes());
}

/// Documentation tests build the corrected programs.
#[test]
fn every_section_has_a_rejected_and_a_corrected_program() {
    let rejected = program::all();
    // Warnings are denied in rejected programs, but not in the book.
    let strict = "// This is a warning; warnings are denied here.\n#![deny(warnings)]\n";
    let rejected: BTreeMap<_, _> = rejected
        .iter()
        .map(|program| (program.unmarked().replace(strict, ""), program))
        .collect();
    let of_programs = sections().into_iter();
    for (code, section) in of_programs.filter(|(code, _)| !OF_PACKAGES.contains(code)) {
        let programs = programs(section);
        let [(_, wrong), (right_kind, right)] = programs.as_slice() else {
            panic!("{code} has {} programs", programs.len());
        };
        let program = rejected.get(wrong);
        let program = program.unwrap_or_else(|| panic!("{code} is no rejected program:\n{wrong}"));
        let codes: Vec<_> = program.errors().map(|error| error.code()).collect();
        assert_eq!(codes, [Some(code)], "{}", program.name);
        assert!(KINDS.contains(right_kind), "{code}: {right_kind}");
        assert!(!rejected.contains_key(right), "{code}: {right}");
    }
}

/// Each row of the table quotes the compiler's message between double backquotes.
#[test]
fn the_comparison_with_mirageos_quotes_the_compiler() {
    let programs = program::all();
    let messages: Vec<_> = programs
        .iter()
        .flat_map(|program| program.errors())
        .map(|error| error.message[0].as_str())
        .collect();
    let rows = MIRAGEOS.lines().filter(|line| line.contains("``"));
    let quoted: Vec<_> = rows
        .map(|row| row.split("``").nth(1).expect("a quotation").trim())
        .collect();
    assert_eq!(quoted.len(), 10);
    for quotation in quoted {
        assert!(
            messages.contains(&quotation),
            "no such message: {quotation}"
        );
    }
}
