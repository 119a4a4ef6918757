//! An entry of a directory.

use crate::fs::{inode::Inode, metadata::FileKind, path::MAX_NAME_LEN};

/// An entry of a directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DirectoryEntry<'n> {
    /// The name.
    pub name: &'n [u8],
    /// The file's number.
    pub inode: Inode,
    /// The file's kind.
    pub kind: FileKind,
}

/// A copy of a name.
pub struct NameBuffer {
    bytes: [u8; MAX_NAME_LEN],
    length: usize,
}

impl NameBuffer {
    /// An empty name, which precedes all others.
    pub const EMPTY: Self = Self {
        bytes: [0; MAX_NAME_LEN],
        length: 0,
    };

    /// The name.
    pub fn name(&self) -> &[u8] {
        &self.bytes[..self.length]
    }

    /// Copies a name.
    pub fn set(&mut self, name: &[u8]) {
        self.length = name.len().min(MAX_NAME_LEN);
        self.bytes[..self.length].copy_from_slice(&name[..self.length]);
    }
}
