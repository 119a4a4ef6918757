//! The files of disks on the host.

use alloc::{format, string::String};

/// The default file of the disk `node`, next to the program or image.
///
/// ```
/// use mirage_graph::disk::file_beside;
///
/// assert_eq!(file_beside("target/debug/notes", "journal"), "target/debug/notes.journal.disk");
/// ```
pub fn file_beside(program: &str, node: &str) -> String {
    format!("{program}.{node}.disk")
}

/// Parses the value of `--block`, `file=PATH` or `NODE:file=PATH`: the node, if it is named, and the path.
/// Returns `None` for any other text.
///
/// ```
/// use mirage_graph::disk::file;
///
/// assert_eq!(file("data:file=a:b"), Some((Some("data"), "a:b")));
/// assert_eq!(file("file=data"), Some((None, "data")));
/// assert_eq!(file("data"), None);
/// ```
pub fn file(text: &str) -> Option<(Option<&str>, &str)> {
    let (node, path) = text.split_once("file=")?;
    let node = match node {
        "" => None,
        node => Some(node.strip_suffix(':').filter(|node| !node.is_empty())?),
    };
    (!path.is_empty()).then_some((node, path))
}
