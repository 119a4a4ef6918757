//! The files in memory by their numbers.

use super::{directory::Directory, file_contents::FileContents};
use crate::fs::{error::FileError, inode::Inode, metadata::Timestamp};
use alloc::vec::Vec;

/// The files. A number is the position of a slot in its lower half and, in its upper half, how often the slot
/// was used, so that the number of a removed file is not that of another one.
#[derive(Debug, Default)]
pub struct InodeTable {
    slots: Vec<Slot>,
    free: Option<u32>,
}

#[derive(Debug)]
struct Slot {
    uses: u32,
    content: SlotContent,
}

#[derive(Debug)]
enum SlotContent {
    /// The next free slot.
    Free(Option<u32>),
    Used(Record),
}

/// A file or a directory.
#[derive(Debug)]
pub struct Record {
    pub body: Body,
    /// The directory of a directory; `None` for the root and for files.
    pub parent: Option<Inode>,
    pub permissions: u16,
    /// The number of names; a directory's counts its own name, its `.` and the `..` of its directories.
    pub links: u32,
    /// How often it is open.
    pub retained: u32,
    pub accessed: Timestamp,
    pub modified: Timestamp,
    pub changed: Timestamp,
    pub created: Timestamp,
}

/// What a file or a directory contains.
#[derive(Debug)]
pub enum Body {
    File(FileContents),
    Directory(Directory),
}

impl Record {
    pub const fn new(
        body: Body,
        parent: Option<Inode>,
        permissions: u16,
        created: Timestamp,
    ) -> Self {
        let links = match body {
            Body::File(_) => 1,
            Body::Directory(_) => 2,
        };
        Self {
            body,
            parent,
            permissions,
            links,
            retained: 0,
            accessed: created,
            modified: created,
            changed: created,
            created,
        }
    }

    /// Notes a change of the contents.
    pub const fn touch(&mut self, now: Timestamp) {
        self.modified = now;
        self.changed = now;
    }
}

impl InodeTable {
    /// # Errors
    /// Returns [`FileError::NotFound`] if there is no such file any more.
    pub fn get(&self, inode: Inode) -> Result<&Record, FileError> {
        match self.slots.get(position(inode)) {
            Some(Slot {
                uses,
                content: SlotContent::Used(record),
            }) if *uses == generation(inode) => Ok(record),
            _ => Err(FileError::NotFound),
        }
    }

    /// # Errors
    /// Returns [`FileError::NotFound`] if there is no such file any more.
    pub fn get_mut(&mut self, inode: Inode) -> Result<&mut Record, FileError> {
        match self.slots.get_mut(position(inode)) {
            Some(Slot {
                uses,
                content: SlotContent::Used(record),
            }) if *uses == generation(inode) => Ok(record),
            _ => Err(FileError::NotFound),
        }
    }

    /// # Errors
    /// Returns [`FileError::NotADirectory`] for another file.
    pub fn directory(&self, inode: Inode) -> Result<&Directory, FileError> {
        match &self.get(inode)?.body {
            Body::Directory(directory) => Ok(directory),
            Body::File(_) => Err(FileError::NotADirectory),
        }
    }

    /// # Errors
    /// Returns [`FileError::NotADirectory`] for another file.
    pub fn directory_mut(&mut self, inode: Inode) -> Result<&mut Directory, FileError> {
        match &mut self.get_mut(inode)?.body {
            Body::Directory(directory) => Ok(directory),
            Body::File(_) => Err(FileError::NotADirectory),
        }
    }

    /// # Errors
    /// Returns [`FileError::IsADirectory`] for a directory.
    pub fn contents(&self, inode: Inode) -> Result<&FileContents, FileError> {
        match &self.get(inode)?.body {
            Body::File(contents) => Ok(contents),
            Body::Directory(_) => Err(FileError::IsADirectory),
        }
    }

    /// Adds a file.
    ///
    /// # Errors
    /// Returns [`FileError::NoSpace`] if memory is exhausted.
    pub fn insert(&mut self, record: Record) -> Result<Inode, FileError> {
        let free = self.free.and_then(|free| {
            let slot = self.slots.get_mut(free as usize)?;
            Some((free, slot))
        });
        if let Some((position, slot)) = free {
            if let SlotContent::Free(next) = slot.content {
                self.free = next;
            }
            slot.uses = slot.uses.wrapping_add(1);
            slot.content = SlotContent::Used(record);
            return Ok(number(position, slot.uses));
        }
        let position = u32::try_from(self.slots.len()).map_err(|_| FileError::NoSpace)?;
        let reserved = self.slots.try_reserve(1);
        reserved.map_err(|_| FileError::NoSpace)?;
        self.slots.push(Slot {
            uses: 1,
            content: SlotContent::Used(record),
        });
        Ok(number(position, 1))
    }

    /// Removes a file.
    pub fn remove(&mut self, inode: Inode) -> Option<Record> {
        self.get(inode).ok()?;
        let slot = self.slots.get_mut(position(inode))?;
        let freed = core::mem::replace(&mut slot.content, SlotContent::Free(self.free));
        self.free = Some(inode.0 as u32);
        match freed {
            SlotContent::Used(record) => Some(record),
            SlotContent::Free(_) => None,
        }
    }
}

const fn number(position: u32, uses: u32) -> Inode {
    Inode((uses as u64) << 32 | position as u64)
}

const fn position(inode: Inode) -> usize {
    inode.0 as u32 as usize
}

const fn generation(inode: Inode) -> u32 {
    (inode.0 >> 32) as u32
}
