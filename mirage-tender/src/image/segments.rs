//! The segments to load.

use super::{
    header::{ProgramHeader, contents},
    layout::{MIN_ADDRESS, PAGE_SIZE},
    refusal::Refusal,
};
use object::{
    LittleEndian,
    elf::{PF_R, PF_W, PF_X, PT_LOAD},
};
use std::ops::Range;

/// The accesses that a guest may make to memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Protection {
    /// It may read.
    pub read: bool,
    /// It may write.
    pub write: bool,
    /// It may execute.
    pub execute: bool,
}

/// A segment to load.
#[derive(Debug, PartialEq, Eq)]
pub struct Segment<'a> {
    /// The address of its first byte.
    pub address: u64,
    /// Its contents in the file, which zeros follow.
    pub bytes: &'a [u8],
    /// The whole pages around `bytes`. They are within the memory for images, and no two segments
    /// share one.
    pub pages: Range<u64>,
    /// The protection of these pages.
    pub protection: Protection,
}

/// Returns the segments of a guest with `memory` bytes. A segment without contents in the file is only
/// checked: it is memory like any other.
pub fn read<'a>(
    elf: &'a [u8],
    headers: &[ProgramHeader],
    memory: u64,
) -> Result<Vec<Segment<'a>>, Refusal> {
    let mut segments: Vec<Segment<'a>> = Vec::new();
    for (number, header) in headers.iter().enumerate() {
        if header.p_type.get(LittleEndian) != PT_LOAD {
            continue;
        }
        if header.p_filesz.get(LittleEndian) == 0 {
            let start = header.p_vaddr.get(LittleEndian);
            start
                .checked_add(header.p_memsz.get(LittleEndian))
                .filter(|end| *end <= memory)
                .ok_or(Refusal::Memory { number, memory })?;
            continue;
        }
        let segment = segment(elf, header, number, memory)?;
        let previous = segments.last().map_or(0, |previous| previous.pages.end);
        if segment.pages.start < previous {
            return Err(Refusal::Order(number));
        }
        segments.push(segment);
    }
    Ok(segments)
}

fn segment<'a>(
    elf: &'a [u8],
    header: &ProgramHeader,
    number: usize,
    memory: u64,
) -> Result<Segment<'a>, Refusal> {
    let address = header.p_vaddr.get(LittleEndian);
    let size = header.p_memsz.get(LittleEndian);
    let alignment = header.p_align.get(LittleEndian);
    if !alignment.is_power_of_two() {
        return Err(Refusal::Alignment { number, alignment });
    }
    let start = address & !(alignment - 1);
    if start < MIN_ADDRESS {
        return Err(Refusal::Low(number));
    }
    if size < header.p_filesz.get(LittleEndian) {
        return Err(Refusal::Size(number));
    }
    let end = address
        .checked_add(size)
        .and_then(|end| end.checked_next_multiple_of(alignment))
        .filter(|end| *end <= memory)
        .ok_or(Refusal::Memory { number, memory })?;
    if !start.is_multiple_of(PAGE_SIZE) || !end.is_multiple_of(PAGE_SIZE) {
        return Err(Refusal::Page(number));
    }
    let flags = header.p_flags.get(LittleEndian);
    let protection = Protection {
        read: flags.contains(PF_R),
        write: flags.contains(PF_W),
        execute: flags.contains(PF_X),
    };
    if protection.write && protection.execute {
        return Err(Refusal::WriteExecute(number));
    }
    Ok(Segment {
        address,
        bytes: contents(elf, header).ok_or(Refusal::File(number))?,
        pages: start..end,
        protection,
    })
}
