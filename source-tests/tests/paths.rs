//! The paths in ARCHITECTURE.md exist.

use std::path::{Path, PathBuf};

/// How the name of a file ends.
const EXTENSIONS: [&str; 8] = ["rs", "md", "ld", "s", "toml", "json", "stderr", "txt"];

/// The workspace.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The texts between backquotes that are paths: `src/` or `main.rs`, but not `TcpListener`.
fn paths(text: &str) -> impl Iterator<Item = &str> {
    let quoted = text.split('`').skip(1).step_by(2);
    quoted.filter(|text| {
        let is_plain = !text.contains([' ', '(', '*', '<', '…', ':', '=']);
        let extension = text.rsplit_once('.').map(|(_, extension)| extension);
        is_plain && (text.ends_with('/') || extension.is_some_and(|it| EXTENSIONS.contains(&it)))
    })
}

/// A path is relative to the workspace, or to the directory of one before it in the same paragraph
/// or row: "`mirage-graph/src/address.rs`, `size.rs`".
fn check_paragraph(paragraph: &str, root: &Path) -> usize {
    let mut directories = vec![root.to_path_buf()];
    let mut count = 0;
    for path in paths(paragraph) {
        let mut places = directories.iter().map(|directory| directory.join(path));
        let found = places.find(|place| place.exists());
        let found = found.unwrap_or_else(|| panic!("there is no `{path}`: {paragraph}"));
        directories.extend(found.parent().map(Path::to_path_buf));
        directories.push(found.with_extension(""));
        count += 1;
    }
    count
}

#[test]
fn paths_in_architecture_exist() {
    let root = root();
    let text = std::fs::read_to_string(root.join("ARCHITECTURE.md")).expect("ARCHITECTURE.md");
    let is_row = |paragraph: &&str| paragraph.starts_with('|');
    let (tables, prose): (Vec<_>, Vec<_>) = text.split("\n\n").partition(is_row);
    let rows = tables.iter().flat_map(|table| table.lines());
    let count: usize = prose
        .into_iter()
        .chain(rows)
        .map(|paragraph| check_paragraph(paragraph, &root))
        .sum();
    assert!(count > 60, "{count} paths are checked");
}
