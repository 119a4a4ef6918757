//! Why an image is not run.

use super::{Abi, LOWEST, PAGE};
use std::fmt;

/// The rule that an image breaks. Segments and entries are said by their position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It has no ELF header.
    NotElf,
    /// A field of the ELF header has another value than that of every image.
    Header {
        field: &'static str,
        found: u32,
        expected: u32,
    },
    /// It has no program header.
    NoProgramHeaders,
    /// Program headers are not in the file.
    ProgramHeaders,
    /// It begins where there is no memory for images.
    Entry { address: u64, memory: u64 },
    /// A segment lies below [`LOWEST`].
    Low(usize),
    /// A segment's alignment is none.
    Alignment { number: usize, alignment: u64 },
    /// A segment does not consist of whole pages.
    Page(usize),
    /// A segment is longer in the file than in memory.
    Size(usize),
    /// A segment is longer than the memory.
    Memory { number: usize, memory: u64 },
    /// A segment begins before the end of the one before.
    Order(usize),
    /// A segment may be written and executed.
    WriteExecute(usize),
    /// A segment is not in the file.
    File(usize),
    /// A note is not in the file, or has another length than it has to have.
    Note,
    /// It has no ABI note.
    NoAbi,
    /// It is for something else.
    OtherAbi { found: u32, expected: Abi },
    /// It is for another release of the tender.
    AbiVersion(u32),
    /// It has no manifest.
    NoManifest,
    /// The manifest has an unknown version.
    ManifestVersion(u32),
    /// The manifest has too few entries or too many.
    ManifestEntries(u32),
    /// The manifest is longer or shorter than its entries.
    ManifestSize,
    /// The manifest's first entry is not the reserved one.
    ManifestFirst,
    /// A device has no name, or one that is no name.
    ManifestName(usize),
    /// A device is of a kind that is unknown.
    ManifestKind { number: usize, kind: u32 },
    /// A device says that it is attached.
    ManifestAttached(usize),
    /// A device is of the name and the kind of one before.
    ManifestTwice(usize),
}

/// The names of the values of `abi_target`, from 1.
const TARGETS: [&str; 6] = ["hvt", "spt", "virtio", "muen", "genode", "xen"];

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::NotElf => f.write_str("it is no ELF file"),
            Self::Header {
                field,
                found,
                expected,
            } => {
                write!(f, "its ELF header has {found} as {field}, not {expected}")
            }
            Self::NoProgramHeaders => f.write_str("it has no program headers"),
            Self::ProgramHeaders => f.write_str("its program headers are not in the file"),
            Self::Entry { address, memory } if address >= memory => write!(
                f,
                "it begins at {address:#x}, where a memory of {memory} bytes has ended: it needs more"
            ),
            Self::Entry { address, .. } => {
                write!(f, "it begins at {address:#x}, which is below {LOWEST:#x}")
            }
            Self::Low(number) => write!(f, "its segment {number} lies below {LOWEST:#x}"),
            Self::Alignment { number, alignment } => write!(
                f,
                "its segment {number} has the alignment {alignment}, which is no power of two"
            ),
            Self::Page(number) => write!(
                f,
                "its segment {number} does not begin and end at a multiple of {PAGE}"
            ),
            Self::Size(number) => write!(
                f,
                "its segment {number} is longer in the file than in memory"
            ),
            Self::Memory { number, memory } => write!(
                f,
                "its segment {number} does not end within the {memory} bytes of memory: it needs more"
            ),
            Self::Order(number) => write!(
                f,
                "its segment {number} begins before the segment before it ends"
            ),
            Self::WriteExecute(number) => {
                write!(f, "its segment {number} may be written and executed")
            }
            Self::File(number) => write!(f, "its segment {number} is not in the file"),
            Self::Note => f.write_str("a note is not in the file, or has not its length"),
            Self::NoAbi => f.write_str("it has no ABI note of Solo5"),
            Self::OtherAbi { found, expected } => {
                let index = (found as usize).wrapping_sub(1);
                let found = TARGETS.get(index).unwrap_or(&"an unknown target");
                write!(f, "it is made for {found}, not for {}", expected.name())
            }
            Self::AbiVersion(version) => write!(
                f,
                "it is made for version {version} of the ABI, not {}",
                Abi::VERSION
            ),
            Self::NoManifest => f.write_str("it has no manifest of Solo5"),
            Self::ManifestVersion(version) => {
                write!(f, "its manifest has the unknown version {version}")
            }
            Self::ManifestEntries(count) => {
                write!(f, "its manifest has {count} entries; it may have 1 to 64")
            }
            Self::ManifestSize => f.write_str("its manifest is not as long as its entries are"),
            Self::ManifestFirst => {
                f.write_str("the first entry of its manifest is not the reserved one")
            }
            Self::ManifestName(number) => write!(
                f,
                "the name of its device {number} is not 1 to 67 letters and digits"
            ),
            Self::ManifestKind { number, kind } => {
                write!(f, "its device {number} is of the unknown type {kind}")
            }
            Self::ManifestAttached(number) => {
                write!(f, "its device {number} says that it is attached already")
            }
            Self::ManifestTwice(number) => {
                write!(f, "its device {number} is of the name of one before")
            }
        }
    }
}
