//! What `stat` returns.

use crate::fs::inode::Inode;

/// A time since 1970-01-01 00:00 UTC.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Timestamp {
    /// Seconds, negative before 1970.
    pub seconds: i64,
    /// Nanoseconds of the second, less than 1,000,000,000.
    pub nanoseconds: u32,
}

/// The kind of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// A file with contents.
    Regular,
    /// A directory.
    Directory,
    /// A device node, with the numbers that Linux has for it.
    CharacterDevice {
        /// The number of the driver.
        major: u32,
        /// The number of the device among those of the driver.
        minor: u32,
    },
}

/// The metadata of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Metadata {
    /// The kind.
    pub kind: FileKind,
    /// The permission bits. They are stored, not enforced: a unikernel has no users.
    pub permissions: u16,
    /// The number of names of the file, 0 if it was removed while open; of a directory, 2 more than its
    /// directories.
    pub links: u32,
    /// The length in bytes.
    pub length: u64,
    /// The memory that the contents take, in bytes.
    pub allocated: u64,
    /// The number within the file system.
    pub inode: Inode,
    /// The number of the file system in the mount table, from 1.
    pub device: u64,
    /// The time of the last change by a program that sets it; reading a file does not change it.
    pub accessed: Timestamp,
    /// The time of the last change of the contents.
    pub modified: Timestamp,
    /// The time of the last change of the contents or the metadata.
    pub changed: Timestamp,
    /// The time of creation.
    pub created: Timestamp,
}
