//! The entries of a directory in memory.

use crate::fs::{error::FileError, inode::Inode};
use alloc::{boxed::Box, vec::Vec};

/// The entries, sorted by name.
#[derive(Debug, Default)]
pub struct Directory {
    entries: Vec<Entry>,
}

/// A name and its file.
#[derive(Debug)]
pub struct Entry {
    name: Box<[u8]>,
    pub inode: Inode,
}

/// A name whose memory is allocated.
pub struct ReservedEntry(Box<[u8]>);

impl Entry {
    /// Allocates memory for a name.
    ///
    /// # Errors
    /// Returns [`FileError::NoSpace`] if memory is exhausted.
    pub fn reserve(name: &[u8]) -> Result<ReservedEntry, FileError> {
        let mut copy = Vec::new();
        copy.try_reserve_exact(name.len())
            .map_err(|_| FileError::NoSpace)?;
        copy.extend_from_slice(name);
        Ok(ReservedEntry(copy.into_boxed_slice()))
    }

    pub fn name(&self) -> &[u8] {
        &self.name
    }
}

impl ReservedEntry {
    /// The entry of a file.
    pub fn with(self, inode: Inode) -> Entry {
        Entry {
            name: self.0,
            inode,
        }
    }
}

impl Directory {
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The file of this name.
    ///
    /// # Errors
    /// Returns [`FileError::NotFound`] if there is none.
    pub fn find(&self, name: &[u8]) -> Result<Inode, FileError> {
        let position = self.position(name).map_err(|_| FileError::NotFound)?;
        Ok(self.entries[position].inode)
    }

    /// The first entry with a greater name.
    pub fn after(&self, name: &[u8]) -> Option<&Entry> {
        let position = self.entries.partition_point(|entry| *entry.name <= *name);
        self.entries.get(position)
    }

    /// Allocates memory for one more entry.
    ///
    /// # Errors
    /// Returns [`FileError::NoSpace`] if memory is exhausted.
    pub fn reserve(&mut self) -> Result<(), FileError> {
        let reserved = self.entries.try_reserve(1);
        reserved.map_err(|_| FileError::NoSpace)
    }

    /// Adds an entry whose name is not there, after [`reserve`](Self::reserve).
    pub fn insert(&mut self, entry: Entry) {
        let position = self
            .position(&entry.name)
            .unwrap_or_else(|position| position);
        self.entries.insert(position, entry);
    }

    /// Removes an entry.
    pub fn remove(&mut self, name: &[u8]) -> Option<Entry> {
        let position = self.position(name).ok()?;
        Some(self.entries.remove(position))
    }

    fn position(&self, name: &[u8]) -> Result<usize, usize> {
        self.entries
            .binary_search_by(|entry| (*entry.name).cmp(name))
    }
}
