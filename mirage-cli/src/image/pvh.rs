//! Checks an image as the loaders of the PVH boot protocol do: QEMU, Firecracker and Cloud Hypervisor.
//!
//! An image that passes is loaded by each of them. See Xen's `docs/misc/pvh.pandoc` and `elfnote.h`.

use crate::failure::{Context, Failure, Result};
use object::{
    LittleEndian,
    elf::{EM_X86_64, ET_EXEC, NoteType, PF_X, PT_DYNAMIC, PT_INTERP, PT_LOAD},
    read::elf::{FileHeader, ProgramHeader},
};
use std::path::Path;

type Header = object::elf::FileHeader64<LittleEndian>;

/// `XEN_ELFNOTE_PHYS32_ENTRY`: the physical address of the entry point.
const PHYS32_ENTRY: NoteType = NoteType(18);
/// The owner of the note.
const OWNER: &[u8] = b"Xen";
/// Below it are the firmware's data and devices of a PC.
const LOWEST: u64 = 1 << 20;

/// Checks the image `elf` at `path` for a machine with `memory` bytes.
///
/// # Errors
/// Returns a failure that names the first rule that the image breaks.
pub fn check(path: &Path, elf: &[u8], memory: u64) -> Result<()> {
    let broken = broken_rule(elf, memory).context(path.display())?;
    match broken {
        None => Ok(()),
        Some(rule) => Err(Failure::new(format_args!(
            "{} cannot be booted: {rule}",
            path.display()
        ))
        .help("a setting of cargo may have changed how it was linked")),
    }
}

/// Returns the first rule that is broken.
fn broken_rule(elf: &[u8], memory: u64) -> object::Result<Option<String>> {
    let header = Header::parse(elf)?;
    let endian = header.endian()?;
    if header.e_machine(endian) != EM_X86_64 || header.e_type(endian) != ET_EXEC {
        return Ok(Some(
            "it is not an x86_64 program with fixed addresses".into(),
        ));
    }
    let mut entry = None;
    let mut executable = Vec::new();
    for segment in header.program_headers(endian, elf)? {
        match segment.p_type(endian) {
            PT_INTERP | PT_DYNAMIC => {
                return Ok(Some(
                    "it is linked dynamically, as a program of the host".into(),
                ));
            }
            PT_LOAD => {
                let start = segment.p_paddr(endian);
                let Some(end) = start.checked_add(segment.p_memsz(endian)) else {
                    return Ok(Some(format!("the segment at {start:#x} has no end")));
                };
                if segment.p_filesz(endian) > segment.p_memsz(endian)
                    || segment.data(endian, elf).is_err()
                {
                    return Ok(Some(format!("the segment at {start:#x} is incomplete")));
                }
                if start < LOWEST || end > memory {
                    return Ok(Some(format!(
                        "the segment from {start:#x} to {end:#x} is not in memory from {LOWEST:#x} to {memory:#x}"
                    )));
                }
                if segment.p_flags(endian).contains(PF_X) {
                    executable.push(start..end);
                }
            }
            _ => {}
        }
        if let Some(notes) = segment.notes(endian, elf)? {
            entry = entry.or(phys32_entry(notes, endian)?);
        }
    }
    Ok(match entry {
        None => Some("it has no PVH note".into()),
        Some(entry) if !executable.iter().any(|code| code.contains(&entry)) => {
            Some(format!("its entry point {entry:#x} is not in its code"))
        }
        Some(_) => None,
    })
}

/// Returns the entry point, of 4 or 8 bytes.
fn phys32_entry(
    mut notes: object::read::elf::NoteIterator<'_, Header>,
    endian: LittleEndian,
) -> object::Result<Option<u64>> {
    while let Some(note) = notes.next()? {
        if note.name() != OWNER || note.n_type(endian) != PHYS32_ENTRY {
            continue;
        }
        let mut address = [0; 8];
        let bytes = note.desc();
        if let Some(low) = address.get_mut(..bytes.len()) {
            low.copy_from_slice(bytes);
            return Ok(Some(u64::from_le_bytes(address)));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const MEMORY: u64 = 16 << 20;
    const PROGRAM_HEADERS: usize = 64;
    const NOTE: usize = PROGRAM_HEADERS + 2 * 56;

    /// An image with 16 bytes of code at 1 MiB, and a note with its entry point.
    fn image() -> Vec<u8> {
        let mut elf = vec![0; NOTE + 20];
        let mut put = |at: usize, what: &[u8]| elf[at..at + what.len()].copy_from_slice(what);
        // Class 64, little endian, version 1; ET_EXEC, EM_X86_64; the program headers.
        put(0, b"\x7fELF\x02\x01\x01");
        put(16, &[2, 0, 62, 0]);
        put(32, &[PROGRAM_HEADERS as u8]);
        put(52, &[64, 0, 56, 0, 2, 0]);
        // PT_LOAD, to be read and executed: offset 0, at 1 MiB, of 16 bytes.
        put(PROGRAM_HEADERS, &[1, 0, 0, 0, 5]);
        put(PROGRAM_HEADERS + 24, &LOWEST.to_le_bytes());
        put(PROGRAM_HEADERS + 32, &[16]);
        put(PROGRAM_HEADERS + 40, &[16]);
        // PT_NOTE of 20 bytes.
        put(PROGRAM_HEADERS + 56, &[4]);
        put(PROGRAM_HEADERS + 56 + 8, &[NOTE as u8]);
        put(PROGRAM_HEADERS + 56 + 32, &[20]);
        put(NOTE, &[4, 0, 0, 0, 4, 0, 0, 0, 18, 0, 0, 0]);
        put(NOTE + 12, b"Xen\0");
        put(NOTE + 16, &(LOWEST as u32 + 8).to_le_bytes());
        elf
    }

    /// Returns the rule that the image breaks after a byte was replaced.
    fn with(at: usize, byte: u8) -> Option<String> {
        let mut elf = image();
        elf[at] = byte;
        broken_rule(&elf, MEMORY).expect("an ELF file")
    }

    #[test]
    fn an_image_that_keeps_all_rules_passes() {
        assert_eq!(broken_rule(&image(), MEMORY), Ok(None));
    }

    #[test]
    fn each_broken_rule_is_named() {
        let load = PROGRAM_HEADERS;
        for (at, byte, rule) in [
            (16, 3, "it is not an x86_64 program with fixed addresses"),
            (18, 40, "it is not an x86_64 program with fixed addresses"),
            (
                load,
                3,
                "it is linked dynamically, as a program of the host",
            ),
            (load + 32, 17, "the segment at 0x100000 is incomplete"),
            (load + 31, 0xff, "the segment from 0xff00000000100000 to"),
            (
                load + 26,
                0,
                "the segment from 0x0 to 0x10 is not in memory",
            ),
            (
                load + 44,
                1,
                "the segment from 0x100000 to 0x100100010 is not",
            ),
            (load + 4, 4, "its entry point 0x100008 is not in its code"),
            (NOTE + 8, 17, "it has no PVH note"),
            (NOTE + 12, b'Y', "it has no PVH note"),
            (NOTE + 16, 16, "its entry point 0x100010 is not in its code"),
        ] {
            let broken = with(at, byte).expect(rule);
            assert!(broken.starts_with(rule), "{broken}");
        }
    }

    #[test]
    fn a_program_of_the_host_is_refused() {
        let this = std::fs::read("/proc/self/exe").expect("this program");
        assert!(broken_rule(&this, MEMORY).expect("an ELF file").is_some());
    }

    proptest! {
        /// Arbitrary input passes or is refused.
        #[test]
        fn no_bytes_are_too_strange(
            changes in prop::collection::vec((0..NOTE + 20, any::<u8>()), 0..12),
        ) {
            let mut elf = image();
            for (at, byte) in changes {
                elf[at] = byte;
            }
            let _ = broken_rule(&elf, MEMORY);
        }
    }
}
