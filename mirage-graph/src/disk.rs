//! Where disks are kept on the host.

use alloc::{format, string::String};

/// The file of the disk `node` of a program or an image: beside it.
///
/// ```
/// use mirage_graph::disk::file_beside;
///
/// assert_eq!(file_beside("target/debug/notes", "journal"), "target/debug/notes.journal.disk");
/// ```
pub fn file_beside(program: &str, node: &str) -> String {
    format!("{program}.{node}.disk")
}

/// The disk's node, if it is named, and the path of `file=PATH` or `NODE:file=PATH`, the value of
/// `--block`. `None` if it is neither.
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
