//! Images built according to the ABI's specification: an ELF header, notes, and a few instructions.

/// Bit of `p_flags`: to execute.
pub const X: u32 = 1;
/// Bit of `p_flags`: to write.
pub const W: u32 = 2;
/// Bit of `p_flags`: to read.
pub const R: u32 = 4;

const PT_LOAD: u32 = 1;
const PT_NOTE: u32 = 4;

/// Length of the ELF header.
const HEADER: usize = 64;
/// Length of a program header.
const PROGRAM_HEADER: usize = 56;

/// The segment of a program header.
#[derive(Clone, Debug)]
pub struct Part {
    /// `p_type`.
    pub kind: u32,
    /// `p_flags`.
    pub flags: u32,
    /// `p_vaddr`.
    pub address: u64,
    /// `p_memsz`.
    pub size: u64,
    /// `p_align`.
    pub alignment: u64,
    /// The contents in the file.
    pub bytes: Vec<u8>,
}

impl Part {
    /// Returns a loaded segment of the same length in memory and in the file.
    pub fn load(address: u64, flags: u32, bytes: &[u8]) -> Self {
        Self {
            kind: PT_LOAD,
            flags,
            address,
            size: bytes.len() as u64,
            alignment: 4096,
            bytes: bytes.into(),
        }
    }

    /// A note.
    pub fn note(bytes: Vec<u8>) -> Self {
        Self {
            kind: PT_NOTE,
            ..Self::load(0, R, &bytes)
        }
    }
}

/// A builder of ELF files.
#[derive(Clone, Debug)]
pub struct Elf {
    /// `e_entry`.
    pub entry: u64,
    /// The segments, the ABI note and the manifest first.
    pub parts: Vec<Part>,
}

impl Elf {
    /// Returns an image for spt with the instructions `code` that needs `devices` (names and types).
    pub fn new(code: &[u8], devices: &[(&str, u32)]) -> Self {
        Self {
            entry: 0x10_0000,
            parts: vec![
                Part::note(abi(2, 2)),
                Part::note(manifest(devices)),
                Part::load(0x10_0000, R | X, code),
            ],
        }
    }

    /// Returns the file.
    pub fn bytes(&self) -> Vec<u8> {
        let mut file = vec![0; HEADER];
        file[..7].copy_from_slice(b"\x7fELF\x02\x01\x01");
        put(&mut file, 16, &2u16.to_le_bytes());
        put(&mut file, 18, &62u16.to_le_bytes());
        put(&mut file, 20, &1u32.to_le_bytes());
        put(&mut file, 24, &self.entry.to_le_bytes());
        put(&mut file, 32, &(HEADER as u64).to_le_bytes());
        put(&mut file, 52, &(HEADER as u16).to_le_bytes());
        put(&mut file, 54, &(PROGRAM_HEADER as u16).to_le_bytes());
        put(&mut file, 56, &(self.parts.len() as u16).to_le_bytes());
        let mut offset = HEADER + PROGRAM_HEADER * self.parts.len();
        for part in &self.parts {
            let length = part.bytes.len() as u64;
            file.extend(part.kind.to_le_bytes());
            file.extend(part.flags.to_le_bytes());
            for number in [
                offset as u64,
                part.address,
                part.address,
                length,
                part.size,
                part.alignment,
            ] {
                file.extend(number.to_le_bytes());
            }
            offset += part.bytes.len();
        }
        file.extend(self.parts.iter().flat_map(|part| &part.bytes));
        file
    }
}

/// Overwrites the bytes at `offset`.
pub fn put(bytes: &mut [u8], offset: usize, value: &[u8]) {
    bytes[offset..offset + value.len()].copy_from_slice(value);
}

fn note(kind: &[u8; 4], descriptor: &[u8]) -> Vec<u8> {
    let length = descriptor.len() as u32;
    let header = [6u32.to_le_bytes(), length.to_le_bytes(), *kind].concat();
    [&header, b"Solo5\0\0\0".as_slice(), descriptor].concat()
}

/// Returns the ABI note.
pub fn abi(target: u32, version: u32) -> Vec<u8> {
    let numbers = [target, version, 0, 0].map(u32::to_le_bytes);
    note(b"ABI1", numbers.as_flattened())
}

/// Returns the manifest note, with the reserved entry.
pub fn manifest(devices: &[(&str, u32)]) -> Vec<u8> {
    let mut descriptor = vec![0; 4];
    descriptor.extend(1u32.to_le_bytes());
    descriptor.extend((devices.len() as u32 + 1).to_le_bytes());
    for (name, kind) in [("", 0x4000_0000)].iter().chain(devices) {
        let mut entry = [0; 104];
        put(&mut entry, 0, name.as_bytes());
        put(&mut entry, 68, &kind.to_le_bytes());
        descriptor.extend(entry);
    }
    note(b"MFT1", &descriptor)
}
