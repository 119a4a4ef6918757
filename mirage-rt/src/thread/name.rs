//! Names of threads, as Linux keeps them: up to 15 bytes.

use core::fmt;

/// The length of the longest name.
pub(crate) const MAX_LEN: usize = 15;

/// The name of a thread; empty for none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Name {
    bytes: [u8; MAX_LEN],
    length: u8,
}

impl Name {
    /// No name.
    pub(crate) const NONE: Self = Self {
        bytes: [0; MAX_LEN],
        length: 0,
    };

    /// The name of the main thread.
    pub(crate) const MAIN: Self = Self {
        bytes: *b"main\0\0\0\0\0\0\0\0\0\0\0",
        length: 4,
    };

    /// Returns the name of these bytes; `None` if they are more than [`MAX_LEN`].
    pub(crate) fn new(bytes: &[u8]) -> Option<Self> {
        let mut name = Self::NONE;
        name.bytes.get_mut(..bytes.len())?.copy_from_slice(bytes);
        name.length = bytes.len() as u8;
        Some(name)
    }

    /// Returns the bytes.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.length.into()).unwrap_or(&[])
    }
}

/// Writes the name after a space and in backquotes, or nothing.
impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match core::str::from_utf8(self.as_bytes()) {
            Ok("") | Err(_) => Ok(()),
            Ok(name) => write!(f, " `{name}`"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn a_name_has_at_most_15_bytes() {
        let longest = Name::new(b"123456789012345").expect("15 bytes");
        assert_eq!(longest.as_bytes(), b"123456789012345");
        assert_eq!(Name::new(b"1234567890123456"), None);
        assert_eq!(Name::new(b"main"), Some(Name::MAIN));
    }

    #[test]
    fn a_thread_without_a_name_is_displayed_without_one() {
        assert_eq!(Name::MAIN.to_string(), " `main`");
        assert_eq!(Name::NONE.to_string(), "");
    }
}
