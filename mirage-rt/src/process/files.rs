//! The files of a program with std.

#[cfg(mirage_target)]
use crate::libc::files as target;
#[cfg(not(mirage_target))]
use crate::unix::program::files as target;
pub use mirage_devices::fs::TreeNode;

/// The files of a program without the key `root`: the directories in which others are mounted.
pub const NO_FILES: &[TreeNode] = &[
    TreeNode::directory("", 0, 1, 3),
    TreeNode::directory("dev", 0, 3, 3),
    TreeNode::directory("tmp", 0, 3, 3),
];

/// Mounts the file systems of the program: these files, device nodes, and `/tmp` with a limit in bytes.
pub fn mount(files: &'static [TreeNode], tmp: u64) {
    target::mount(files, tmp);
}
