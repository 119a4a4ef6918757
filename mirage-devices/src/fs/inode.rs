//! The numbers of files.

/// The number of a file within its file system. It is not used again for another file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Inode(pub u64);

/// A file in the mount table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileId {
    /// The position of its file system.
    pub mount: usize,
    /// Its number there.
    pub inode: Inode,
}
