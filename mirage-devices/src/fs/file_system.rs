//! What the mount table asks of a file system.

use crate::fs::{
    directory_entry::DirectoryEntry,
    error::FileError,
    inode::Inode,
    metadata::{Metadata, Timestamp},
};

/// A file system. Names are single components of a path: not empty, without `/`, neither `.` nor `..`, and
/// at most [`MAX_NAME_LEN`](crate::fs::MAX_NAME_LEN) bytes long.
///
/// Methods that take a directory return [`FileError::NotADirectory`] for another file. The methods that
/// write are by default those of a read-only file system.
pub trait FileSystem {
    /// The root directory.
    fn root(&self) -> Inode;

    /// Whether nothing in it can be changed. Device nodes can be written to even so.
    fn is_read_only(&self) -> bool {
        true
    }

    /// The metadata, with any number as its device.
    ///
    /// # Errors
    /// Returns [`FileError::NotFound`] if there is no such file any more.
    fn metadata(&self, file: Inode) -> Result<Metadata, FileError>;

    /// The file of this name in a directory.
    ///
    /// # Errors
    /// Returns [`FileError::NotFound`] if there is none.
    fn lookup(&self, directory: Inode, name: &[u8]) -> Result<Inode, FileError>;

    /// The directory that contains this one; the root's is the root.
    ///
    /// # Errors
    /// Returns [`FileError::NotFound`] if one of them was removed.
    fn parent(&self, directory: Inode) -> Result<Inode, FileError>;

    /// Passes the first entry of a directory whose name is greater than `after`, byte by byte, to `visit`.
    /// Returns whether there is one. A walk by this order finds each entry that exists throughout exactly
    /// once.
    ///
    /// # Errors
    /// Returns [`FileError::NotADirectory`] if it is none.
    fn entry_after(
        &self,
        directory: Inode,
        after: &[u8],
        visit: &mut dyn FnMut(&DirectoryEntry<'_>),
    ) -> Result<bool, FileError>;

    /// Reads at an offset, and returns how many bytes were read: 0 at the end.
    ///
    /// # Errors
    /// Returns [`FileError::IsADirectory`] for a directory.
    fn read(&self, file: Inode, offset: u64, buffer: &mut [u8]) -> Result<usize, FileError>;

    /// Writes at an offset, and returns how many bytes were written.
    ///
    /// # Errors
    /// Returns [`FileError::NoSpace`] if none could be, [`FileError::FileTooLarge`] if the offset is that of
    /// no file.
    fn write(&self, file: Inode, offset: u64, bytes: &[u8]) -> Result<usize, FileError> {
        let _ = (file, offset, bytes);
        Err(FileError::ReadOnly)
    }

    /// Writes at the end, and returns how many bytes were written and where the end is then.
    ///
    /// # Errors
    /// Returns the errors of [`write`](Self::write).
    fn append(&self, file: Inode, bytes: &[u8]) -> Result<(usize, u64), FileError> {
        let end = self.metadata(file)?.length;
        let written = self.write(file, end, bytes)?;
        Ok((written, end.saturating_add(written as u64)))
    }

    /// Cuts a file, or extends it by zeros.
    ///
    /// # Errors
    /// Returns [`FileError::FileTooLarge`] if no file can have this length.
    fn set_length(&self, file: Inode, length: u64) -> Result<(), FileError> {
        let _ = (file, length);
        Err(FileError::ReadOnly)
    }

    /// Creates an empty file. The name is not in the directory.
    ///
    /// # Errors
    /// Returns [`FileError::NoSpace`] if memory is exhausted, [`FileError::NotFound`] if the directory was
    /// removed.
    fn create(&self, directory: Inode, name: &[u8], permissions: u16) -> Result<Inode, FileError> {
        let _ = (directory, name, permissions);
        Err(FileError::ReadOnly)
    }

    /// Creates an empty directory. The name is not in the directory.
    ///
    /// # Errors
    /// Returns the errors of [`create`](Self::create).
    fn make_directory(
        &self,
        directory: Inode,
        name: &[u8],
        permissions: u16,
    ) -> Result<Inode, FileError> {
        let _ = (directory, name, permissions);
        Err(FileError::ReadOnly)
    }

    /// Removes the name of a file that is not a directory. The file remains while it is open.
    ///
    /// # Errors
    /// Returns [`FileError::NotFound`] or [`FileError::IsADirectory`].
    fn remove_file(&self, directory: Inode, name: &[u8]) -> Result<(), FileError> {
        let _ = (directory, name);
        Err(FileError::ReadOnly)
    }

    /// Removes an empty directory.
    ///
    /// # Errors
    /// Returns [`FileError::NotFound`], [`FileError::NotADirectory`] or [`FileError::DirectoryNotEmpty`].
    fn remove_directory(&self, directory: Inode, name: &[u8]) -> Result<(), FileError> {
        let _ = (directory, name);
        Err(FileError::ReadOnly)
    }

    /// Gives a file another name, and replaces a file that has it. The caller has checked that their kinds
    /// are the same and that no directory is moved into itself.
    ///
    /// # Errors
    /// Returns [`FileError::NotFound`], [`FileError::NoSpace`], or [`FileError::DirectoryNotEmpty`] if a
    /// directory would be replaced that has entries.
    fn rename(&self, from: (Inode, &[u8]), to: (Inode, &[u8])) -> Result<(), FileError> {
        let _ = (from, to);
        Err(FileError::ReadOnly)
    }

    /// Sets the permission bits.
    ///
    /// # Errors
    /// Returns [`FileError::ReadOnly`] in a read-only file system.
    fn set_permissions(&self, file: Inode, permissions: u16) -> Result<(), FileError> {
        let _ = (file, permissions);
        Err(FileError::ReadOnly)
    }

    /// Sets the times of access and modification; `None` leaves one as it is.
    ///
    /// # Errors
    /// Returns [`FileError::ReadOnly`] in a read-only file system.
    fn set_times(
        &self,
        file: Inode,
        accessed: Option<Timestamp>,
        modified: Option<Timestamp>,
    ) -> Result<(), FileError> {
        let _ = (file, accessed, modified);
        Err(FileError::ReadOnly)
    }

    /// Keeps a file until [`release`](Self::release), even if its name is removed.
    ///
    /// # Errors
    /// Returns [`FileError::NotFound`] if there is no such file any more.
    fn retain(&self, file: Inode) -> Result<(), FileError> {
        let _ = file;
        Ok(())
    }

    /// Ends one [`retain`](Self::retain).
    fn release(&self, file: Inode) {
        let _ = file;
    }
}
