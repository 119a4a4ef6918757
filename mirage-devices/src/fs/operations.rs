//! What is done by path: open, create, remove, rename. The order of checks is that of Linux, since it decides
//! which of two errors a program sees.

use crate::fs::{
    directory_entry::{DirectoryEntry, NameBuffer},
    error::FileError,
    inode::FileId,
    metadata::{FileKind, Metadata},
    mount_table::{Base, MountTable},
    open_file::OpenFile,
    open_options::OpenOptions,
    path::{Component, MAX_PATH_LEN},
};
use alloc::{rc::Rc, vec::Vec};

impl MountTable {
    /// Opens a file.
    ///
    /// # Errors
    /// Returns [`FileError::NotFound`], [`FileError::AlreadyExists`], [`FileError::NotADirectory`],
    /// [`FileError::IsADirectory`], [`FileError::ReadOnly`], [`FileError::NameTooLong`] and
    /// [`FileError::NoSpace`] as POSIX has them for `open`, and [`FileError::InvalidInput`] for `create` with
    /// `directory`.
    pub fn open(
        &self,
        base: Base<'_>,
        path: &[u8],
        options: &OpenOptions,
    ) -> Result<OpenFile, FileError> {
        if options.create && options.directory {
            return Err(FileError::InvalidInput);
        }
        let resolved = self.resolve_parent(base, path)?;
        let file = if options.create {
            let Component::Name(name) = resolved.last else {
                self.step(resolved.directory, resolved.last)?;
                return Err(match options.exclusive {
                    true => FileError::AlreadyExists,
                    false => FileError::IsADirectory,
                });
            };
            if resolved.has_trailing_slash {
                return Err(FileError::IsADirectory);
            }
            match self.child(resolved.directory, name) {
                Ok(_) if options.exclusive => return Err(FileError::AlreadyExists),
                Ok(file) if self.is_directory(file)? => return Err(FileError::IsADirectory),
                Ok(file) => file,
                Err(FileError::NotFound) => {
                    return self.create(resolved.directory, name, options);
                }
                Err(error) => return Err(error),
            }
        } else {
            self.step(resolved.directory, resolved.last)?
        };
        let file_system = self.file_system(file)?;
        let is_written = options.write || options.truncate;
        match self.metadata_of(file)?.kind {
            FileKind::Directory if is_written => return Err(FileError::IsADirectory),
            FileKind::Directory => {}
            _ if options.directory || resolved.has_trailing_slash => {
                return Err(FileError::NotADirectory);
            }
            FileKind::Regular if is_written && file_system.is_read_only() => {
                return Err(FileError::ReadOnly);
            }
            FileKind::Regular if options.truncate => file_system.set_length(file.inode, 0)?,
            _ => {}
        }
        OpenFile::new(Rc::clone(file_system), file, *options)
    }

    fn create(
        &self,
        directory: FileId,
        name: &[u8],
        options: &OpenOptions,
    ) -> Result<OpenFile, FileError> {
        let file_system = self.file_system(directory)?;
        let inode = file_system.create(directory.inode, name, options.permissions)?;
        let file = FileId { inode, ..directory };
        OpenFile::new(Rc::clone(file_system), file, *options)
    }

    /// The metadata of a file.
    ///
    /// # Errors
    /// Returns [`FileError::NotFound`], [`FileError::NotADirectory`] or [`FileError::NameTooLong`].
    pub fn metadata(&self, base: Base<'_>, path: &[u8]) -> Result<Metadata, FileError> {
        self.metadata_of(self.resolve(base, path)?)
    }

    /// Whether a file is in a read-only file system.
    ///
    /// # Errors
    /// Returns the errors of [`metadata`](Self::metadata).
    pub fn is_read_only(&self, base: Base<'_>, path: &[u8]) -> Result<bool, FileError> {
        let file = self.resolve(base, path)?;
        Ok(self.file_system(file)?.is_read_only())
    }

    /// Creates a directory.
    ///
    /// # Errors
    /// Returns [`FileError::AlreadyExists`], [`FileError::ReadOnly`], [`FileError::NoSpace`], or an error of
    /// the path.
    pub fn make_directory(
        &self,
        base: Base<'_>,
        path: &[u8],
        permissions: u16,
    ) -> Result<(), FileError> {
        let resolved = self.resolve_parent(base, path)?;
        let Component::Name(name) = resolved.last else {
            return Err(FileError::AlreadyExists);
        };
        match self.child(resolved.directory, name) {
            Ok(_) => return Err(FileError::AlreadyExists),
            Err(FileError::NotFound) => {}
            Err(error) => return Err(error),
        }
        let file_system = self.file_system(resolved.directory)?;
        let parent = resolved.directory.inode;
        file_system.make_directory(parent, name, permissions)?;
        Ok(())
    }

    /// Removes a file that is not a directory (`unlink`). It exists until it is closed.
    ///
    /// # Errors
    /// Returns [`FileError::NotFound`], [`FileError::IsADirectory`], [`FileError::ReadOnly`], or an error of
    /// the path.
    pub fn remove_file(&self, base: Base<'_>, path: &[u8]) -> Result<(), FileError> {
        let resolved = self.resolve_parent(base, path)?;
        let Component::Name(name) = resolved.last else {
            return Err(FileError::IsADirectory);
        };
        let file_system = self.file_system(resolved.directory)?;
        if file_system.is_read_only() {
            return Err(FileError::ReadOnly);
        }
        let file = self.uncovered_child(resolved.directory, name)?;
        if self.is_directory(file)? {
            return Err(FileError::IsADirectory);
        }
        if resolved.has_trailing_slash {
            return Err(FileError::NotADirectory);
        }
        file_system.remove_file(resolved.directory.inode, name)
    }

    /// Removes an empty directory.
    ///
    /// # Errors
    /// Returns [`FileError::NotFound`], [`FileError::NotADirectory`], [`FileError::DirectoryNotEmpty`],
    /// [`FileError::ReadOnly`], [`FileError::Busy`] for a mount point, [`FileError::InvalidInput`] for `.`, or
    /// an error of the path.
    pub fn remove_directory(&self, base: Base<'_>, path: &[u8]) -> Result<(), FileError> {
        let resolved = self.resolve_parent(base, path)?;
        let name = match resolved.last {
            Component::Root => return Err(FileError::Busy),
            Component::Current => return Err(FileError::InvalidInput),
            Component::Parent => return Err(FileError::DirectoryNotEmpty),
            Component::Name(name) => name,
        };
        let file_system = self.file_system(resolved.directory)?;
        if file_system.is_read_only() {
            return Err(FileError::ReadOnly);
        }
        let directory = self.uncovered_child(resolved.directory, name)?;
        if !self.is_directory(directory)? {
            return Err(FileError::NotADirectory);
        }
        if self.mount_at(directory).is_some() {
            return Err(FileError::Busy);
        }
        file_system.remove_directory(resolved.directory.inode, name)
    }

    /// Gives a file another name, and replaces a file that has it.
    ///
    /// # Errors
    /// Returns [`FileError::NotFound`], [`FileError::CrossesDevices`] for another file system,
    /// [`FileError::InvalidInput`] if a directory would be within itself, [`FileError::IsADirectory`],
    /// [`FileError::NotADirectory`] or [`FileError::DirectoryNotEmpty`] if the file cannot be replaced,
    /// [`FileError::Busy`] for `.`, `..` and mount points, [`FileError::ReadOnly`], [`FileError::NoSpace`],
    /// or an error of a path.
    pub fn rename(&self, from: (Base<'_>, &[u8]), to: (Base<'_>, &[u8])) -> Result<(), FileError> {
        let old = self.resolve_parent(from.0, from.1)?;
        let new = self.resolve_parent(to.0, to.1)?;
        if old.directory.mount != new.directory.mount {
            return Err(FileError::CrossesDevices);
        }
        let (Component::Name(old_name), Component::Name(new_name)) = (old.last, new.last) else {
            return Err(FileError::Busy);
        };
        let file_system = self.file_system(old.directory)?;
        if file_system.is_read_only() {
            return Err(FileError::ReadOnly);
        }
        let moved = self.uncovered_child(old.directory, old_name)?;
        let replaced = match self.uncovered_child(new.directory, new_name) {
            Ok(replaced) => Some(replaced),
            Err(FileError::NotFound) => None,
            Err(error) => return Err(error),
        };
        let is_directory = self.is_directory(moved)?;
        if !is_directory && (old.has_trailing_slash || new.has_trailing_slash) {
            return Err(FileError::NotADirectory);
        }
        if self.is_within(new.directory, moved)? {
            return Err(FileError::InvalidInput);
        }
        if let Some(replaced) = replaced {
            if self.is_within(old.directory, replaced)? {
                return Err(FileError::DirectoryNotEmpty);
            }
            if replaced == moved {
                return Ok(());
            }
            match (is_directory, self.is_directory(replaced)?) {
                (true, false) => return Err(FileError::NotADirectory),
                (false, true) => return Err(FileError::IsADirectory),
                _ => {}
            }
        }
        let is_mount_point = |file| self.mount_at(file).is_some();
        if is_mount_point(moved) || replaced.is_some_and(is_mount_point) {
            return Err(FileError::Busy);
        }
        let old = (old.directory.inode, old_name);
        file_system.rename(old, (new.directory.inode, new_name))
    }

    /// Whether a directory is `ancestor`, or is below it in the same file system.
    fn is_within(&self, directory: FileId, ancestor: FileId) -> Result<bool, FileError> {
        let file_system = self.file_system(directory)?;
        let (mut inode, root) = (directory.inode, file_system.root());
        loop {
            if inode == ancestor.inode {
                return Ok(true);
            }
            if inode == root {
                return Ok(false);
            }
            inode = file_system.parent(inode)?;
        }
    }

    /// The path of a file without `.` and `..` (`realpath`).
    ///
    /// # Errors
    /// Returns [`FileError::NoSpace`] if memory is exhausted, or an error of the path.
    pub fn canonicalize(&self, base: Base<'_>, path: &[u8]) -> Result<Vec<u8>, FileError> {
        let resolved = self.resolve_parent(base, path)?;
        let file = self.step(resolved.directory, resolved.last)?;
        if self.is_directory(file)? {
            return self.path_of(file);
        }
        let Component::Name(name) = resolved.last else {
            return Err(FileError::NotADirectory);
        };
        if resolved.has_trailing_slash {
            return Err(FileError::NotADirectory);
        }
        let mut path = self.path_of(resolved.directory)?;
        if path != b"/" {
            push(&mut path, b"/")?;
        }
        push(&mut path, name)?;
        Ok(path)
    }

    /// The path of the working directory.
    ///
    /// # Errors
    /// Returns [`FileError::NotFound`] if it was removed, [`FileError::NoSpace`] if memory is exhausted.
    pub fn current_directory(&self) -> Result<Vec<u8>, FileError> {
        self.path_of(self.working_directory())
    }

    /// The path of a directory: its name in its parent, before that the parent's name, and so on.
    fn path_of(&self, directory: FileId) -> Result<Vec<u8>, FileError> {
        let root = self.root_of(0)?;
        let mut path = Vec::new();
        let mut directory = directory;
        while directory != root {
            let parent = self.parent(directory)?;
            let name = self.name_in(parent, directory)?;
            push(&mut path, b"/")?;
            push(&mut path, name.name())?;
            path.rotate_right(name.name().len() + 1);
            if path.len() > MAX_PATH_LEN {
                return Err(FileError::NameTooLong);
            }
            directory = parent;
        }
        if path.is_empty() {
            push(&mut path, b"/")?;
        }
        Ok(path)
    }

    /// The name that a directory has in another.
    fn name_in(&self, parent: FileId, directory: FileId) -> Result<NameBuffer, FileError> {
        let entry = match directory.mount == parent.mount {
            true => directory,
            false => self.covered(directory.mount)?,
        };
        let file_system = self.file_system(parent)?;
        let mut name = NameBuffer::EMPTY;
        loop {
            let (mut next, mut is_found) = (NameBuffer::EMPTY, false);
            let mut visit = |each: &DirectoryEntry<'_>| {
                is_found = each.inode == entry.inode;
                next.set(each.name);
            };
            if !file_system.entry_after(parent.inode, name.name(), &mut visit)? {
                return Err(FileError::NotFound);
            }
            name = next;
            if is_found {
                return Ok(name);
            }
        }
    }

    pub(super) fn is_directory(&self, file: FileId) -> Result<bool, FileError> {
        Ok(self.metadata_of(file)?.kind == FileKind::Directory)
    }
}

fn push(path: &mut Vec<u8>, part: &[u8]) -> Result<(), FileError> {
    path.try_reserve(part.len())
        .map_err(|_| FileError::NoSpace)?;
    path.extend_from_slice(part);
    Ok(())
}
