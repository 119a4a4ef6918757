//! The notes by which a tender knows an image: the guest interface that it is made for, and the
//! manifest of the devices that must be attached (`include/elf_abi.h` and `mft_abi.h` of Solo5).

use super::manifest::{BLOCK, ENTRY, HEADER, NETWORK, RESERVED_FIRST, TYPE, VERSION};
use crate::graph::DeviceDeclaration;
use mirage_graph::target::Target;

/// Types of notes: `ABI1` and `MFT1`.
const ABI: u32 = u32::from_le_bytes(*b"ABI1");
const MANIFEST: u32 = u32::from_le_bytes(*b"MFT1");

/// The owner of all of them.
const OWNER: [u8; 8] = *b"Solo5\0\0\0";

/// The owner's length, with one zero.
const OWNER_LENGTH: u32 = 6;

/// Bytes of a note before its descriptor.
const NOTE_HEADER: usize = 20;

/// What aligns the manifest, which follows, to eight bytes. The descriptor's length counts it.
const PADDING: usize = 4;

/// The version of the guest interface, on `hvt` and on `spt`.
const ABI_VERSION: u32 = 2;

/// The guest interface that an image is made for.
#[repr(C, align(4))]
pub(crate) struct AbiNote([u8; NOTE_HEADER + 16]);

impl AbiNote {
    /// The note of an image for `target`, which is one of Solo5's.
    pub(crate) const fn new(target: Target) -> Self {
        let target: u32 = match target {
            Target::Hvt => 1,
            Target::Spt => 2,
            Target::Unix | Target::Virtio => panic!("Solo5 has no such target"),
        };
        let mut note = [0; _];
        put_header(&mut note, 16, ABI);
        put(&mut note, NOTE_HEADER, &target.to_le_bytes());
        put(&mut note, NOTE_HEADER + 4, &ABI_VERSION.to_le_bytes());
        Self(note)
    }
}

/// The manifest of an image, as a note of [`length`] bytes.
///
/// Its place is the section `.note.solo5.manifest`.
#[repr(C, align(8))]
#[derive(Debug)]
pub struct ManifestNote<const LENGTH: usize>([u8; LENGTH]);

/// The length of the note for `devices`, in bytes.
pub const fn length(devices: &[DeviceDeclaration]) -> usize {
    NOTE_HEADER + PADDING + HEADER + ENTRY * (devices.len() + 1)
}

/// The note for `devices`, where `LENGTH` is its [`length`].
pub const fn manifest<const LENGTH: usize>(devices: &[DeviceDeclaration]) -> ManifestNote<LENGTH> {
    let mut note = [0; LENGTH];
    put_header(&mut note, LENGTH - NOTE_HEADER, MANIFEST);
    let start = NOTE_HEADER + PADDING;
    put(&mut note, start, &VERSION.to_le_bytes());
    let entries = devices.len() as u32 + 1;
    put(&mut note, start + 4, &entries.to_le_bytes());
    let mut at = start + HEADER;
    put(&mut note, at + TYPE, &RESERVED_FIRST.to_le_bytes());
    let mut index = 0;
    while index < devices.len() {
        at += ENTRY;
        let (kind, name) = match devices[index] {
            DeviceDeclaration::NetBasic(name) => (NETWORK, name),
            DeviceDeclaration::BlockBasic(name) => (BLOCK, name),
        };
        assert!(
            name.len() < TYPE,
            "a name has at most 67 letters and digits"
        );
        put(&mut note, at, name.as_bytes());
        put(&mut note, at + TYPE, &kind.to_le_bytes());
        index += 1;
    }
    ManifestNote(note)
}

/// What the host would start the image with, were it a program of the host's: there is none, so it
/// refuses.
#[used]
#[cfg(mirage_target)]
#[unsafe(link_section = ".interp")]
static INTERPRETER: [u8; 21] = *b"/nonexistent/mirage/\0";

const fn put_header(note: &mut [u8], descriptor: usize, kind: u32) {
    put(note, 0, &OWNER_LENGTH.to_le_bytes());
    put(note, 4, &(descriptor as u32).to_le_bytes());
    put(note, 8, &kind.to_le_bytes());
    put(note, 12, &OWNER);
}

const fn put(note: &mut [u8], at: usize, what: &[u8]) {
    let (_, rest) = note.split_at_mut(at);
    let (place, _) = rest.split_at_mut(what.len());
    place.copy_from_slice(what);
}

/// The notes of an image that only its machine wants.
#[cfg(mirage_target)]
#[doc(hidden)]
#[macro_export]
macro_rules! __notes {
    ($image:path) => {
        #[used]
        #[unsafe(link_section = ".note.solo5.manifest")]
        static _DEVICES: $crate::__solo5::ManifestNote<
            { $crate::__solo5::length($image.solo5_devices) },
        > = $crate::__solo5::manifest($image.solo5_devices);
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interface_is_noted_as_solo5_says() {
        #[rustfmt::skip]
        let spt = [
            6, 0, 0, 0, 16, 0, 0, 0, b'A', b'B', b'I', b'1', b'S', b'o', b'l', b'o', b'5', 0, 0, 0,
            2, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        ];
        assert_eq!(AbiNote::new(Target::Spt).0, spt);
        assert_eq!(
            AbiNote::new(Target::Hvt).0[20..28],
            [1, 0, 0, 0, 2, 0, 0, 0]
        );
    }

    #[test]
    fn the_manifest_is_noted_as_solo5_says() {
        const NONE: ManifestNote<{ length(&[]) }> = manifest(&[]);
        const ONE: &[DeviceDeclaration] = &[DeviceDeclaration::NetBasic("service")];
        const LONE: ManifestNote<{ length(ONE) }> = manifest(ONE);
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
        assert_eq!(LONE.0, expected);
        const TWO: &[DeviceDeclaration] = &[DeviceDeclaration::BlockBasic("storage"), ONE[0]];
        const DISK: ManifestNote<{ length(TWO) }> = manifest(TWO);
        assert_eq!(DISK.0[136..143], *b"storage");
        assert_eq!(DISK.0[136 + 68..136 + 72], [1, 0, 0, 0]);
        assert_eq!(DISK.0[240..], expected[136..]);
        // Of an image without devices: the descriptor has 116 bytes.
        expected[4] = 116;
        expected[28] = 1;
        assert_eq!(NONE.0, expected[..136]);
    }
}
