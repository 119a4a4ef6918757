//! The two notes of an image.

use super::{
    header::{ProgramHeader, contents},
    refusal::Refusal,
};
use mirage_solo5::{
    Abi,
    note::{self, ABI, ABI_LEN, MANIFEST, MANIFEST_PADDING, Truncated, read_abi},
};
use object::{LittleEndian, elf::PT_NOTE};

/// Returns the descriptor of the first ABI note and the manifest of the first manifest note.
pub fn read<'a>(
    elf: &'a [u8],
    headers: &[ProgramHeader],
) -> Result<(&'a [u8; ABI_LEN], &'a [u8]), Refusal> {
    let (mut abi, mut manifest) = (None, None);
    for header in headers {
        if header.p_type.get(LittleEndian) != PT_NOTE {
            continue;
        }
        let segment = contents(elf, header).ok_or(Refusal::Note)?;
        match note::read(segment).map_err(|Truncated| Refusal::Note)? {
            Some((ABI, descriptor)) if abi.is_none() => {
                abi = Some(descriptor.try_into().map_err(|_| Refusal::Note)?);
            }
            Some((MANIFEST, descriptor)) if manifest.is_none() => {
                manifest = Some(descriptor.get(MANIFEST_PADDING..).ok_or(Refusal::Note)?);
            }
            _ => {}
        }
    }
    Ok((
        abi.ok_or(Refusal::NoAbi)?,
        manifest.ok_or(Refusal::NoManifest)?,
    ))
}

/// Refuses an image for another tender.
pub fn check_abi(descriptor: &[u8; ABI_LEN], expected: Abi) -> Result<(), Refusal> {
    let (target, version) = read_abi(descriptor);
    if target != expected as u32 {
        let found = target;
        return Err(Refusal::OtherAbi { found, expected });
    }
    if version != Abi::VERSION {
        return Err(Refusal::AbiVersion(version));
    }
    Ok(())
}
