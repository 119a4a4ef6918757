//! The files of a program with std.

#[cfg(mirage_target)]
use crate::libc;
pub use mirage_devices::fs::TreeNode;

/// The files of a program without the key `root`: the directories in which others are mounted.
pub const NO_FILES: &[TreeNode] = &[
    TreeNode::directory("", 0, 1, 3),
    TreeNode::directory("dev", 0, 3, 3),
    TreeNode::directory("tmp", 0, 3, 3),
];

/// Mounts the file systems of the program: these files, device nodes, and `/tmp` with a limit in bytes.
#[cfg(mirage_target)]
pub fn mount(files: &'static [TreeNode], tmp: u64) {
    libc::files::mount(files, tmp);
}

/// Mounts nothing: a process has the files of its host.
#[cfg(not(mirage_target))]
pub const fn mount(_files: &'static [TreeNode], _tmp: u64) {}
