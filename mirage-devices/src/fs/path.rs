//! Paths and their components.

use crate::fs::error::FileError;

/// The maximum length of a name in bytes, as on Linux (`NAME_MAX`).
pub const MAX_NAME_LEN: usize = 255;

/// The maximum length of a path in bytes, without the byte that ends it (`PATH_MAX`).
pub const MAX_PATH_LEN: usize = 4095;

/// A component of a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Component<'p> {
    /// The path has no component: `/`.
    Root,
    /// `.`
    Current,
    /// `..`
    Parent,
    /// A name.
    Name(&'p [u8]),
}

/// A path, split before its last component.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SplitPath<'p> {
    /// Whether it starts at the root.
    pub is_absolute: bool,
    /// What precedes the last component; [`components`] splits it.
    pub before: &'p [u8],
    /// The last component.
    pub last: Component<'p>,
    /// Whether slashes follow the last component, which is then a directory.
    pub has_trailing_slash: bool,
}

impl<'p> SplitPath<'p> {
    /// Splits a path.
    ///
    /// # Errors
    /// Returns [`FileError::NotFound`] if it is empty, [`FileError::NameTooLong`] if it is longer than
    /// [`MAX_PATH_LEN`].
    pub fn new(path: &'p [u8]) -> Result<Self, FileError> {
        if path.is_empty() {
            return Err(FileError::NotFound);
        }
        if path.len() > MAX_PATH_LEN {
            return Err(FileError::NameTooLong);
        }
        let is_absolute = path.starts_with(b"/");
        let end = path.iter().rposition(|&byte| byte != b'/');
        let trimmed = &path[..end.map_or(0, |end| end + 1)];
        let start = trimmed.iter().rposition(|&byte| byte == b'/');
        let (before, last) = trimmed.split_at(start.map_or(0, |start| start + 1));
        Ok(Self {
            is_absolute,
            before,
            last: component(last),
            has_trailing_slash: trimmed.len() < path.len() && !trimmed.is_empty(),
        })
    }
}

/// The components of a part of a path.
pub fn components(part: &[u8]) -> impl Iterator<Item = Component<'_>> {
    let parts = part.split(|&byte| byte == b'/');
    parts.filter(|part| !part.is_empty()).map(component)
}

fn component(part: &[u8]) -> Component<'_> {
    match part {
        b"" => Component::Root,
        b"." => Component::Current,
        b".." => Component::Parent,
        name => Component::Name(name),
    }
}
