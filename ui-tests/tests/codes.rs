//! Every code of the table of errors has a program that shows it, and a section of the book.

use mirage_graph::{fault::Fault, mistake::Mistake};
use std::{fs, path::Path};

/// Every code of the table, in order.
fn codes() -> Vec<&'static str> {
    let mut codes = [Mistake::CODES, Fault::CODES].concat();
    codes.sort_unstable();
    codes
}

#[test]
fn every_code_has_a_rejected_program() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("rejected");
    let mut expected = String::new();
    for entry in fs::read_dir(folder).expect("the rejected programs") {
        let path = entry.expect("a rejected program").path();
        if path
            .extension()
            .is_some_and(|extension| extension == "stderr")
        {
            expected += &fs::read_to_string(path).expect("what the compiler says");
        }
    }
    for code in codes() {
        assert!(
            expected.contains(&format!("{code}: ")),
            "no program for {code}"
        );
    }
}

#[test]
fn every_code_has_a_section_of_the_book() {
    let book = include_str!("../../docs/src/errors/README.md");
    let sections: Vec<_> = book
        .lines()
        .filter_map(|line| line.strip_prefix("## "))
        .filter_map(|title| title.split_once(':'))
        .map(|(code, _)| code)
        .collect();
    assert_eq!(sections, codes());
}
