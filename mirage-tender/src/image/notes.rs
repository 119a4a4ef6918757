//! The two notes by which an image says what it is. Each stands alone at the beginning of a
//! `PT_NOTE` of its own: a tender looks no further.

use super::{
    Abi, Refusal,
    header::{ProgramHeader, contents},
};
use object::{LittleEndian, elf::PT_NOTE};

/// The owner, with the zeros that fill it up.
const OWNER: [u8; 8] = *b"Solo5\0\0\0";
/// Its length, with one zero.
const OWNER_LENGTH: u32 = 6;
/// Three numbers and the owner.
const HEADER: usize = 20;
/// What every note has, also one of others: three numbers.
const MIN_LEN: usize = 12;

/// The type of the ABI note.
const ABI: u32 = u32::from_le_bytes(*b"ABI1");
/// The target, the version, and two numbers that are for later.
const ABI_LENGTH: usize = 16;
/// The type of the manifest note.
const MANIFEST: u32 = u32::from_le_bytes(*b"MFT1");
/// A manifest has 64-bit numbers: four bytes of its descriptor come before it.
const PADDING: usize = 4;

/// The descriptors of the first ABI note and the first manifest note.
pub fn read<'a>(
    elf: &'a [u8],
    headers: &[ProgramHeader],
) -> Result<(&'a [u8; ABI_LENGTH], &'a [u8]), Refusal> {
    let (mut abi, mut manifest) = (None, None);
    for header in headers {
        if header.p_type.get(LittleEndian) != PT_NOTE {
            continue;
        }
        let note = contents(elf, header).ok_or(Refusal::Note)?;
        match of_solo5(note)? {
            Some((ABI, descriptor)) if abi.is_none() => {
                abi = Some(descriptor.try_into().map_err(|_| Refusal::Note)?);
            }
            Some((MANIFEST, descriptor)) if manifest.is_none() => {
                manifest = Some(descriptor.get(PADDING..).ok_or(Refusal::Note)?);
            }
            _ => {}
        }
    }
    Ok((
        abi.ok_or(Refusal::NoAbi)?,
        manifest.ok_or(Refusal::NoManifest)?,
    ))
}

/// Type and descriptor of a note, if it is one of Solo5's.
fn of_solo5(note: &[u8]) -> Result<Option<(u32, &[u8])>, Refusal> {
    if note.len() < MIN_LEN {
        return Err(Refusal::Note);
    }
    let Some((header, rest)) = note.split_at_checked(HEADER) else {
        return Ok(None);
    };
    let number = |index: usize| {
        let bytes = header[4 * index..].first_chunk();
        u32::from_le_bytes(*bytes.expect("the header has three numbers"))
    };
    if number(0) != OWNER_LENGTH || header[MIN_LEN..] != OWNER {
        return Ok(None);
    }
    let descriptor = rest.get(..number(1) as usize).ok_or(Refusal::Note)?;
    Ok(Some((number(2), descriptor)))
}

/// Refuses what is made for another tender.
pub fn check_abi(note: &[u8; ABI_LENGTH], abi: Abi) -> Result<(), Refusal> {
    let number = |index: usize| {
        let bytes = note[4 * index..].first_chunk();
        u32::from_le_bytes(*bytes.expect("the note has four numbers"))
    };
    if number(0) != abi.number() {
        let (found, expected) = (number(0), abi);
        return Err(Refusal::OtherAbi { found, expected });
    }
    match number(1) {
        Abi::VERSION => Ok(()),
        version => Err(Refusal::AbiVersion(version)),
    }
}
