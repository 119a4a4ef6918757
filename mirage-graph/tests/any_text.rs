//! Readers of text take any text: what makes no sense is refused, and never a panic.

use mirage_graph::{
    address::{self, InterfaceAddress},
    argument::command_line,
    graph::Graph,
    mac_address::MacAddress,
    size,
    target::LogLevel,
};
use proptest::prelude::*;

/// Text that is nearly what some reader wants.
fn nearly() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "10",
        ".",
        "0",
        "255",
        "/",
        "24",
        "33",
        "02",
        ":",
        "ff",
        "MiB",
        "KiB",
        "-",
        "'",
        "\"",
        "\\",
        " ",
        "{",
        "}",
        "[",
        "]",
        ",",
        "null",
        "1e9",
        "\\u00",
        "é",
        "version",
        "99999999999999999999",
    ]);
    prop::collection::vec(pieces, 0..24).prop_map(|pieces| pieces.concat())
}

fn read_by_all(text: &str) {
    let _ = address::parse_with_prefix(text);
    let _ = InterfaceAddress::parse(text);
    let _ = address::gateway(text);
    let _ = MacAddress::parse_unicast(text);
    let _ = size::parse(text);
    let _ = command_line::split(text);
    let _ = text.parse::<LogLevel>();
    let _ = Graph::from_manifest(text);
}

proptest! {
    #[test]
    fn no_text_is_too_strange(any in ".*", nearly in nearly()) {
        read_by_all(&any);
        read_by_all(&nearly);
    }

    /// A manifest with some characters changed is a manifest, or none.
    #[test]
    fn no_manifest_is_too_strange(
        changes in prop::collection::vec((any::<prop::sample::Index>(), nearly()), 1..4),
    ) {
        let mut text = include_str!("../../mirage-cli/src/manifest/example.json").to_string();
        for (at, new) in changes {
            let places: Vec<_> = text.char_indices().map(|(place, _)| place).collect();
            let at = *at.get(&places);
            text.replace_range(at..at, &new);
        }
        let _ = Graph::from_manifest(&text);
    }
}
