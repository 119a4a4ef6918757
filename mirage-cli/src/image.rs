//! The bootable image: the linked ELF without what only debuggers read.
//!
//! A loader reads the program headers and what they place; all of it lies before symbols and
//! debug information. So the image is the file's beginning, with no section headers.

use crate::failure::{Context, Failure, Result};
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

/// Writes the bootable part of the ELF file `linked` to `image`.
pub fn cut(linked: &Path, image: &Path) -> Result<()> {
    let elf = std::fs::read(linked).context(linked.display())?;
    let cut = cut_bytes(elf).context(linked.display())?;
    // Whoever reads the image meanwhile has the old one, or the new one, and whole.
    let new = image.with_added_extension(std::process::id().to_string());
    std::fs::write(&new, cut)
        .and_then(|()| std::fs::rename(&new, image))
        .context(image.display())
}

fn cut_bytes(mut elf: Vec<u8>) -> Result<Vec<u8>> {
    let end = loaded_end(&elf).map_err(Failure::new)?;
    elf.truncate(end);
    elf[SECTION_HEADERS_OFFSET].fill(0);
    elf[SECTION_HEADERS_COUNT].fill(0);
    Ok(elf)
}

/// Where the last byte that is loaded, or noted, ends in the file.
fn loaded_end(elf: &[u8]) -> object::Result<usize> {
    let header = Header::parse(elf)?;
    let endian = header.endian()?;
    let ends = header
        .program_headers(endian, elf)?
        .iter()
        .filter(|segment| matches!(segment.p_type(endian), PT_LOAD | PT_NOTE))
        // Memory that begins as zeros is nowhere in the file.
        .filter(|segment| segment.p_filesz(endian) > 0)
        .map(|segment| segment.p_offset(endian) + segment.p_filesz(endian));
    Ok(ends.max().unwrap_or(0) as usize)
}
