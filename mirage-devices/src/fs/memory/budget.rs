//! How much memory files may take.

use crate::fs::error::FileError;

/// What a file or a directory counts beside its name and its pages, in bytes.
const OVERHEAD: u64 = 256;

/// What a name in a directory counts, with the file that it belongs to.
pub const fn entry(name: &[u8]) -> u64 {
    OVERHEAD + name.len() as u64
}

/// The memory that is used, and its limit, in bytes.
#[derive(Debug)]
pub struct Budget {
    used: u64,
    limit: u64,
    /// Is called with the limit when it would be exceeded.
    when_full: fn(u64),
}

impl Budget {
    pub const fn new(limit: u64, when_full: fn(u64)) -> Self {
        Self {
            used: 0,
            limit,
            when_full,
        }
    }

    pub const fn used(&self) -> u64 {
        self.used
    }

    /// Takes memory, or none if the limit would be exceeded.
    pub fn take(&mut self, bytes: u64) -> Result<(), FileError> {
        let used = self.used.checked_add(bytes);
        let used = used.filter(|&used| used <= self.limit);
        self.used = used.ok_or_else(|| {
            (self.when_full)(self.limit);
            FileError::NoSpace
        })?;
        Ok(())
    }

    /// Gives `old` back and takes `new`, or changes nothing if the limit would be exceeded.
    pub fn exchange(&mut self, old: u64, new: u64) -> Result<(), FileError> {
        match new.checked_sub(old) {
            Some(more) => self.take(more),
            None => {
                self.give(old - new);
                Ok(())
            }
        }
    }

    /// Gives memory back.
    pub fn give(&mut self, bytes: u64) {
        self.used = self.used.saturating_sub(bytes);
    }
}
