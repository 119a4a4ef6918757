//! Mounting the files of the program.

use super::one_at_a_time::locked;
use crate::files;
use mirage_devices::fs::TreeNode;

/// Mounts the files of the program, the device nodes and `/tmp` with a limit in bytes.
pub(crate) fn mount(files: &'static [TreeNode], tmp: u64) {
    locked(|| files::mount(files, tmp));
}
