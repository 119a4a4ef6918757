//! Reads the device graph from an image's note.

use crate::failure::{Context, Failure, Result};
use mirage_graph::{
    graph::Graph,
    manifest::{NOTE_OWNER, NOTE_TYPE},
};
use object::{
    LittleEndian,
    elf::{FileHeader64, NoteType},
    read::elf::{FileHeader, ProgramHeader, SectionHeader},
};
use std::{fmt::Display, path::Path};

/// Returns the device graph in the ELF file `elf`, which is at `path`.
pub fn read(path: &Path, elf: &[u8]) -> Result<Graph> {
    let note = note(elf).context(format_args!(
        "{} is not a complete ELF file",
        path.display()
    ))?;
    let note = note.ok_or_else(|| {
        Failure::new(format_args!("{} has no device graph", path.display()))
            .help("a unikernel has the attribute `#[mirage_rt::unikernel(…)]` on `main`")
    })?;
    let unreadable = |cause: &dyn Display| {
        Failure::new(format_args!(
            "the device graph of {}: {cause}",
            path.display()
        ))
        .help("`cargo mirage` and the unikernel's `mirage-rt` must be the same release")
    };
    let text = str::from_utf8(note).map_err(|_| unreadable(&"it is not UTF-8"))?;
    Graph::from_manifest(text).map_err(|cause| unreadable(&cause))
}

/// Returns the note's descriptor. A process has its notes in sections, a stripped image in segments.
fn note(elf: &[u8]) -> object::Result<Option<&[u8]>> {
    let header = FileHeader64::<LittleEndian>::parse(elf)?;
    let endian = header.endian()?;
    let segments = header.program_headers(endian, elf)?;
    let from_segments = segments.iter().map(|segment| segment.notes(endian, elf));
    let sections = header.section_headers(endian, elf)?;
    let from_sections = sections.iter().map(|section| section.notes(endian, elf));
    for notes in from_segments.chain(from_sections) {
        let Some(mut notes) = notes? else { continue };
        while let Some(note) = notes.next()? {
            let kind = NoteType(NOTE_TYPE);
            if note.name() == NOTE_OWNER.as_bytes() && note.n_type(endian) == kind {
                return Ok(Some(note.desc()));
            }
        }
    }
    Ok(None)
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A graph with a node of every kind.
    pub fn example() -> Graph {
        Graph::from_manifest(include_str!("manifest/example.json")).expect("a manifest")
    }

    #[test]
    fn an_executable_without_a_note_has_no_graph() {
        let this = Path::new("/proc/self/exe");
        let elf = std::fs::read(this).expect("this program");
        let failure = read(this, &elf).expect_err("a test is no unikernel");
        assert!(failure.to_string().contains("has no device graph"));
        assert!(note(b"\x7fELF").is_err());
    }

    proptest! {
        #[test]
        fn no_bytes_are_too_strange(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let _ = note(&bytes);
            // Preceded by a header of class 64, little endian.
            let elf = [b"\x7fELF\x02\x01\x01".as_slice(), &bytes].concat();
            let _ = note(&elf);
        }
    }
}
