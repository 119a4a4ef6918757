//! A read-only tree of files that is constant data.

use crate::fs::{
    directory_entry::DirectoryEntry,
    error::FileError,
    file_system::FileSystem,
    inode::Inode,
    metadata::{FileKind, Metadata, Timestamp},
};

/// A file or a directory of a [`Tree`].
#[derive(Debug, Clone, Copy)]
pub struct TreeNode {
    /// Its name; that of the root is empty.
    pub name: &'static str,
    /// The position of its directory; the root's is 0.
    pub parent: u32,
    /// What it contains.
    pub contents: Contents,
}

impl TreeNode {
    /// A file in the directory at the position `parent`.
    pub const fn file(name: &'static str, parent: u32, bytes: &'static [u8]) -> Self {
        Self {
            name,
            parent,
            contents: Contents::File(bytes),
        }
    }

    /// A directory in the one at the position `parent`, with the entries from the position `first` up to `end`.
    pub const fn directory(name: &'static str, parent: u32, first: u32, end: u32) -> Self {
        Self {
            name,
            parent,
            contents: Contents::Directory { first, end },
        }
    }

    const fn is_directory(&self) -> bool {
        matches!(self.contents, Contents::Directory { .. })
    }
}

/// What a [`TreeNode`] contains.
#[derive(Debug, Clone, Copy)]
pub enum Contents {
    /// The bytes of a file.
    File(&'static [u8]),
    /// The nodes of a directory, from the position `first` up to `end`, sorted by name.
    Directory {
        /// The position of the first.
        first: u32,
        /// The position after the last.
        end: u32,
    },
}

/// A read-only tree of files. Its nodes are constant data, so that it takes no memory beside the image and no
/// time at start.
#[derive(Debug, Clone, Copy)]
pub struct Tree {
    nodes: &'static [TreeNode],
    modified: Timestamp,
}

impl Tree {
    /// A tree of these nodes, of which the first is the root. Every file has the time `modified`.
    pub const fn new(nodes: &'static [TreeNode], modified: Timestamp) -> Self {
        Self { nodes, modified }
    }

    /// The contents of a file by its path from the root, without `.` and `..`.
    pub fn file(&self, path: &str) -> Option<&'static [u8]> {
        let mut directory = Inode(0);
        for name in path.split('/') {
            directory = self.lookup(directory, name.as_bytes()).ok()?;
        }
        match self.node(directory).ok()?.contents {
            Contents::File(bytes) => Some(bytes),
            Contents::Directory { .. } => None,
        }
    }

    fn node(&self, inode: Inode) -> Result<&'static TreeNode, FileError> {
        let position = usize::try_from(inode.0).map_err(|_| FileError::NotFound)?;
        self.nodes.get(position).ok_or(FileError::NotFound)
    }

    /// The entries of a directory, and the position of the first.
    fn entries(&self, directory: Inode) -> Result<(u64, &'static [TreeNode]), FileError> {
        match self.node(directory)?.contents {
            Contents::File(_) => Err(FileError::NotADirectory),
            Contents::Directory { first, end } => {
                let entries = self.nodes.get(first as usize..end as usize);
                Ok((first.into(), entries.unwrap_or_default()))
            }
        }
    }
}

impl FileSystem for Tree {
    fn root(&self) -> Inode {
        Inode(0)
    }

    fn metadata(&self, file: Inode) -> Result<Metadata, FileError> {
        let node = self.node(file)?;
        let (kind, permissions, links, length) = match node.contents {
            Contents::File(bytes) => (FileKind::Regular, 0o444, 1, bytes.len() as u64),
            Contents::Directory { .. } => {
                let (_, entries) = self.entries(file)?;
                let directories = entries.iter().filter(|node| node.is_directory());
                (
                    FileKind::Directory,
                    0o555,
                    2 + directories.count() as u32,
                    0,
                )
            }
        };
        Ok(Metadata {
            kind,
            permissions,
            links,
            length,
            allocated: length,
            inode: file,
            device: 0,
            accessed: self.modified,
            modified: self.modified,
            changed: self.modified,
            created: self.modified,
        })
    }

    fn lookup(&self, directory: Inode, name: &[u8]) -> Result<Inode, FileError> {
        let (first, entries) = self.entries(directory)?;
        let index = entries.binary_search_by(|node| node.name.as_bytes().cmp(name));
        let index = index.map_err(|_| FileError::NotFound)?;
        Ok(Inode(first + index as u64))
    }

    fn parent(&self, directory: Inode) -> Result<Inode, FileError> {
        Ok(Inode(self.node(directory)?.parent.into()))
    }

    fn entry_after(
        &self,
        directory: Inode,
        after: &[u8],
        visit: &mut dyn FnMut(&DirectoryEntry<'_>),
    ) -> Result<bool, FileError> {
        let (first, entries) = self.entries(directory)?;
        let index = entries.partition_point(|node| node.name.as_bytes() <= after);
        let Some(node) = entries.get(index) else {
            return Ok(false);
        };
        visit(&DirectoryEntry {
            name: node.name.as_bytes(),
            inode: Inode(first + index as u64),
            kind: match node.contents {
                Contents::File(_) => FileKind::Regular,
                Contents::Directory { .. } => FileKind::Directory,
            },
        });
        Ok(true)
    }

    fn read(&self, file: Inode, offset: u64, buffer: &mut [u8]) -> Result<usize, FileError> {
        match self.node(file)?.contents {
            Contents::Directory { .. } => Err(FileError::IsADirectory),
            Contents::File(bytes) => {
                let offset = usize::try_from(offset).unwrap_or(usize::MAX);
                let rest = bytes.get(offset..).unwrap_or_default();
                let count = rest.len().min(buffer.len());
                buffer[..count].copy_from_slice(&rest[..count]);
                Ok(count)
            }
        }
    }
}
