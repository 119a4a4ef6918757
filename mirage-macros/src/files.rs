//! The directory of the package that becomes the files of an image.
//!
//! A symbolic link is followed if it leads to something in the same directory.

use mirage_graph::{
    diagnostic::DiagnosticKind,
    files::{EntryError, MOUNT_POINTS, Root},
};
use std::{
    collections::VecDeque,
    fs, io,
    path::{Component, Path, PathBuf},
};

/// The maximum length of a name, in bytes.
const MAX_NAME_LEN: usize = 255;

/// The files of an image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Files {
    /// The directory, as the attribute has it.
    path: String,
    /// The root, and then the entries of each directory, sorted by name.
    pub(crate) nodes: Vec<FileNode>,
}

/// A file or a directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FileNode {
    pub(crate) name: String,
    /// The position of its directory.
    pub(crate) parent: usize,
    pub(crate) contents: Contents,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Contents {
    /// A file by its path from the package, and its length.
    File { path: String, length: u64 },
    /// The positions of the entries.
    Directory { first: usize, end: usize },
}

impl Files {
    /// The summary for the graph.
    pub(crate) fn root(&self) -> Root {
        let lengths = self.nodes.iter().filter_map(|node| match node.contents {
            Contents::File { length, .. } => Some(length),
            Contents::Directory { .. } => None,
        });
        Root {
            path: self.path.clone(),
            files: lengths.clone().count() as u64,
            bytes: lengths.fold(0, u64::saturating_add),
        }
    }
}

/// Reads the directory at a path from the package that is being compiled.
pub(crate) fn read(path: &str) -> Result<Files, DiagnosticKind> {
    let package = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| ".".into());
    read_in(Path::new(&package), path)
}

fn read_in(package: &Path, path: &str) -> Result<Files, DiagnosticKind> {
    let is_within = |component| matches!(component, Component::Normal(_) | Component::CurDir);
    if !Path::new(path).components().all(is_within) {
        return Err(DiagnosticKind::RootPath(path.into()));
    }
    let unreadable = |reason: String| DiagnosticKind::NoRoot(path.into(), reason);
    let canonical = |path: &Path| {
        path.canonicalize()
            .map_err(|error| unreadable(reason(&error)))
    };
    let package = canonical(package)?;
    let directory = canonical(&package.join(path))?;
    // The whole package has what is built of it.
    if !directory.starts_with(&package) || directory == package {
        return Err(DiagnosticKind::RootPath(path.into()));
    }
    if !directory.is_dir() {
        return Err(unreadable("it is not a directory".into()));
    }
    let mut reader = Reader {
        root: directory.clone(),
        nodes: vec![FileNode {
            name: String::new(),
            parent: 0,
            contents: Contents::Directory { first: 0, end: 0 },
        }],
        pending: VecDeque::from([Pending {
            position: 0,
            path: path.trim_end_matches('/').into(),
            ancestors: vec![directory],
        }]),
    };
    while let Some(directory) = reader.pending.pop_front() {
        reader.read(&directory)?;
    }
    Ok(Files {
        path: path.into(),
        nodes: reader.nodes,
    })
}

fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "it does not exist".into(),
        io::ErrorKind::NotADirectory => "it is not a directory".into(),
        kind => kind.to_string(),
    }
}

struct Reader {
    /// The directory without symbolic links.
    root: PathBuf,
    nodes: Vec<FileNode>,
    /// Directories whose entries have not been read.
    pending: VecDeque<Pending>,
}

struct Pending {
    position: usize,
    /// Its path from the package.
    path: String,
    /// Its path without symbolic links, and before it those of the directories that contain it.
    ancestors: Vec<PathBuf>,
}

impl Reader {
    /// Adds the entries of a directory.
    fn read(&mut self, directory: &Pending) -> Result<(), DiagnosticKind> {
        let unreadable =
            |_| DiagnosticKind::RootEntry(directory.path.clone(), EntryError::Unreadable);
        let real = directory.ancestors.last().expect("it contains itself");
        let mut names = Vec::new();
        for entry in fs::read_dir(real).map_err(unreadable)? {
            let name = entry.map_err(unreadable)?.file_name();
            let error = |error| {
                let path = format!("{}/{}", directory.path, name.to_string_lossy());
                DiagnosticKind::RootEntry(path, error)
            };
            let text = name.to_str().ok_or_else(|| error(EntryError::NotUtf8))?;
            if text.len() > MAX_NAME_LEN {
                return Err(error(EntryError::NameTooLong));
            }
            if directory.position == 0 && MOUNT_POINTS.contains(&text) {
                return Err(error(EntryError::MountPoint));
            }
            names.push(text.to_string());
        }
        if directory.position == 0 {
            names.extend(MOUNT_POINTS.map(String::from));
        }
        names.sort_unstable();
        let first = self.nodes.len();
        for name in names {
            let path = format!("{}/{name}", directory.path);
            let node = match directory.position == 0 && MOUNT_POINTS.contains(&name.as_str()) {
                true => Contents::Directory { first: 0, end: 0 },
                false => self
                    .entry(&path, real.join(&name), &directory.ancestors)
                    .map_err(|error| DiagnosticKind::RootEntry(path, error))?,
            };
            self.nodes.push(FileNode {
                name,
                parent: directory.position,
                contents: node,
            });
        }
        let end = self.nodes.len();
        self.nodes[directory.position].contents = Contents::Directory { first, end };
        Ok(())
    }

    /// The contents of an entry; those of a directory are read later.
    fn entry(
        &mut self,
        path: &str,
        entry: PathBuf,
        ancestors: &[PathBuf],
    ) -> Result<Contents, EntryError> {
        let metadata = fs::symlink_metadata(&entry).map_err(|_| EntryError::Unreadable)?;
        let is_link = metadata.is_symlink();
        let (real, metadata) = match is_link {
            true => {
                let real = entry.canonicalize().map_err(|_| EntryError::LinkDangles)?;
                let metadata = fs::metadata(&real).map_err(|_| EntryError::Unreadable)?;
                (real, metadata)
            }
            false => (entry, metadata),
        };
        if !real.starts_with(&self.root) {
            return Err(EntryError::LinkLeaves);
        }
        if metadata.is_dir() {
            if is_link && ancestors.contains(&real) {
                return Err(EntryError::LinkToParent);
            }
            let mut ancestors = ancestors.to_vec();
            ancestors.push(real);
            self.pending.push_back(Pending {
                position: self.nodes.len(),
                path: path.into(),
                ancestors,
            });
            return Ok(Contents::Directory { first: 0, end: 0 });
        }
        if !metadata.is_file() {
            return Err(EntryError::Special);
        }
        Ok(Contents::File {
            path: path.into(),
            length: metadata.len(),
        })
    }
}

#[cfg(test)]
mod tests;
