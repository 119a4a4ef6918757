//! Files: the mount table, the file systems, and what an open file does, with the meanings of POSIX.
//!
//! A [`MountTable`] resolves paths and joins file systems ([`FileSystem`]): a read-only [`Tree`] that is
//! constant data, [`MemoryFiles`] with a limit, and [`DeviceNodes`]. Where POSIX leaves an error to the
//! implementation, it is that of Linux, so that programs see the same one on every target.
//!
//! The calls are synchronous: one that has to wait for a disk is made on a thread that can be suspended.
//! No call keeps a state borrowed while it calls another file system.

mod device_nodes;
mod directory_entry;
mod directory_stream;
mod error;
mod file_system;
mod inode;
mod memory;
mod metadata;
mod mount_table;
mod open_file;
mod open_options;
mod operations;
mod path;
mod tree;

pub use device_nodes::DeviceNodes;
pub use directory_entry::DirectoryEntry;
pub use directory_stream::DirectoryStream;
pub use error::FileError;
pub use file_system::FileSystem;
pub use inode::Inode;
pub use memory::MemoryFiles;
pub use metadata::{FileKind, Metadata, Timestamp};
pub use mount_table::{Base, MountTable};
pub use open_file::{OpenFile, SeekFrom};
pub use open_options::OpenOptions;
pub use path::{MAX_NAME_LEN, MAX_PATH_LEN};
pub use tree::{Contents, Tree, TreeNode};

#[cfg(test)]
mod tests;
