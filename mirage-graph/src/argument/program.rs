//! The name of the program before its arguments.

/// The name by which the documentation of urunc calls every program.
const PLACEHOLDER: &[u8] = b"unikernel";

/// Returns whether `word` names the unikernel `name`, as the first word of a container's command does: it is
/// `name` or `unikernel`, or a path that ends in it, possibly with an extension.
///
/// ```
/// use mirage_graph::argument::names_program;
///
/// assert!(names_program(b"/unikernel/web.spt", "web"));
/// assert!(!names_program(b"website", "web"));
/// ```
pub fn names_program(word: &[u8], name: &str) -> bool {
    let component = word.rsplit(|byte| *byte == b'/').next().unwrap_or(word);
    let ends_in = |name: &[u8]| matches!(component.strip_prefix(name), Some([] | [b'.', ..]));
    ends_in(name.as_bytes()) || ends_in(PLACEHOLDER)
}
