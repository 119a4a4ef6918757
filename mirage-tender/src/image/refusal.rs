//! Why a tender refuses an image.

use super::layout::{MIN_ADDRESS, PAGE_SIZE};
use mirage_solo5::Abi;
use std::{error::Error, fmt};

/// The rule that an image breaks. Segments and manifest entries are counted from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// There is no ELF header.
    NotElf,
    /// A field of the ELF header has the wrong value.
    Header {
        /// The field's name.
        field: &'static str,
        /// Its value.
        found: u32,
        /// The value that every image has.
        expected: u32,
    },
    /// There is no program header.
    NoProgramHeaders,
    /// The program headers are not in the file.
    ProgramHeaders,
    /// The entry point is below the memory for images.
    EntryLow(u64),
    /// The entry point is beyond the end of memory.
    Entry {
        /// The entry point.
        address: u64,
        /// The guest's memory, in bytes.
        memory: u64,
    },
    /// A segment is below the memory for images.
    Low(usize),
    /// A segment's alignment is not a power of two.
    Alignment {
        /// The segment.
        number: usize,
        /// Its alignment.
        alignment: u64,
    },
    /// A segment does not consist of whole pages.
    Page(usize),
    /// A segment is longer in the file than in memory.
    Size(usize),
    /// A segment is beyond the end of memory.
    Memory {
        /// The segment.
        number: usize,
        /// The guest's memory, in bytes.
        memory: u64,
    },
    /// A segment begins before the previous one ends.
    Order(usize),
    /// A segment is both writable and executable.
    WriteExecute(usize),
    /// A segment is not in the file.
    File(usize),
    /// A note is not in the file or has the wrong length.
    Note,
    /// There is no ABI note.
    NoAbi,
    /// The image is for another target.
    OtherAbi {
        /// The target's number.
        found: u32,
        /// The tender's.
        expected: Abi,
    },
    /// The image is for another version of the ABI.
    AbiVersion(u32),
    /// There is no manifest.
    NoManifest,
    /// The manifest has an unknown version.
    ManifestVersion(u32),
    /// The manifest has no entries or too many.
    ManifestEntries(u32),
    /// The manifest's length is not that of its entries.
    ManifestSize,
    /// The first entry of the manifest is not the reserved one.
    ManifestFirst,
    /// A device's name is invalid.
    ManifestName(usize),
    /// A device has an unknown type.
    ManifestKind {
        /// The device.
        number: usize,
        /// Its type.
        kind: u32,
    },
    /// A device is marked as attached, which only a tender may do.
    ManifestAttached(usize),
    /// Two devices of one kind have one name.
    ManifestTwice(usize),
}

impl Error for Refusal {}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotElf => f.write_str("it is not an ELF file"),
            Self::Header {
                field,
                found,
                expected,
            } => write!(f, "its ELF header has {found} as {field}, not {expected}"),
            Self::NoProgramHeaders => f.write_str("it has no program headers"),
            Self::ProgramHeaders => f.write_str("its program headers are not in the file"),
            Self::EntryLow(value) => {
                write!(f, "its entry point {value:#x} is below {MIN_ADDRESS:#x}")
            }
            Self::Entry { address, memory } => write!(
                f,
                "its entry point {address:#x} is not within the {memory} bytes of memory: it needs more"
            ),
            Self::Low(value) => write!(f, "its segment {value} is below {MIN_ADDRESS:#x}"),
            Self::Alignment { number, alignment } => write!(
                f,
                "its segment {number} has the alignment {alignment}, which is not a power of two"
            ),
            Self::Page(value) => write!(
                f,
                "its segment {value} does not begin and end at a multiple of {PAGE_SIZE}"
            ),
            Self::Size(value) => write!(
                f,
                "its segment {value} is longer in the file than in memory"
            ),
            Self::Memory { number, memory } => write!(
                f,
                "its segment {number} does not end within the {memory} bytes of memory: it needs more"
            ),
            Self::Order(value) => write!(
                f,
                "its segment {value} begins before the segment before it ends"
            ),
            Self::WriteExecute(value) => {
                write!(f, "its segment {value} is writable and executable")
            }
            Self::File(value) => write!(f, "its segment {value} is not in the file"),
            Self::Note => f.write_str("a note is not in the file or has the wrong length"),
            Self::NoAbi => f.write_str("it has no ABI note of Solo5"),
            Self::OtherAbi { found, expected } => write!(
                f,
                "it is made for {}, not for {}",
                Abi::name_of(*found).unwrap_or("an unknown target"),
                expected.name()
            ),
            Self::AbiVersion(value) => write!(
                f,
                "it is made for version {value} of the ABI, not {expected}",
                expected = Abi::VERSION
            ),
            Self::NoManifest => f.write_str("it has no manifest of Solo5"),
            Self::ManifestVersion(value) => {
                write!(f, "its manifest has the unknown version {value}")
            }
            Self::ManifestEntries(value) => {
                write!(f, "its manifest has {value} entries; it may have 1 to 64")
            }
            Self::ManifestSize => f.write_str("its manifest is not as long as its entries"),
            Self::ManifestFirst => {
                f.write_str("the first entry of its manifest is not the reserved one")
            }
            Self::ManifestName(value) => write!(
                f,
                "the name of its device {value} is not 1 to 67 letters and digits"
            ),
            Self::ManifestKind { number, kind } => {
                write!(f, "its device {number} is of the unknown type {kind}")
            }
            Self::ManifestAttached(value) => {
                write!(f, "its device {value} is already marked as attached")
            }
            Self::ManifestTwice(value) => {
                write!(f, "its device {value} has the name of an earlier one")
            }
        }
    }
}
