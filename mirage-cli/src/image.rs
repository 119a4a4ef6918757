//! The bootable image: the linked ELF file without symbols and debug information.
//!
//! A loader reads the program headers and their segments. They precede symbols and debug information in
//! the file, so the image is the file's beginning without section headers.

pub mod guards;
mod pvh;

use crate::failure::{Context, Result};
use mirage_graph::target::Target;
use mirage_tender::image::{Abi, Image as TenderImage};
use object::{
    LittleEndian,
    elf::{FileHeader64, PT_LOAD, PT_NOTE},
    read::elf::{FileHeader, ProgramHeader},
};
use std::path::Path;

type Header = FileHeader64<LittleEndian>;

/// Offset and length of `e_shoff` in the file header (ELF-64 object file format, figure 2).
const SECTION_HEADERS_OFFSET: std::ops::Range<usize> = 40..48;
/// `e_shnum` and `e_shstrndx`.
const SECTION_HEADERS_COUNT: std::ops::Range<usize> = 60..64;

/// Writes an image to `path`.
pub fn write(path: &Path, contents: &[u8]) -> Result<()> {
    // Renaming is atomic: another process reads either the old image or the new one.
    let new = path.with_added_extension(std::process::id().to_string());
    std::fs::write(&new, contents)
        .and_then(|()| std::fs::rename(&new, path))
        .context(path.display())
}

/// Returns the length of an image in memory, in bytes: all loaded segments and the gaps between them.
pub fn loaded_length(elf: &[u8]) -> object::Result<u64> {
    let header = Header::parse(elf)?;
    let endian = header.endian()?;
    let segments = header.program_headers(endian, elf)?.iter();
    let ranges = segments
        .filter(|segment| segment.p_type(endian) == PT_LOAD)
        .map(|segment| {
            let start = segment.p_vaddr(endian);
            (start, start.saturating_add(segment.p_memsz(endian)))
        });
    let whole = ranges.reduce(|(start, end), other| (start.min(other.0), end.max(other.1)));
    Ok(whole.map_or(0, |(start, end)| end.saturating_sub(start)))
}

/// Checks an image of `target` as its loaders do, for a machine with `memory` bytes.
///
/// # Errors
/// Returns a failure that names what would refuse it.
pub fn check(path: &Path, contents: &[u8], target: Target, memory: u64) -> Result<()> {
    match Abi::for_target(target) {
        Some(abi) => TenderImage::read(contents, abi, memory)
            .map(drop)
            .context(path.display()),
        None => pvh::check(path, contents, memory),
    }
}

/// Returns the bootable part of a linked ELF file.
pub fn strip(mut elf: Vec<u8>) -> object::Result<Vec<u8>> {
    let end = loaded_end(&elf)?;
    // The header has been parsed, so it is there.
    elf[SECTION_HEADERS_OFFSET].fill(0);
    elf[SECTION_HEADERS_COUNT].fill(0);
    elf.truncate(end);
    Ok(elf)
}

/// Returns where the last loaded segment or note ends in the file.
fn loaded_end(elf: &[u8]) -> object::Result<usize> {
    let header = Header::parse(elf)?;
    let endian = header.endian()?;
    let ends = header
        .program_headers(endian, elf)?
        .iter()
        .filter(|segment| matches!(segment.p_type(endian), PT_LOAD | PT_NOTE))
        // Memory that is only zeroed has no contents in the file.
        .filter(|segment| segment.p_filesz(endian) > 0)
        .map(|segment| {
            let (offset, length) = (segment.p_offset(endian), segment.p_filesz(endian));
            offset.saturating_add(length)
        });
    Ok(ends.max().unwrap_or(0) as usize)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A program with one segment, of which a byte is in the file.
    pub(crate) fn program() -> Vec<u8> {
        let mut elf = vec![0; 64 + 56 + 1];
        let mut put = |at: usize, what: &[u8]| elf[at..at + what.len()].copy_from_slice(what);
        // Class 64, little endian, version 1; then the headers' place, size and number.
        put(0, b"\x7fELF\x02\x01\x01");
        put(32, &[64]);
        put(52, &[64, 0, 56, 0, 1, 0]);
        // A segment that is loaded, at offset 120, of one byte.
        put(64, &[1]);
        put(72, &[120]);
        put(96, &[1]);
        elf
    }

    #[test]
    fn what_is_loaded_is_kept() {
        let program = program();
        let mut linked = program.clone();
        linked.extend_from_slice(b"symbols");
        assert_eq!(strip(linked).ok(), Some(program));
    }

    #[test]
    fn a_segment_beyond_the_end_of_numbers_cuts_nothing() {
        let mut strange = program();
        strange[72..80].fill(0xff);
        let length = strange.len();
        assert_eq!(strip(strange).map(|cut| cut.len()).ok(), Some(length));
    }

    proptest! {
        /// Arbitrary input is cut or refused.
        #[test]
        fn no_bytes_are_too_strange(
            bytes in prop::collection::vec(any::<u8>(), 0..200),
            changes in prop::collection::vec((0..121_usize, any::<u8>()), 0..12),
        ) {
            let _ = (loaded_length(&bytes), strip(bytes));
            let mut nearly = program();
            for (at, byte) in changes {
                nearly[at] = byte;
            }
            let _ = (loaded_length(&nearly), strip(nearly));
        }
    }
}
