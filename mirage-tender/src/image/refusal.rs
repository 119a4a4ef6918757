//! Why a tender refuses an image.

use super::layout::{MIN_ADDRESS, PAGE_SIZE};
use mirage_solo5::Abi;

/// The rule that an image breaks. Segments and manifest entries are counted from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// There is no ELF header.
    #[error("it is not an ELF file")]
    NotElf,
    /// A field of the ELF header has the wrong value.
    #[error("its ELF header has {found} as {field}, not {expected}")]
    Header {
        /// The field's name.
        field: &'static str,
        /// Its value.
        found: u32,
        /// The value that every image has.
        expected: u32,
    },
    /// There is no program header.
    #[error("it has no program headers")]
    NoProgramHeaders,
    /// The program headers are not in the file.
    #[error("its program headers are not in the file")]
    ProgramHeaders,
    /// The entry point is below the memory for images.
    #[error("its entry point {0:#x} is below {MIN_ADDRESS:#x}")]
    EntryLow(u64),
    /// The entry point is beyond the end of memory.
    #[error(
        "its entry point {address:#x} is not within the {memory} bytes of memory: it needs more"
    )]
    Entry {
        /// The entry point.
        address: u64,
        /// The guest's memory, in bytes.
        memory: u64,
    },
    /// A segment is below the memory for images.
    #[error("its segment {0} is below {MIN_ADDRESS:#x}")]
    Low(usize),
    /// A segment's alignment is not a power of two.
    #[error("its segment {number} has the alignment {alignment}, which is not a power of two")]
    Alignment {
        /// The segment.
        number: usize,
        /// Its alignment.
        alignment: u64,
    },
    /// A segment does not consist of whole pages.
    #[error("its segment {0} does not begin and end at a multiple of {PAGE_SIZE}")]
    Page(usize),
    /// A segment is longer in the file than in memory.
    #[error("its segment {0} is longer in the file than in memory")]
    Size(usize),
    /// A segment is beyond the end of memory.
    #[error("its segment {number} does not end within the {memory} bytes of memory: it needs more")]
    Memory {
        /// The segment.
        number: usize,
        /// The guest's memory, in bytes.
        memory: u64,
    },
    /// A segment begins before the previous one ends.
    #[error("its segment {0} begins before the segment before it ends")]
    Order(usize),
    /// A segment is both writable and executable.
    #[error("its segment {0} is writable and executable")]
    WriteExecute(usize),
    /// A segment is not in the file.
    #[error("its segment {0} is not in the file")]
    File(usize),
    /// A note is not in the file or has the wrong length.
    #[error("a note is not in the file or has the wrong length")]
    Note,
    /// There is no ABI note.
    #[error("it has no ABI note of Solo5")]
    NoAbi,
    /// The image is for another target.
    #[error("it is made for {}, not for {}", Abi::name_of(*found).unwrap_or("an unknown target"), expected.name())]
    OtherAbi {
        /// The target's number.
        found: u32,
        /// The tender's.
        expected: Abi,
    },
    /// The image is for another version of the ABI.
    #[error("it is made for version {0} of the ABI, not {expected}", expected = Abi::VERSION)]
    AbiVersion(u32),
    /// There is no manifest.
    #[error("it has no manifest of Solo5")]
    NoManifest,
    /// The manifest has an unknown version.
    #[error("its manifest has the unknown version {0}")]
    ManifestVersion(u32),
    /// The manifest has no entries or too many.
    #[error("its manifest has {0} entries; it may have 1 to 64")]
    ManifestEntries(u32),
    /// The manifest's length is not that of its entries.
    #[error("its manifest is not as long as its entries")]
    ManifestSize,
    /// The first entry of the manifest is not the reserved one.
    #[error("the first entry of its manifest is not the reserved one")]
    ManifestFirst,
    /// A device's name is invalid.
    #[error("the name of its device {0} is not 1 to 67 letters and digits")]
    ManifestName(usize),
    /// A device has an unknown type.
    #[error("its device {number} is of the unknown type {kind}")]
    ManifestKind {
        /// The device.
        number: usize,
        /// Its type.
        kind: u32,
    },
    /// A device is marked as attached, which only a tender may do.
    #[error("its device {0} is already marked as attached")]
    ManifestAttached(usize),
    /// Two devices of one kind have one name.
    #[error("its device {0} has the name of an earlier one")]
    ManifestTwice(usize),
}
