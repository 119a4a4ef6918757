//! The ELF notes of an image (`include/elf_abi.h` and `mft_abi.h`): the interface that it is made for, and
//! its manifest. Each is alone in a `PT_NOTE` segment, since a tender reads only the first note of each.

use crate::{
    Abi,
    bytes::{put, u32_at},
    manifest::{self, Device},
};

/// The type of the ABI note.
pub const ABI: u32 = u32::from_le_bytes(*b"ABI1");
/// The type of the manifest note.
pub const MANIFEST: u32 = u32::from_le_bytes(*b"MFT1");
/// The length of the ABI note's descriptor, in bytes: target, version and two reserved numbers.
pub const ABI_LEN: usize = 16;
/// What aligns the manifest to 8 bytes. It is a part of the descriptor.
pub const MANIFEST_PADDING: usize = 4;

/// The notes' owner, padded to a multiple of 4.
const OWNER: [u8; 8] = *b"Solo5\0\0\0";
/// The length of the owner and its NUL.
const OWNER_LEN: u32 = 6;
/// The length of an ELF note's three numbers.
const NUMBERS_LEN: usize = 12;
/// The length of a note before its descriptor.
const HEADER_LEN: usize = NUMBERS_LEN + OWNER.len();

/// The note that names the interface of an image. Its section is `.note.solo5.abi`.
#[repr(C, align(4))]
#[derive(Debug)]
pub struct AbiNote([u8; HEADER_LEN + ABI_LEN]);

impl AbiNote {
    /// Creates the note of an image for `abi`.
    pub const fn new(abi: Abi) -> Self {
        let mut note = [0; _];
        put_header(&mut note, ABI, ABI_LEN);
        put(&mut note, HEADER_LEN, &(abi as u32).to_le_bytes());
        put(&mut note, HEADER_LEN + 4, &Abi::VERSION.to_le_bytes());
        Self(note)
    }
}

/// The manifest of an image, as a note of `LEN` bytes. Its section is `.note.solo5.manifest`.
#[repr(C, align(8))]
#[derive(Debug)]
pub struct ManifestNote<const LEN: usize>([u8; LEN]);

/// Returns the length of the manifest note for `devices`, in bytes.
pub const fn manifest_note_len(devices: &[Device<'_>]) -> usize {
    HEADER_LEN + MANIFEST_PADDING + manifest::HEADER_LEN + manifest::ENTRY_LEN * (devices.len() + 1)
}

impl<const LEN: usize> ManifestNote<LEN> {
    /// Creates the note for `devices`. `LEN` is their [`manifest_note_len`].
    ///
    /// # Panics
    /// If a name is longer than 67 bytes.
    pub const fn new(devices: &[Device<'_>]) -> Self {
        let mut note = [0; LEN];
        put_header(&mut note, MANIFEST, LEN - HEADER_LEN);
        let mut at = HEADER_LEN + MANIFEST_PADDING;
        put(&mut note, at, &manifest::header(devices.len() as u32 + 1));
        at += manifest::HEADER_LEN;
        put(
            &mut note,
            at,
            &manifest::entry("", manifest::RESERVED_FIRST),
        );
        let mut index = 0;
        while index < devices.len() {
            at += manifest::ENTRY_LEN;
            let device = devices[index];
            let entry = manifest::entry(device.name(), device.kind() as u32);
            put(&mut note, at, &entry);
            index += 1;
        }
        Self(note)
    }
}

const fn put_header(note: &mut [u8], kind: u32, descriptor_len: usize) {
    put(note, 0, &OWNER_LEN.to_le_bytes());
    put(note, 4, &(descriptor_len as u32).to_le_bytes());
    put(note, 8, &kind.to_le_bytes());
    put(note, NUMBERS_LEN, &OWNER);
}

/// A note that is shorter than its length fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Truncated;

/// Reads the first note of a `PT_NOTE` segment. Returns its type and its descriptor, or `None` if it is
/// not one of Solo5's.
///
/// # Errors
/// Returns [`Truncated`] if the segment is too short.
pub fn read(segment: &[u8]) -> Result<Option<(u32, &[u8])>, Truncated> {
    if segment.len() < NUMBERS_LEN {
        return Err(Truncated);
    }
    let Some((header, rest)) = segment.split_at_checked(HEADER_LEN) else {
        return Ok(None);
    };
    if u32_at(header, 0) != OWNER_LEN || header[NUMBERS_LEN..] != OWNER {
        return Ok(None);
    }
    let descriptor = rest.get(..u32_at(header, 4) as usize).ok_or(Truncated)?;
    Ok(Some((u32_at(header, 8), descriptor)))
}

/// Reads the descriptor of an ABI note: `abi_target` and `abi_version`.
pub const fn read_abi(descriptor: &[u8; ABI_LEN]) -> (u32, u32) {
    (u32_at(descriptor, 0), u32_at(descriptor, 4))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_abi_note_has_solo5s_layout() {
        #[rustfmt::skip]
        let spt = [
            6, 0, 0, 0, 16, 0, 0, 0, b'A', b'B', b'I', b'1', b'S', b'o', b'l', b'o', b'5', 0, 0, 0,
            2, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        ];
        assert_eq!(AbiNote::new(Abi::Spt).0, spt);
        assert_eq!(AbiNote::new(Abi::Hvt).0[20..28], [1, 0, 0, 0, 2, 0, 0, 0]);
        let (kind, descriptor) = read(&spt).expect("a note").expect("of Solo5");
        assert_eq!(kind, ABI);
        assert_eq!(read_abi(descriptor.try_into().expect("16 bytes")), (2, 2));
        assert_eq!(read(&spt[..35]), Err(Truncated));
    }

    #[test]
    fn the_manifest_note_has_solo5s_layout() {
        const NET: Device<'_> = Device::NetBasic("service");
        const BLOCK: Device<'_> = Device::BlockBasic("storage");
        const NONE: ManifestNote<{ manifest_note_len(&[]) }> = ManifestNote::new(&[]);
        const ONE: ManifestNote<{ manifest_note_len(&[NET]) }> = ManifestNote::new(&[NET]);
        const TWO: ManifestNote<{ manifest_note_len(&[BLOCK, NET]) }> =
            ManifestNote::new(&[BLOCK, NET]);
        let mut expected = [0; 20 + 4 + 8 + 104 + 104];
        expected[..12].copy_from_slice(&[6, 0, 0, 0, 220, 0, 0, 0, b'M', b'F', b'T', b'1']);
        expected[12..17].copy_from_slice(b"Solo5");
        // The manifest begins at 24: version 1, two entries.
        expected[24] = 1;
        expected[28] = 2;
        // The first is reserved and has no name.
        expected[32 + 71] = 0x40;
        expected[136..143].copy_from_slice(b"service");
        expected[136 + 68] = 2;
        assert_eq!(ONE.0, expected);
        assert_eq!(TWO.0[136..143], *b"storage");
        assert_eq!(TWO.0[136 + 68..136 + 72], [1, 0, 0, 0]);
        assert_eq!(TWO.0[240..], expected[136..]);
        // Without devices, the descriptor has 116 bytes.
        expected[4] = 116;
        expected[28] = 1;
        assert_eq!(NONE.0, expected[..136]);
    }
}
