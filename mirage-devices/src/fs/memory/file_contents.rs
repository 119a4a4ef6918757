//! The bytes of a file in memory, in pages.

use super::budget::Budget;
use crate::fs::error::FileError;
use alloc::{boxed::Box, vec::Vec};

/// The size of a page in bytes.
pub const PAGE: u64 = 4096;

/// The maximum length of a file: the greatest offset that `off_t` can have.
const MAX_LEN: u64 = i64::MAX as u64;

/// The bytes of a file. A page that was never written is absent and is read as zeros.
#[derive(Debug, Default)]
pub struct FileContents {
    length: u64,
    /// Sorted by index. Bytes of the last page after the length are zero.
    pages: Vec<Page>,
}

#[derive(Debug)]
struct Page {
    index: u64,
    bytes: Box<[u8]>,
}

impl FileContents {
    pub const fn length(&self) -> u64 {
        self.length
    }

    /// The memory of its pages, in bytes.
    pub const fn allocated(&self) -> u64 {
        self.pages.len() as u64 * PAGE
    }

    /// Reads at an offset, and returns how many bytes there were.
    pub fn read(&self, offset: u64, buffer: &mut [u8]) -> usize {
        let rest = self.length.saturating_sub(offset);
        let count = usize::try_from(rest).map_or(buffer.len(), |rest| rest.min(buffer.len()));
        for (index, within, range) in chunks(offset, count) {
            let part = &mut buffer[range];
            match self.position(index) {
                Ok(position) => {
                    let bytes = &self.pages[position].bytes;
                    part.copy_from_slice(&bytes[within..within + part.len()]);
                }
                Err(_) => part.fill(0),
            }
        }
        count
    }

    /// Writes at an offset, and returns how many bytes there was memory for.
    ///
    /// # Errors
    /// Returns [`FileError::NoSpace`] if there was none, [`FileError::FileTooLarge`] if the offset is beyond
    /// the end of every file.
    pub fn write(
        &mut self,
        offset: u64,
        bytes: &[u8],
        budget: &mut Budget,
    ) -> Result<usize, FileError> {
        if bytes.is_empty() {
            return Ok(0);
        }
        let room = MAX_LEN.saturating_sub(offset);
        if room == 0 {
            return Err(FileError::FileTooLarge);
        }
        let count = usize::try_from(room).map_or(bytes.len(), |room| room.min(bytes.len()));
        let mut written = 0;
        for (index, within, range) in chunks(offset, count) {
            let part = &bytes[range];
            match self.page(index, budget) {
                Ok(page) => page[within..within + part.len()].copy_from_slice(part),
                Err(error) if written == 0 => return Err(error),
                Err(_) => break,
            }
            written += part.len();
        }
        self.length = self.length.max(offset + written as u64);
        Ok(written)
    }

    /// Cuts the file, or extends it by zeros.
    ///
    /// # Errors
    /// Returns [`FileError::FileTooLarge`] if no file can have this length.
    pub fn set_length(&mut self, length: u64, budget: &mut Budget) -> Result<(), FileError> {
        if length > MAX_LEN {
            return Err(FileError::FileTooLarge);
        }
        if length < self.length {
            let kept = self
                .pages
                .partition_point(|page| page.index < length.div_ceil(PAGE));
            budget.give((self.pages.len() - kept) as u64 * PAGE);
            self.pages.truncate(kept);
            if let Ok(position) = self.position(length / PAGE) {
                self.pages[position].bytes[within_page(length)..].fill(0);
            }
        }
        self.length = length;
        Ok(())
    }

    fn position(&self, index: u64) -> Result<usize, usize> {
        // Pages are mostly there without holes, and written in order.
        match self.pages.last() {
            Some(last) if index > last.index => Err(self.pages.len()),
            Some(last) if index == last.index => Ok(self.pages.len() - 1),
            _ => self.pages.binary_search_by_key(&index, |page| page.index),
        }
    }

    /// The bytes of a page, which is allocated if it is absent.
    fn page(&mut self, index: u64, budget: &mut Budget) -> Result<&mut [u8], FileError> {
        let position = match self.position(index) {
            Ok(position) => position,
            Err(position) => {
                budget.take(PAGE)?;
                if let Err(error) = self.insert_page(position, index) {
                    budget.give(PAGE);
                    return Err(error);
                }
                position
            }
        };
        Ok(&mut self.pages[position].bytes)
    }

    fn insert_page(&mut self, position: usize, index: u64) -> Result<(), FileError> {
        let mut bytes = Vec::new();
        self.pages
            .try_reserve(1)
            .and_then(|()| bytes.try_reserve_exact(PAGE as usize))
            .map_err(|_| FileError::NoSpace)?;
        bytes.resize(PAGE as usize, 0);
        let bytes = bytes.into_boxed_slice();
        self.pages.insert(position, Page { index, bytes });
        Ok(())
    }
}

const fn within_page(offset: u64) -> usize {
    (offset % PAGE) as usize
}

/// Splits `count` bytes at `offset` by pages: the index of each page, the offset within it, and the range of
/// the bytes.
fn chunks(
    offset: u64,
    count: usize,
) -> impl Iterator<Item = (u64, usize, core::ops::Range<usize>)> {
    let mut start = 0;
    core::iter::from_fn(move || {
        if start == count {
            return None;
        }
        let at = offset + start as u64;
        let within = within_page(at);
        let end = count.min(start + (PAGE as usize - within));
        let range = start..end;
        start = end;
        Some((at / PAGE, within, range))
    })
}
