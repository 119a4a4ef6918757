//! What a tender reads of an image. The tool has checked it by every rule there is.

use object::{
    LittleEndian,
    elf::{FileHeader64, PT_LOAD, PT_NOTE, ProgramHeader64},
    read::elf::{FileHeader, ProgramHeader},
};

/// An image.
pub struct Image<'a> {
    /// Where it is entered.
    pub entry: u64,
    /// Addresses and contents of its parts.
    pub segments: Vec<(u64, &'a [u8])>,
    /// The end of the last part that has contents.
    pub end: u64,
    /// The manifest, as it stands there.
    pub manifest: &'a [u8],
}

/// The note of the manifest: its type, and what stands before the manifest itself.
const MANIFEST: [u8; 4] = *b"MFT1";
const BEFORE_MANIFEST: usize = 24;

impl<'a> Image<'a> {
    /// Reads it.
    pub fn read(file: &'a [u8]) -> object::Result<Self> {
        let header = FileHeader64::<LittleEndian>::parse(file)?;
        let mut image = Self {
            entry: header.e_entry(LittleEndian),
            segments: Vec::new(),
            end: 0,
            manifest: &[],
        };
        for part in header.program_headers(LittleEndian, file)? {
            image.part(part, part.data(LittleEndian, file).unwrap_or_default());
        }
        Ok(image)
    }

    fn part(&mut self, header: &ProgramHeader64<LittleEndian>, contents: &'a [u8]) {
        let address = header.p_vaddr(LittleEndian);
        match header.p_type(LittleEndian) {
            PT_LOAD if !contents.is_empty() => {
                let end = address + header.p_memsz(LittleEndian);
                self.end = end.next_multiple_of(header.p_align(LittleEndian));
                self.segments.push((address, contents));
            }
            PT_NOTE if contents.get(8..12) == Some(&MANIFEST) => {
                self.manifest = &contents[BEFORE_MANIFEST..];
            }
            _ => {}
        }
    }
}
