//! Images: ELF files that are read and checked by the rules of the Solo5 ABI, release 0.12.
//!
//! Nothing here has side effects.

mod header;
mod layout;
mod manifest;
mod notes;
mod refusal;
mod segments;
#[cfg(test)]
mod tests;

use self::layout::MIN_ADDRESS;
pub use self::{
    manifest::Manifest,
    refusal::Refusal,
    segments::{Protection, Segment},
};
pub use mirage_solo5::{
    Abi,
    manifest::{Device, DeviceKind},
};

/// An image that a tender can run.
#[derive(Debug, PartialEq, Eq)]
pub struct Image<'a> {
    /// The address of the first instruction.
    pub entry: u64,
    /// The end of the last segment.
    pub end: u64,
    /// The segments to load, by ascending address.
    pub segments: Vec<Segment<'a>>,
    /// The devices that it declares.
    pub manifest: Manifest<'a>,
}

impl<'a> Image<'a> {
    /// Reads and checks the ELF file `elf` for a guest with `memory` bytes.
    ///
    /// # Errors
    /// Returns the first rule that it breaks.
    pub fn read(elf: &'a [u8], abi: Abi, memory: u64) -> Result<Self, Refusal> {
        let header = header::read(elf)?;
        // First: an image for another tender breaks other rules of this one too.
        let (abi_note, manifest) = notes::read(elf, header.program_headers)?;
        notes::check_abi(abi_note, abi)?;
        let manifest = Manifest::read(manifest)?;
        let address = header.entry;
        if address >= memory {
            return Err(Refusal::Entry { address, memory });
        }
        if address < MIN_ADDRESS {
            return Err(Refusal::EntryLow(address));
        }
        let segments = segments::read(elf, header.program_headers, memory)?;
        Ok(Self {
            entry: address,
            end: segments.last().map_or(0, |segment| segment.pages.end),
            segments,
            manifest,
        })
    }
}
