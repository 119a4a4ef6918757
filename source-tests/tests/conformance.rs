//! The table of the requirements of RFC 9293, RFC 3168 and RFC 4821 is complete, and names tests that exist.

use source_tests::workspace;
use std::{collections::BTreeMap, fs, path::Path};

const NET: &str = "mirage-devices/src/net";

/// The numbers of appendix B, of RFC 3168's and RFC 4821's requirements, and of our list of pitfalls.
const NUMBERS: [(&str, u32); 7] = [
    ("MUST-", 69),
    ("SHLD-", 31),
    ("REC-", 1),
    ("MAY-", 18),
    ("ECN-", 14),
    ("PLPMTUD-", 11),
    ("", 15),
];

/// The last cell of each row, by the first.
fn rows(text: &str) -> Vec<(&str, &str)> {
    let rows = text.lines().filter_map(|line| {
        let row = line.strip_prefix("| ")?.strip_suffix(" |")?;
        let (number, rest) = row.split_once(" | ")?;
        let (_, result) = rest.split_once(" | ")?;
        Some((number, result))
    });
    rows.filter(|(number, _)| *number != "number").collect()
}

/// The texts between backquotes that are paths of functions.
fn tests(cell: &str) -> impl Iterator<Item = &str> {
    let quoted = cell.split('`').skip(1).step_by(2);
    quoted.filter(|text| text.contains("::"))
}

/// The text of the file in which a module of `net` is.
fn module_text(net: &Path, mut path: &str) -> Option<String> {
    loop {
        let file = net.join(path.replace("::", "/")).with_extension("rs");
        if let Ok(text) = fs::read_to_string(file) {
            return Some(text);
        }
        // The last module may be in the file of the one around it.
        path = path.rsplit_once("::")?.0;
    }
}

/// Whether `text` has a test with this name.
fn has_test(text: &str, name: &str) -> bool {
    let lines: Vec<_> = text.lines().map(str::trim).collect();
    let declaration = format!("fn {name}(");
    let Some(index) = lines.iter().position(|line| line.starts_with(&declaration)) else {
        return false;
    };
    let attributes = lines[..index].iter().rev();
    attributes
        .take_while(|line| line.starts_with("#["))
        .any(|line| *line == "#[test]")
}

#[test]
fn every_requirement_has_a_test_or_a_reason() {
    let net = workspace::directory().join(NET);
    let text = fs::read_to_string(net.join("tcp/tests/conformance.md")).expect("the table");
    let mut counts = BTreeMap::new();
    for (number, result) in rows(&text) {
        *counts.entry(number.to_owned()).or_insert(0) += 1;
        assert!(!result.trim().is_empty(), "{number} has no result");
        for test in tests(result) {
            let (module, name) = test.rsplit_once("::").expect("a path");
            let exists = module_text(&net, module).is_some_and(|text| has_test(&text, name));
            assert!(exists, "{number}: there is no test `{test}`");
        }
    }
    for (prefix, count) in NUMBERS {
        for number in 1..=count {
            let number = format!("{prefix}{number}");
            assert_eq!(counts.remove(&number), Some(1), "rows of {number}");
        }
    }
    assert!(counts.is_empty(), "unknown numbers: {counts:?}");
}
