//! Files in memory, with a limit.

mod budget;
mod directory;
mod file_contents;
mod inode_table;

use crate::fs::{
    directory_entry::DirectoryEntry,
    error::FileError,
    file_system::FileSystem,
    inode::Inode,
    metadata::{FileKind, Metadata, Timestamp},
};
use budget::Budget;
use core::cell::RefCell;
use directory::{Directory, Entry};
use file_contents::FileContents;
use inode_table::{Body, InodeTable, Record};

/// The permission bits that are stored: read, write and execute for three classes, and the three bits that
/// Linux has beside them.
const PERMISSIONS: u16 = 0o7777;

/// A file system in memory. Its limit counts whole pages of 4 KiB of the files, and for each file and
/// directory 256 bytes and its name. If the limit or the heap is exhausted, a call returns
/// [`FileError::NoSpace`] and changes nothing, or writes fewer bytes.
pub struct MemoryFiles {
    state: RefCell<State>,
    now: fn() -> Timestamp,
}

struct State {
    inodes: InodeTable,
    budget: Budget,
    root: Inode,
}

impl MemoryFiles {
    /// An empty file system that takes at most `limit` bytes. `when_full` is called with the limit each time that a
    /// call would exceed it; it must not use the file system.
    ///
    /// # Errors
    /// Returns [`FileError::NoSpace`] if memory for its root directory is exhausted.
    pub fn new(limit: u64, now: fn() -> Timestamp, when_full: fn(u64)) -> Result<Self, FileError> {
        let mut inodes = InodeTable::default();
        let body = Body::Directory(Directory::default());
        // Linux's `/tmp` can be written by all, and only owners remove files from it.
        let root = inodes.insert(Record::new(body, None, 0o1777, now()))?;
        Ok(Self {
            state: RefCell::new(State {
                inodes,
                budget: Budget::new(limit, when_full),
                root,
            }),
            now,
        })
    }

    /// The memory that counts against the limit, in bytes.
    pub fn used(&self) -> u64 {
        self.state.borrow().budget.used()
    }
}

impl State {
    /// Creates a file or a directory. Nothing is changed unless all of it succeeds.
    fn make(
        &mut self,
        parent: Inode,
        name: &[u8],
        body: Body,
        permissions: u16,
        now: Timestamp,
    ) -> Result<Inode, FileError> {
        let is_directory = matches!(body, Body::Directory(_));
        if self.inodes.get(parent)?.links == 0 {
            return Err(FileError::NotFound);
        }
        let cost = budget::entry(name);
        self.budget.take(cost)?;
        let result = self.insert(
            parent,
            name,
            Record::new(
                body,
                is_directory.then_some(parent),
                permissions & PERMISSIONS,
                now,
            ),
        );
        match result {
            Ok(inode) => {
                let record = self.inodes.get_mut(parent)?;
                record.links += u32::from(is_directory);
                record.touch(now);
                Ok(inode)
            }
            Err(error) => {
                self.budget.give(cost);
                Err(error)
            }
        }
    }

    fn insert(&mut self, parent: Inode, name: &[u8], record: Record) -> Result<Inode, FileError> {
        let reserved = Entry::reserve(name)?;
        self.inodes.directory_mut(parent)?.reserve()?;
        let inode = self.inodes.insert(record)?;
        self.inodes
            .directory_mut(parent)?
            .insert(reserved.with(inode));
        Ok(inode)
    }

    /// Removes one name of a file, and the file if it is not open.
    fn unlink(&mut self, parent: Inode, name: &[u8], now: Timestamp) -> Result<(), FileError> {
        let Some(entry) = self.inodes.directory_mut(parent)?.remove(name) else {
            return Err(FileError::NotFound);
        };
        self.budget.give(budget::entry(name));
        let record = self.inodes.get_mut(entry.inode)?;
        let is_directory = matches!(record.body, Body::Directory(_));
        record.links = 0;
        record.changed = now;
        self.free_if_unused(entry.inode);
        let record = self.inodes.get_mut(parent)?;
        record.links -= u32::from(is_directory);
        record.touch(now);
        Ok(())
    }

    fn free_if_unused(&mut self, inode: Inode) {
        let is_unused = |record: &Record| record.links == 0 && record.retained == 0;
        if self.inodes.get(inode).is_ok_and(is_unused)
            && let Some(record) = self.inodes.remove(inode)
            && let Body::File(contents) = record.body
        {
            self.budget.give(contents.allocated());
        }
    }

    fn rename(
        &mut self,
        from: (Inode, &[u8]),
        to: (Inode, &[u8]),
        now: Timestamp,
    ) -> Result<(), FileError> {
        let moved = self.inodes.directory(from.0)?.find(from.1)?;
        let replaced = self.inodes.directory(to.0)?.find(to.1);
        if replaced == Ok(moved) {
            return Ok(());
        }
        if self.inodes.get(to.0)?.links == 0 {
            return Err(FileError::NotFound);
        }
        if let Ok(replaced) = replaced
            && let Body::Directory(directory) = &self.inodes.get(replaced)?.body
            && !directory.is_empty()
        {
            return Err(FileError::DirectoryNotEmpty);
        }
        // What can fail comes first. The exchange cannot fail once a name as long as the new one is removed.
        let reserved = Entry::reserve(to.1)?;
        self.inodes.directory_mut(to.0)?.reserve()?;
        if replaced.is_ok() {
            self.unlink(to.0, to.1, now)?;
        }
        self.budget
            .exchange(budget::entry(from.1), budget::entry(to.1))?;
        let _ = self.inodes.directory_mut(from.0)?.remove(from.1);
        self.inodes
            .directory_mut(to.0)?
            .insert(reserved.with(moved));
        let record = self.inodes.get_mut(moved)?;
        record.changed = now;
        let is_directory = matches!(record.body, Body::Directory(_));
        if is_directory {
            record.parent = Some(to.0);
        }
        for (parent, gains) in [(from.0, false), (to.0, true)] {
            let record = self.inodes.get_mut(parent)?;
            record.touch(now);
            match (is_directory, gains) {
                (false, _) => {}
                (true, true) => record.links += 1,
                (true, false) => record.links -= 1,
            }
        }
        Ok(())
    }
}

impl FileSystem for MemoryFiles {
    fn root(&self) -> Inode {
        self.state.borrow().root
    }

    fn is_read_only(&self) -> bool {
        false
    }

    fn metadata(&self, file: Inode) -> Result<Metadata, FileError> {
        let state = self.state.borrow();
        let record = state.inodes.get(file)?;
        let (length, allocated) = match &record.body {
            Body::Directory(_) => (0, 0),
            Body::File(contents) => (contents.length(), contents.allocated()),
        };
        Ok(Metadata {
            kind: record.body.kind(),
            permissions: record.permissions,
            links: record.links,
            length,
            allocated,
            inode: file,
            device: 0,
            accessed: record.accessed,
            modified: record.modified,
            changed: record.changed,
            created: record.created,
        })
    }

    fn lookup(&self, directory: Inode, name: &[u8]) -> Result<Inode, FileError> {
        self.state.borrow().inodes.directory(directory)?.find(name)
    }

    fn parent(&self, directory: Inode) -> Result<Inode, FileError> {
        let state = self.state.borrow();
        Ok(state.inodes.get(directory)?.parent.unwrap_or(state.root))
    }

    fn entry_after(
        &self,
        directory: Inode,
        after: &[u8],
        visit: &mut dyn FnMut(&DirectoryEntry<'_>),
    ) -> Result<bool, FileError> {
        let state = self.state.borrow();
        let Some(entry) = state.inodes.directory(directory)?.after(after) else {
            return Ok(false);
        };
        visit(&DirectoryEntry {
            name: entry.name(),
            inode: entry.inode,
            kind: state.inodes.get(entry.inode)?.body.kind(),
        });
        Ok(true)
    }

    fn read(&self, file: Inode, offset: u64, buffer: &mut [u8]) -> Result<usize, FileError> {
        Ok(self
            .state
            .borrow()
            .inodes
            .contents(file)?
            .read(offset, buffer))
    }

    fn write(&self, file: Inode, offset: u64, bytes: &[u8]) -> Result<usize, FileError> {
        let state = &mut *self.state.borrow_mut();
        let record = state.inodes.get_mut(file)?;
        let Body::File(contents) = &mut record.body else {
            return Err(FileError::IsADirectory);
        };
        let written = contents.write(offset, bytes, &mut state.budget)?;
        if written > 0 {
            record.touch((self.now)());
        }
        Ok(written)
    }

    fn set_length(&self, file: Inode, length: u64) -> Result<(), FileError> {
        let state = &mut *self.state.borrow_mut();
        let record = state.inodes.get_mut(file)?;
        let Body::File(contents) = &mut record.body else {
            return Err(FileError::IsADirectory);
        };
        contents.set_length(length, &mut state.budget)?;
        record.touch((self.now)());
        Ok(())
    }

    fn create(&self, directory: Inode, name: &[u8], permissions: u16) -> Result<Inode, FileError> {
        let body = Body::File(FileContents::default());
        let mut state = self.state.borrow_mut();
        state.make(directory, name, body, permissions, (self.now)())
    }

    fn make_directory(
        &self,
        directory: Inode,
        name: &[u8],
        permissions: u16,
    ) -> Result<Inode, FileError> {
        let body = Body::Directory(Directory::default());
        let mut state = self.state.borrow_mut();
        state.make(directory, name, body, permissions, (self.now)())
    }

    fn remove_file(&self, directory: Inode, name: &[u8]) -> Result<(), FileError> {
        let mut state = self.state.borrow_mut();
        let file = state.inodes.directory(directory)?.find(name)?;
        match state.inodes.get(file)?.body {
            Body::Directory(_) => Err(FileError::IsADirectory),
            Body::File(_) => state.unlink(directory, name, (self.now)()),
        }
    }

    fn remove_directory(&self, directory: Inode, name: &[u8]) -> Result<(), FileError> {
        let mut state = self.state.borrow_mut();
        let removed = state.inodes.directory(directory)?.find(name)?;
        if !state.inodes.directory(removed)?.is_empty() {
            return Err(FileError::DirectoryNotEmpty);
        }
        state.unlink(directory, name, (self.now)())
    }

    fn rename(&self, from: (Inode, &[u8]), to: (Inode, &[u8])) -> Result<(), FileError> {
        self.state.borrow_mut().rename(from, to, (self.now)())
    }

    fn set_permissions(&self, file: Inode, permissions: u16) -> Result<(), FileError> {
        let mut state = self.state.borrow_mut();
        let record = state.inodes.get_mut(file)?;
        record.permissions = permissions & PERMISSIONS;
        record.changed = (self.now)();
        Ok(())
    }

    fn set_times(
        &self,
        file: Inode,
        accessed: Option<Timestamp>,
        modified: Option<Timestamp>,
    ) -> Result<(), FileError> {
        let mut state = self.state.borrow_mut();
        let record = state.inodes.get_mut(file)?;
        record.accessed = accessed.unwrap_or(record.accessed);
        record.modified = modified.unwrap_or(record.modified);
        record.changed = (self.now)();
        Ok(())
    }

    fn retain(&self, file: Inode) -> Result<(), FileError> {
        self.state.borrow_mut().inodes.get_mut(file)?.retained += 1;
        Ok(())
    }

    fn release(&self, file: Inode) {
        let mut state = self.state.borrow_mut();
        if let Ok(record) = state.inodes.get_mut(file) {
            record.retained = record.retained.saturating_sub(1);
            state.free_if_unused(file);
        }
    }
}

impl Body {
    const fn kind(&self) -> FileKind {
        match self {
            Self::File(_) => FileKind::Regular,
            Self::Directory(_) => FileKind::Directory,
        }
    }
}
