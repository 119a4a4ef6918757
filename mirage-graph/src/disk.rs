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

/// Finds the process that has locked a file, in the text of Linux's `/proc/locks`. `device` is the major and the
/// minor number of the file's device.
///
/// ```
/// use mirage_graph::disk::locked_by;
///
/// let locks = "1: POSIX  ADVISORY  READ 17 fe:00:63 0 EOF\n2: FLOCK  ADVISORY  WRITE 8341 fe:00:6300 0 EOF\n";
/// assert_eq!(locked_by(locks, (0xfe, 0), 6300), Some(8341));
/// assert_eq!(locked_by(locks, (0xfe, 0), 63), None);
/// ```
pub fn locked_by(locks: &str, device: (u32, u32), inode: u64) -> Option<u32> {
    let (major, minor) = device;
    let file = format!("{major:02x}:{minor:02x}:{inode}");
    locks.lines().find_map(|line| {
        let mut words = line.split_whitespace().skip(1);
        let is_flock = words.next()? == "FLOCK";
        let process = words.nth(2)?;
        let is_file = words.next()? == file;
        (is_flock && is_file).then(|| process.parse().ok())?
    })
}

/// Describes the user of a locked file: `process`, if it is known. `this` is the process that was refused, and
/// `name_of` the contents of `/proc/ID/comm`.
///
/// ```
/// use mirage_graph::disk::describe_user;
///
/// let user = describe_user(Some(7), 8, |_| "web\n".into());
/// assert_eq!(user, "the process `web` (7) uses it");
/// assert_eq!(describe_user(Some(8), 8, |_| unreachable!()), "another disk of this process uses it");
/// assert_eq!(describe_user(None, 8, |_| unreachable!()), "another process uses it");
/// ```
pub fn describe_user(
    process: Option<u32>,
    this: u32,
    name_of: impl FnOnce(u32) -> String,
) -> String {
    match process {
        Some(id) if id == this => "another disk of this process uses it".into(),
        Some(id) => format!("the process `{}` ({id}) uses it", name_of(id).trim_end()),
        None => "another process uses it".into(),
    }
}
