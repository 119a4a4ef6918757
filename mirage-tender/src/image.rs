//! Images: ELF files that are read and checked by the rules of the Solo5 ABI, release 0.12.
//!
//! Nothing here has side effects.

mod header;
mod manifest;
mod notes;
mod refusal;
mod segments;
#[cfg(test)]
mod tests;

pub(crate) use self::manifest::ENTRY;
pub use self::{
    manifest::{Device, DeviceKind, Manifest},
    refusal::Refusal,
    segments::{Protection, Segment},
};

use mirage_graph::target::Target;

/// The unit of memory protection, in bytes.
pub(crate) const PAGE_SIZE: u64 = 4096;

/// The lowest address of an image. Below it is what the tender tells the guest.
pub(crate) const MIN_ADDRESS: u64 = 0x10_0000;

/// The guest interfaces of Solo5 that are known here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Abi {
    /// A virtual machine of KVM.
    Hvt,
    /// A sandboxed process.
    Spt,
}

impl Abi {
    /// Returns the interface of `target`, if it is a target of Solo5.
    pub const fn for_target(target: Target) -> Option<Self> {
        match target {
            Target::Unix | Target::Virtio => None,
            Target::Hvt => Some(Self::Hvt),
            Target::Spt => Some(Self::Spt),
        }
    }

    /// Returns the target's name.
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

    /// The `abi_version` that is known, the same for both.
    const VERSION: u32 = 2;

    /// Returns the name of any `abi_target`.
    fn name_of(number: u32) -> &'static str {
        const NAMES: [&str; 6] = ["hvt", "spt", "virtio", "muen", "genode", "xen"];
        let index = (number as usize).wrapping_sub(1);
        NAMES.get(index).unwrap_or(&"an unknown target")
    }
}

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
        let address = header.entry;
        if address >= memory {
            return Err(Refusal::Entry { address, memory });
        }
        if address < MIN_ADDRESS {
            return Err(Refusal::EntryLow(address));
        }
        let segments = segments::read(elf, header.program_headers, memory)?;
        let (abi_note, manifest) = notes::read(elf, header.program_headers)?;
        notes::check_abi(abi_note, abi)?;
        Ok(Self {
            entry: address,
            end: segments.last().map_or(0, |segment| segment.pages.end),
            segments,
            manifest: Manifest::read(manifest)?,
        })
    }
}
