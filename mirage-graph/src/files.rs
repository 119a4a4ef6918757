//! The files of a program with std: those that are compiled into its image, and what it may write.

use alloc::string::String;

/// A directory of the package, which is compiled into the image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Root {
    /// Its path from the package, as the attribute has it.
    pub path: String,
    /// The number of files.
    pub files: u64,
    /// The length of all files, in bytes.
    pub bytes: u64,
}

/// The default limit of `/tmp`, in bytes.
pub const DEFAULT_TMP: u64 = 1 << 20;

/// The directories of an image in which other file systems are mounted.
pub const MOUNT_POINTS: [&str; 2] = ["dev", "tmp"];

/// The environment variable by which the tool passes a digest of the names in the directory: the compiler notes
/// its value, and Cargo compiles a program anew if it changes.
pub const LISTING_VARIABLE: &str = "MIRAGE_FILES";

/// Why an entry of a directory cannot be compiled into an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryError {
    /// Its name is not UTF-8.
    NotUtf8,
    /// Its name is longer than 255 bytes.
    NameTooLong,
    /// It is a symbolic link to something that is not in the directory.
    LinkLeaves,
    /// It is a symbolic link to nothing.
    LinkDangles,
    /// It is a symbolic link to a directory that contains it.
    LinkToParent,
    /// It is neither a file nor a directory.
    Special,
    /// A file system is mounted there.
    MountPoint,
    /// It cannot be read.
    Unreadable,
}

impl EntryError {
    /// What is wrong, after the name of the entry.
    pub const fn message(self) -> &'static str {
        match self {
            Self::NotUtf8 => "has a name that is not UTF-8",
            Self::NameTooLong => "has a name that is too long",
            Self::LinkLeaves => "is a symbolic link that leaves the directory",
            Self::LinkDangles => "is a symbolic link to nothing",
            Self::LinkToParent => "is a symbolic link to a directory that contains it",
            Self::Special => "is neither a file nor a directory",
            Self::MountPoint => "is where another file system is mounted",
            Self::Unreadable => "cannot be read",
        }
    }

    /// How to fix it.
    pub const fn help(self) -> &'static str {
        match self {
            Self::NotUtf8 => "rename it",
            Self::NameTooLong => "a name has at most 255 bytes",
            Self::LinkLeaves => "copy the file into the directory",
            Self::LinkDangles | Self::LinkToParent => "remove the link",
            Self::Special => "an image contains files and directories only",
            Self::MountPoint => "rename it: `/dev` has the device nodes, and `/tmp` is in memory",
            Self::Unreadable => "check its permissions",
        }
    }
}
