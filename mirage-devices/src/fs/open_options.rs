//! How a file is opened.

/// The flags of `open`, and the permissions of a file that it creates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenOptions {
    /// The file can be read.
    pub read: bool,
    /// The file can be written.
    pub write: bool,
    /// A missing file is created (`O_CREAT`).
    pub create: bool,
    /// With `create`, the file must be missing (`O_EXCL`).
    pub exclusive: bool,
    /// A file is cut to no bytes (`O_TRUNC`), even if it is opened for reading, as on Linux.
    pub truncate: bool,
    /// Each write is at the end (`O_APPEND`).
    pub append: bool,
    /// The file must be a directory (`O_DIRECTORY`).
    pub directory: bool,
    /// The permission bits of a created file.
    pub permissions: u16,
}

impl OpenOptions {
    /// The options of a file that is read.
    pub const READ: Self = Self {
        read: true,
        write: false,
        create: false,
        exclusive: false,
        truncate: false,
        append: false,
        directory: false,
        permissions: 0o644,
    };
}
