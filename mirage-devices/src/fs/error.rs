//! The errors of files.

use core::fmt;

/// An error of a file, a directory or a path. Each is one error number of POSIX.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i32)]
pub enum FileError {
    /// There is no such file or directory (`ENOENT`).
    NotFound = 2,
    /// The file was not opened for this operation (`EBADF`).
    NotOpenForThis = 9,
    /// The file is used as a mount point (`EBUSY`).
    Busy = 16,
    /// The file exists (`EEXIST`).
    AlreadyExists = 17,
    /// The files are in different file systems (`EXDEV`).
    CrossesDevices = 18,
    /// A component of the path, or the file itself, is not a directory (`ENOTDIR`).
    NotADirectory = 20,
    /// The file is a directory (`EISDIR`).
    IsADirectory = 21,
    /// An argument is invalid (`EINVAL`).
    InvalidInput = 22,
    /// The file would be larger than a file can be (`EFBIG`).
    FileTooLarge = 27,
    /// The limit of the file system or the memory is exhausted (`ENOSPC`).
    NoSpace = 28,
    /// The file system is read-only (`EROFS`).
    ReadOnly = 30,
    /// A path or a name is too long (`ENAMETOOLONG`).
    NameTooLong = 36,
    /// The directory is not empty (`ENOTEMPTY`).
    DirectoryNotEmpty = 39,
}

impl FileError {
    /// The error number that Linux has for it on every 64-bit architecture.
    pub const fn errno(self) -> i32 {
        self as i32
    }
}

impl fmt::Display for FileError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::NotFound => "no such file or directory",
            Self::NotOpenForThis => "the file is not open for this operation",
            Self::Busy => "the directory is a mount point",
            Self::AlreadyExists => "the file exists",
            Self::CrossesDevices => "the files are in different file systems",
            Self::NotADirectory => "not a directory",
            Self::IsADirectory => "is a directory",
            Self::InvalidInput => "invalid argument",
            Self::FileTooLarge => "the file is too large",
            Self::NoSpace => "no space left",
            Self::ReadOnly => "the file system is read-only",
            Self::NameTooLong => "the name is too long",
            Self::DirectoryNotEmpty => "the directory is not empty",
        })
    }
}

impl core::error::Error for FileError {}
