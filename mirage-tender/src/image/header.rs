//! The ELF header (System V ABI, chapter 4).

use super::refusal::Refusal;
use object::{
    LittleEndian, U16,
    elf::{
        ELFCLASS64, ELFDATA2LSB, ELFMAG, EM_X86_64, ET_EXEC, EV_CURRENT, FileHeader64,
        ProgramHeader64,
    },
    from_bytes, slice_from_bytes,
};

/// A program header of an image.
pub type ProgramHeader = ProgramHeader64<LittleEndian>;

/// The contents of the header.
pub struct Header<'a> {
    pub entry: u64,
    pub program_headers: &'a [ProgramHeader],
}

/// Reads and checks the header of `elf`.
pub fn read(elf: &[u8]) -> Result<Header<'_>, Refusal> {
    let (header, _) =
        from_bytes::<FileHeader64<LittleEndian>>(elf).map_err(|()| Refusal::NotElf)?;
    if header.e_ident.magic != ELFMAG {
        return Err(Refusal::NotElf);
    }
    let ident = &header.e_ident;
    let number = |value: U16<LittleEndian>| value.get(LittleEndian).into();
    for (field, found, expected) in [
        ("EI_CLASS", ident.class.0.into(), ELFCLASS64.0.into()),
        ("EI_DATA", ident.data.0.into(), ELFDATA2LSB.0.into()),
        ("EI_VERSION", ident.version.0.into(), EV_CURRENT.0.into()),
        (
            "e_type",
            header.e_type.get(LittleEndian).0.into(),
            ET_EXEC.0.into(),
        ),
        (
            "e_machine",
            header.e_machine.get(LittleEndian).0.into(),
            EM_X86_64.0.into(),
        ),
        (
            "e_version",
            header.e_version.get(LittleEndian),
            EV_CURRENT.0.into(),
        ),
        (
            "e_ehsize",
            number(header.e_ehsize),
            size_of::<FileHeader64<LittleEndian>>() as u32,
        ),
        (
            "e_phentsize",
            number(header.e_phentsize),
            size_of::<ProgramHeader>() as u32,
        ),
    ] {
        if found != expected {
            return Err(Refusal::Header {
                field,
                found,
                expected,
            });
        }
    }
    let count = header.e_phnum.get(LittleEndian);
    if count == 0 {
        return Err(Refusal::NoProgramHeaders);
    }
    let program_headers = usize::try_from(header.e_phoff.get(LittleEndian))
        .ok()
        .and_then(|offset| elf.get(offset..))
        .and_then(|table| slice_from_bytes(table, count.into()).ok());
    let (program_headers, _) = program_headers.ok_or(Refusal::ProgramHeaders)?;
    Ok(Header {
        entry: header.e_entry.get(LittleEndian),
        program_headers,
    })
}

/// Returns the part of the file that `header` describes.
pub fn contents<'a>(elf: &'a [u8], header: &ProgramHeader) -> Option<&'a [u8]> {
    let offset = usize::try_from(header.p_offset.get(LittleEndian)).ok()?;
    let length = usize::try_from(header.p_filesz.get(LittleEndian)).ok()?;
    elf.get(offset..offset.checked_add(length)?)
}
