//! A program whose manifest is what the variable `MANIFEST` holds; `?` stands for a byte that is
//! not text. With `CUT`, the note has a length field that is too large.

const MANIFEST: &[u8] = env!("MANIFEST").as_bytes();

#[repr(C)]
struct Note<const LENGTH: usize> {
    lengths_and_type: [u32; 3],
    owner: [u8; 8],
    manifest: [u8; LENGTH],
}

const fn note<const LENGTH: usize>() -> Note<LENGTH> {
    let mut manifest = [0; LENGTH];
    let mut index = 0;
    while index < LENGTH {
        manifest[index] = match MANIFEST[index] {
            b'?' => 0xff,
            byte => byte,
        };
        index += 1;
    }
    let length = match option_env!("CUT") {
        None => LENGTH as u32,
        Some(_) => u32::MAX,
    };
    Note {
        lengths_and_type: [7, length, 1],
        owner: *b"mirage\0\0",
        manifest,
    }
}

#[used]
#[unsafe(link_section = ".note.mirage")]
static NOTE: Note<{ MANIFEST.len() }> = note();

fn main() {}
