//! Listing a directory.

use crate::fs::{
    directory_entry::{DirectoryEntry, NameBuffer},
    error::FileError,
    inode::{FileId, Inode},
    metadata::FileKind,
    mount_table::MountTable,
    open_file::OpenFile,
};

/// A position in a directory (`readdir`): the name that was returned last. An entry that exists throughout is
/// returned exactly once, whatever is created and removed meanwhile.
pub struct DirectoryStream {
    last: Last,
    name: NameBuffer,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Last {
    Nothing,
    Current,
    Parent,
}

impl DirectoryStream {
    /// A stream at the start.
    pub const fn new() -> Self {
        Self {
            last: Last::Nothing,
            name: NameBuffer::EMPTY,
        }
    }

    /// The next entry, starting with `.` and `..`; `None` at the end.
    ///
    /// # Errors
    /// Returns [`FileError::NotADirectory`] if the file is none.
    pub fn next(
        &mut self,
        mounts: &MountTable,
        directory: &OpenFile,
    ) -> Result<Option<DirectoryEntry<'_>>, FileError> {
        let dots = |id: FileId, name| DirectoryEntry {
            name,
            inode: id.inode,
            kind: FileKind::Directory,
        };
        match self.last {
            Last::Nothing => {
                if directory.metadata()?.kind != FileKind::Directory {
                    return Err(FileError::NotADirectory);
                }
                self.last = Last::Current;
                return Ok(Some(dots(directory.id(), b".")));
            }
            Last::Current => {
                self.last = Last::Parent;
                self.name = NameBuffer::EMPTY;
                // The directory that a removed one was in may be gone too.
                let parent = mounts.parent(directory.id());
                return Ok(Some(dots(parent.unwrap_or(directory.id()), b"..")));
            }
            Last::Parent => {}
        }
        let (mut next, mut inode, mut kind) = (NameBuffer::EMPTY, Inode(0), FileKind::Directory);
        let mut copy = |entry: &DirectoryEntry<'_>| {
            (inode, kind) = (entry.inode, entry.kind);
            next.set(entry.name);
        };
        let (file_system, id) = (directory.file_system(), directory.id());
        if !file_system.entry_after(id.inode, self.name.name(), &mut copy)? {
            return Ok(None);
        }
        self.name = next;
        Ok(Some(DirectoryEntry {
            name: self.name.name(),
            inode,
            kind,
        }))
    }

    /// Returns to the start (`rewinddir`).
    pub const fn rewind(&mut self) {
        self.last = Last::Nothing;
    }
}

impl Default for DirectoryStream {
    fn default() -> Self {
        Self::new()
    }
}
