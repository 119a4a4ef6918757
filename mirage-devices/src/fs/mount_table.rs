//! Which file system is where, and the files that paths denote.

use crate::fs::{
    error::FileError,
    file_system::FileSystem,
    inode::FileId,
    metadata::{FileKind, Metadata},
    open_file::OpenFile,
    open_options::OpenOptions,
    path::{self, Component, MAX_NAME_LEN, SplitPath},
};
use alloc::{rc::Rc, vec::Vec};
use core::cell::RefCell;

/// The mounted file systems and the working directory.
///
/// There are no links, so a path is resolved component by component: `..` is the directory that contains a
/// directory, also from the root of a mounted file system, and `/..` is `/`.
pub struct MountTable {
    mounts: Vec<Mount>,
    working_directory: RefCell<Rc<OpenFile>>,
}

struct Mount {
    file_system: Rc<dyn FileSystem>,
    /// The directory that it hides; for the root file system, its own root.
    covered: FileId,
}

/// Where a relative path starts.
#[derive(Clone, Copy)]
pub enum Base<'f> {
    /// The working directory (`AT_FDCWD`).
    WorkingDirectory,
    /// An open directory.
    Directory(&'f OpenFile),
}

/// A path whose last component has not been looked up.
pub struct Resolved<'p> {
    pub directory: FileId,
    pub last: Component<'p>,
    pub has_trailing_slash: bool,
}

impl MountTable {
    /// A table with one file system, whose root is `/` and the working directory.
    ///
    /// # Errors
    /// Returns [`FileError::NoSpace`] if memory is exhausted.
    pub fn new(root: Rc<dyn FileSystem>) -> Result<Self, FileError> {
        let file = FileId {
            mount: 0,
            inode: root.root(),
        };
        let mut mounts = Vec::new();
        let reserved = mounts.try_reserve_exact(4);
        reserved.map_err(|_| FileError::NoSpace)?;
        let directory = OpenFile::new(Rc::clone(&root), file, OpenOptions::READ)?;
        mounts.push(Mount {
            file_system: root,
            covered: file,
        });
        Ok(Self {
            mounts,
            working_directory: RefCell::new(Rc::new(directory)),
        })
    }

    /// Mounts a file system at a directory, which it hides.
    ///
    /// # Errors
    /// Returns [`FileError::NotFound`] if there is no such directory, [`FileError::NotADirectory`] if it is
    /// another file, [`FileError::Busy`] if a file system is mounted there, and [`FileError::NoSpace`] if
    /// memory is exhausted.
    pub fn mount(&mut self, path: &[u8], file_system: Rc<dyn FileSystem>) -> Result<(), FileError> {
        let covered = self.resolve(Base::WorkingDirectory, path)?;
        if self.metadata_of(covered)?.kind != FileKind::Directory {
            return Err(FileError::NotADirectory);
        }
        if covered == self.root_of(covered.mount)? {
            return Err(FileError::Busy);
        }
        let reserved = self.mounts.try_reserve(1);
        reserved.map_err(|_| FileError::NoSpace)?;
        self.mounts.push(Mount {
            file_system,
            covered,
        });
        Ok(())
    }

    /// Makes a directory the working directory.
    ///
    /// # Errors
    /// Returns [`FileError::NotADirectory`] if it is another file.
    pub fn set_working_directory(&self, directory: Rc<OpenFile>) -> Result<(), FileError> {
        if directory.metadata()?.kind != FileKind::Directory {
            return Err(FileError::NotADirectory);
        }
        self.working_directory.replace(directory);
        Ok(())
    }

    /// The file system of a file.
    pub(super) fn file_system(&self, file: FileId) -> Result<&Rc<dyn FileSystem>, FileError> {
        let mount = self.mounts.get(file.mount).ok_or(FileError::NotFound)?;
        Ok(&mount.file_system)
    }

    pub(super) fn metadata_of(&self, file: FileId) -> Result<Metadata, FileError> {
        let metadata = self.file_system(file)?.metadata(file.inode)?;
        Ok(Metadata {
            device: file.mount as u64 + 1,
            ..metadata
        })
    }

    /// Resolves a path up to its last component.
    pub(super) fn resolve_parent<'p>(
        &self,
        base: Base<'_>,
        path: &'p [u8],
    ) -> Result<Resolved<'p>, FileError> {
        let split = SplitPath::new(path)?;
        let mut directory = match base {
            _ if split.is_absolute => self.root_of(0)?,
            Base::WorkingDirectory => self.working_directory.borrow().id(),
            Base::Directory(open) => open.id(),
        };
        if self.metadata_of(directory)?.kind != FileKind::Directory {
            return Err(FileError::NotADirectory);
        }
        for component in path::components(split.before) {
            directory = self.step(directory, component)?;
            if self.metadata_of(directory)?.kind != FileKind::Directory {
                return Err(FileError::NotADirectory);
            }
        }
        Ok(Resolved {
            directory,
            last: split.last,
            has_trailing_slash: split.has_trailing_slash,
        })
    }

    /// The file that a path denotes.
    pub(super) fn resolve(&self, base: Base<'_>, path: &[u8]) -> Result<FileId, FileError> {
        let resolved = self.resolve_parent(base, path)?;
        let file = self.step(resolved.directory, resolved.last)?;
        if resolved.has_trailing_slash && self.metadata_of(file)?.kind != FileKind::Directory {
            return Err(FileError::NotADirectory);
        }
        Ok(file)
    }

    /// The file that a component denotes in a directory.
    pub(super) fn step(
        &self,
        directory: FileId,
        component: Component<'_>,
    ) -> Result<FileId, FileError> {
        match component {
            Component::Root | Component::Current => Ok(directory),
            Component::Parent => self.parent(directory),
            Component::Name(name) => self.child(directory, name),
        }
    }

    /// The directory that contains this one, in the file system that this one's is mounted in if it is a root.
    pub(super) fn parent(&self, directory: FileId) -> Result<FileId, FileError> {
        let mut directory = directory;
        while directory.mount != 0 && directory == self.root_of(directory.mount)? {
            directory = self.covered(directory.mount)?;
        }
        let inode = self.file_system(directory)?.parent(directory.inode)?;
        Ok(FileId { inode, ..directory })
    }

    /// The file of a name; if a file system is mounted there, its root.
    pub(super) fn child(&self, directory: FileId, name: &[u8]) -> Result<FileId, FileError> {
        let child = self.uncovered_child(directory, name)?;
        match self.mount_at(child) {
            Some(mount) => self.root_of(mount),
            None => Ok(child),
        }
    }

    /// The file of a name in the directory's own file system.
    pub(super) fn uncovered_child(
        &self,
        directory: FileId,
        name: &[u8],
    ) -> Result<FileId, FileError> {
        if name.len() > MAX_NAME_LEN {
            return Err(FileError::NameTooLong);
        }
        let inode = self.file_system(directory)?.lookup(directory.inode, name)?;
        Ok(FileId { inode, ..directory })
    }

    /// The file system that is mounted at a directory.
    pub(super) fn mount_at(&self, directory: FileId) -> Option<usize> {
        let mut mounts = self.mounts.iter().enumerate().skip(1);
        mounts.find_map(|(index, mount)| (mount.covered == directory).then_some(index))
    }

    /// The directory that a mounted file system hides.
    pub(super) fn covered(&self, mount: usize) -> Result<FileId, FileError> {
        let mount = self.mounts.get(mount).ok_or(FileError::NotFound)?;
        Ok(mount.covered)
    }

    /// The root of a mounted file system.
    pub(super) fn root_of(&self, mount: usize) -> Result<FileId, FileError> {
        let mounted = self.mounts.get(mount).ok_or(FileError::NotFound)?;
        let inode = mounted.file_system.root();
        Ok(FileId { mount, inode })
    }

    /// The working directory.
    pub(super) fn working_directory(&self) -> FileId {
        self.working_directory.borrow().id()
    }
}
