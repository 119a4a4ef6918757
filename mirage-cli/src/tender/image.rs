//! What a tender loads: an ELF file, read and checked as the Solo5 ABI of release 0.12 says.
//!
//! All of it is pure: bytes in, a plan or a refusal out.

mod header;
mod manifest;
mod notes;
mod refusal;
mod segments;
#[cfg(test)]
mod tests;

pub use manifest::{Device, DeviceKind, ENTRY, Manifest};
pub use refusal::Refusal;
pub use segments::{Protection, Segment};

use mirage_graph::target::Target;

/// The unit in which memory is protected, in bytes.
pub const PAGE: u64 = 4096;

/// Below it is what the tender tells the guest.
pub const LOWEST: u64 = 0x10_0000;

/// The tenders, and what each promises its guests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Abi {
    /// A virtual machine of KVM.
    Hvt,
    /// A sandboxed process.
    Spt,
}

impl Abi {
    /// That of the target's tender, if it has one.
    pub const fn of(target: Target) -> Option<Self> {
        match target {
            Target::Unix | Target::Virtio => None,
            Target::Hvt => Some(Self::Hvt),
            Target::Spt => Some(Self::Spt),
        }
    }

    /// The name of the target.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Hvt => "hvt",
            Self::Spt => "spt",
        }
    }

    /// `abi_target` of the ABI note.
    const fn number(self) -> u32 {
        match self {
            Self::Hvt => 1,
            Self::Spt => 2,
        }
    }

    /// The one `abi_version` that is known, the same for both.
    const VERSION: u32 = 2;
}

/// An image that a tender of this ABI can run.
#[derive(Debug, PartialEq, Eq)]
pub struct Image<'a> {
    /// Where its first instruction lies.
    pub entry: u64,
    /// Where the last of its segments ends.
    pub end: u64,
    /// What is loaded, by ascending addresses.
    pub segments: Vec<Segment<'a>>,
    /// The devices that it needs.
    pub manifest: Manifest<'a>,
}

impl<'a> Image<'a> {
    /// Reads the ELF file `elf` for a guest with `memory` bytes.
    ///
    /// # Errors
    /// The first rule that it breaks.
    pub fn read(elf: &'a [u8], abi: Abi, memory: u64) -> Result<Self, Refusal> {
        let header = header::read(elf)?;
        if !(LOWEST..memory).contains(&header.entry) {
            let address = header.entry;
            return Err(Refusal::Entry { address, memory });
        }
        let segments = segments::read(elf, header.program_headers, memory)?;
        let (abi_note, manifest) = notes::read(elf, header.program_headers)?;
        notes::check_abi(abi_note, abi)?;
        Ok(Self {
            entry: header.entry,
            end: segments.last().map_or(0, |segment| segment.pages.end),
            segments,
            manifest: Manifest::read(manifest)?,
        })
    }
}
