//! The device nodes of `/dev`.

use crate::fs::{
    directory_entry::DirectoryEntry,
    error::FileError,
    file_system::FileSystem,
    inode::Inode,
    metadata::{FileKind, Metadata, Timestamp},
};

/// A directory with the device nodes `null`, `random`, `urandom` and `zero`.
///
/// `random` and `urandom` are the same generator. What is written to a node is discarded.
#[derive(Debug, Clone, Copy)]
pub struct DeviceNodes {
    fill_random: fn(&mut [u8]),
    created: Timestamp,
}

struct DeviceNode {
    name: &'static str,
    /// The number among the memory devices of Linux, whose major number is 1.
    minor: u32,
}

/// The nodes, sorted by name. The inode of each is its position and 1.
const NODES: [DeviceNode; 4] = [
    DeviceNode {
        name: "null",
        minor: NULL,
    },
    DeviceNode {
        name: "random",
        minor: 8,
    },
    DeviceNode {
        name: "urandom",
        minor: 9,
    },
    DeviceNode {
        name: "zero",
        minor: ZERO,
    },
];

const MAJOR: u32 = 1;
const NULL: u32 = 3;
const ZERO: u32 = 5;

const ROOT: Inode = Inode(0);

impl DeviceNodes {
    /// The nodes, with a random generator.
    pub const fn new(fill_random: fn(&mut [u8]), created: Timestamp) -> Self {
        Self {
            fill_random,
            created,
        }
    }

    fn node(file: Inode) -> Option<&'static DeviceNode> {
        let position = usize::try_from(file.0.checked_sub(1)?).ok()?;
        NODES.get(position)
    }

    fn kind(node: &DeviceNode) -> FileKind {
        FileKind::CharacterDevice {
            major: MAJOR,
            minor: node.minor,
        }
    }
}

impl FileSystem for DeviceNodes {
    fn root(&self) -> Inode {
        ROOT
    }

    fn metadata(&self, file: Inode) -> Result<Metadata, FileError> {
        let (kind, permissions, links) = match Self::node(file) {
            Some(node) => (Self::kind(node), 0o666, 1),
            None if file == ROOT => (FileKind::Directory, 0o555, 2),
            None => return Err(FileError::NotFound),
        };
        Ok(Metadata {
            kind,
            permissions,
            links,
            length: 0,
            allocated: 0,
            inode: file,
            device: 0,
            accessed: self.created,
            modified: self.created,
            changed: self.created,
            created: self.created,
        })
    }

    fn lookup(&self, directory: Inode, name: &[u8]) -> Result<Inode, FileError> {
        if directory != ROOT {
            return Err(FileError::NotADirectory);
        }
        let index = NODES.binary_search_by(|node| node.name.as_bytes().cmp(name));
        let index = index.map_err(|_| FileError::NotFound)?;
        Ok(Inode(index as u64 + 1))
    }

    fn parent(&self, _directory: Inode) -> Result<Inode, FileError> {
        Ok(ROOT)
    }

    fn entry_after(
        &self,
        directory: Inode,
        after: &[u8],
        visit: &mut dyn FnMut(&DirectoryEntry<'_>),
    ) -> Result<bool, FileError> {
        if directory != ROOT {
            return Err(FileError::NotADirectory);
        }
        let index = NODES.partition_point(|node| node.name.as_bytes() <= after);
        let Some(node) = NODES.get(index) else {
            return Ok(false);
        };
        visit(&DirectoryEntry {
            name: node.name.as_bytes(),
            inode: Inode(index as u64 + 1),
            kind: Self::kind(node),
        });
        Ok(true)
    }

    fn read(&self, file: Inode, _offset: u64, buffer: &mut [u8]) -> Result<usize, FileError> {
        match Self::node(file).map(|node| node.minor) {
            None => return Err(FileError::IsADirectory),
            Some(NULL) => return Ok(0),
            Some(ZERO) => buffer.fill(0),
            Some(_) => (self.fill_random)(buffer),
        }
        Ok(buffer.len())
    }

    fn write(&self, _file: Inode, _offset: u64, bytes: &[u8]) -> Result<usize, FileError> {
        Ok(bytes.len())
    }
}
