//! Where disks are that nobody has said a place for.

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
