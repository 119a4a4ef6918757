//! An open file: what a descriptor denotes.

use crate::fs::{
    error::FileError,
    file_system::FileSystem,
    inode::FileId,
    metadata::{FileKind, Metadata, Timestamp},
    open_options::OpenOptions,
};
use alloc::rc::Rc;
use core::cell::Cell;

/// An open file with its position, which duplicated descriptors share. The file exists as long as it is open.
pub struct OpenFile {
    file_system: Rc<dyn FileSystem>,
    id: FileId,
    options: OpenOptions,
    /// Whether each write is at the end, at first as it was opened.
    append: Cell<bool>,
    position: Cell<u64>,
}

/// What an offset is relative to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SeekFrom {
    /// The start of the file.
    Start,
    /// The position.
    Current,
    /// The end of the file.
    End,
}

impl OpenFile {
    pub(super) fn new(
        file_system: Rc<dyn FileSystem>,
        id: FileId,
        options: OpenOptions,
    ) -> Result<Self, FileError> {
        file_system.retain(id.inode)?;
        Ok(Self {
            file_system,
            id,
            options,
            append: Cell::new(options.append),
            position: Cell::new(0),
        })
    }

    pub(super) const fn id(&self) -> FileId {
        self.id
    }

    pub(super) const fn file_system(&self) -> &Rc<dyn FileSystem> {
        &self.file_system
    }

    /// How the file is open.
    pub const fn options(&self) -> OpenOptions {
        OpenOptions {
            append: self.append.get(),
            ..self.options
        }
    }

    /// Sets whether each write is at the end (`F_SETFL` with `O_APPEND`).
    pub fn set_append(&self, append: bool) {
        self.append.set(append);
    }

    /// Whether both are the same file, and not merely the same contents.
    pub fn is_same_file(&self, other: &Self) -> bool {
        self.id == other.id
    }

    /// The metadata.
    ///
    /// # Errors
    /// Returns an error of the file system.
    pub fn metadata(&self) -> Result<Metadata, FileError> {
        let metadata = self.file_system.metadata(self.id.inode)?;
        Ok(Metadata {
            device: self.id.mount as u64 + 1,
            ..metadata
        })
    }

    /// Reads at the position, which it moves. Returns 0 at the end.
    ///
    /// # Errors
    /// Returns [`FileError::NotOpenForThis`] if it was opened only for writing, and
    /// [`FileError::IsADirectory`] for a directory.
    pub fn read(&self, buffer: &mut [u8]) -> Result<usize, FileError> {
        let position = self.position.get();
        let count = self.read_at(position, buffer)?;
        self.position.set(position.saturating_add(count as u64));
        Ok(count)
    }

    /// Reads at an offset.
    ///
    /// # Errors
    /// Returns the errors of [`read`](Self::read), and [`FileError::InvalidInput`] if the offset does not fit
    /// into `off_t`.
    pub fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<usize, FileError> {
        if i64::try_from(offset).is_err() {
            return Err(FileError::InvalidInput);
        }
        if !self.options.read {
            return Err(FileError::NotOpenForThis);
        }
        self.file_system.read(self.id.inode, offset, buffer)
    }

    /// Writes at the position, or at the end with `append`, and moves the position.
    ///
    /// # Errors
    /// Returns [`FileError::NotOpenForThis`] if it was opened only for reading, [`FileError::NoSpace`] if there
    /// is memory for no byte, and [`FileError::FileTooLarge`] if the position is that of no file.
    pub fn write(&self, bytes: &[u8]) -> Result<usize, FileError> {
        if self.append.get() {
            let (count, end) = self.append(bytes)?;
            if count > 0 {
                self.position.set(end);
            }
            return Ok(count);
        }
        let position = self.position.get();
        let count = self.write_at(position, bytes)?;
        self.position.set(position.saturating_add(count as u64));
        Ok(count)
    }

    /// Writes at an offset; with `append`, at the end, as Linux does.
    ///
    /// # Errors
    /// Returns the errors of [`write`](Self::write), and [`FileError::InvalidInput`] if the offset does not fit
    /// into `off_t`.
    pub fn write_at(&self, offset: u64, bytes: &[u8]) -> Result<usize, FileError> {
        if i64::try_from(offset).is_err() {
            return Err(FileError::InvalidInput);
        }
        if self.append.get() {
            return Ok(self.append(bytes)?.0);
        }
        if !self.options.write {
            return Err(FileError::NotOpenForThis);
        }
        self.file_system.write(self.id.inode, offset, bytes)
    }

    fn append(&self, bytes: &[u8]) -> Result<(usize, u64), FileError> {
        if !self.options.write {
            return Err(FileError::NotOpenForThis);
        }
        self.file_system.append(self.id.inode, bytes)
    }

    /// Moves the position, and returns it.
    ///
    /// # Errors
    /// Returns [`FileError::InvalidInput`] if it would be negative or would not fit into `off_t`.
    pub fn seek(&self, from: SeekFrom, offset: i64) -> Result<u64, FileError> {
        let metadata = self.metadata()?;
        if let FileKind::CharacterDevice { .. } = metadata.kind {
            // A device node has no position: on Linux it stays 0.
            return Ok(0);
        }
        let base = match from {
            SeekFrom::Start => 0,
            SeekFrom::Current => self.position.get(),
            SeekFrom::End => metadata.length,
        };
        let base = i64::try_from(base).map_err(|_| FileError::InvalidInput)?;
        let position = base.checked_add(offset).ok_or(FileError::InvalidInput)?;
        let position = u64::try_from(position).map_err(|_| FileError::InvalidInput)?;
        self.position.set(position);
        Ok(position)
    }

    /// Cuts the file, or extends it by zeros (`ftruncate`).
    ///
    /// # Errors
    /// Returns [`FileError::InvalidInput`] if it is not open for writing or has no contents.
    pub fn set_length(&self, length: u64) -> Result<(), FileError> {
        if !self.options.write || self.metadata()?.kind != FileKind::Regular {
            return Err(FileError::InvalidInput);
        }
        self.file_system.set_length(self.id.inode, length)
    }

    /// Sets the permission bits.
    ///
    /// # Errors
    /// Returns [`FileError::ReadOnly`] in a read-only file system.
    pub fn set_permissions(&self, permissions: u16) -> Result<(), FileError> {
        self.file_system.set_permissions(self.id.inode, permissions)
    }

    /// Sets the times of access and modification; `None` leaves one as it is.
    ///
    /// # Errors
    /// Returns [`FileError::ReadOnly`] in a read-only file system.
    pub fn set_times(
        &self,
        accessed: Option<Timestamp>,
        modified: Option<Timestamp>,
    ) -> Result<(), FileError> {
        self.file_system
            .set_times(self.id.inode, accessed, modified)
    }
}

impl Drop for OpenFile {
    fn drop(&mut self) {
        self.file_system.release(self.id.inode);
    }
}
