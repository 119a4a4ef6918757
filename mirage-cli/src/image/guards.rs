//! Guard segments: pages between the stacks of threads, to which a tender gives no access.
//!
//! Only the linked image has the number of its threads. So the linker script defines where their stacks are, and
//! the tool adds a program header (ELF-64 object file format, figure 6) for each guard page.

use super::Header;
use mirage_graph::{graph::Graph, thread};
use object::{
    LittleEndian, Object, ObjectSymbol,
    read::elf::{ElfFile64, FileHeader},
};
use std::ops::Range;

/// The symbol of the linker script at the first stack.
const STACKS: &str = "__thread_stacks";

/// The length of a program header.
const HEADER_LENGTH: usize = 56;

/// `e_phoff` and `e_phnum` in the file header (figure 2).
const TABLE_OFFSET: Range<usize> = 32..40;
const TABLE_COUNT: Range<usize> = 56..58;

/// `p_offset` in a program header.
const SEGMENT_OFFSET: Range<usize> = 8..16;

/// The alignment of segments in the file.
const ALIGNMENT: usize = 64;

const PAGE: u64 = 4096;

/// Returns the guard pages of the linked file of a program with std; none for another program.
pub fn addresses(linked: &[u8], graph: &Graph) -> object::Result<Vec<u64>> {
    let size = |size: mirage_graph::graph::Optional<u64>| size.and_then(|size| size.value.get());
    let max = graph.threads.max.and_then(|max| max.value.get());
    let (Some(main), Some(stack), Some(max)) = (size(graph.stack), size(graph.threads.stack), max)
    else {
        return Ok(Vec::new());
    };
    let file = ElfFile64::<LittleEndian>::parse(linked)?;
    let mut symbols = file.symbols();
    let start = symbols.find(|symbol| symbol.name() == Ok(STACKS));
    let pages = start.map(|start| thread::guard_pages(start.address(), main, stack, max));
    Ok(pages.into_iter().flatten().collect())
}

/// Adds a segment without access for each of these pages to an image, which has no section headers.
pub fn add(mut elf: Vec<u8>, pages: &[u64]) -> object::Result<Vec<u8>> {
    let header = Header::parse(elf.as_slice())?;
    let endian = header.endian()?;
    let count = header.program_headers(endian, elf.as_slice())?.len();
    let table = usize::try_from(header.e_phoff.get(endian)).unwrap_or(usize::MAX);
    let added = (pages.len() * HEADER_LENGTH).next_multiple_of(ALIGNMENT);
    for index in 0..count {
        let at = table + index * HEADER_LENGTH;
        let field = &mut elf[at..][SEGMENT_OFFSET];
        let offset = u64::from_le_bytes(field.try_into().expect("eight bytes"));
        field.copy_from_slice(&offset.saturating_add(added as u64).to_le_bytes());
    }
    let mut headers: Vec<u8> = pages.iter().copied().flat_map(guard).collect();
    headers.resize(added, 0);
    let end = table + count * HEADER_LENGTH;
    elf.splice(end..end, headers);
    let count = (count + pages.len()) as u16;
    elf[TABLE_COUNT].copy_from_slice(&count.to_le_bytes());
    debug_assert_eq!(elf[TABLE_OFFSET], (table as u64).to_le_bytes());
    Ok(elf)
}

/// Returns the program header of a page without access. A segment counts only if it has contents, which are the
/// first byte of the file.
fn guard(page: u64) -> [u8; HEADER_LENGTH] {
    const PT_LOAD: u64 = 1;
    // Type and flags, then offset, both addresses, the sizes in the file and in memory, and the alignment.
    let words = [PT_LOAD, 0, page, page, 1, PAGE, PAGE];
    let mut header = [0; HEADER_LENGTH];
    for (bytes, word) in header.chunks_exact_mut(8).zip(words) {
        bytes.copy_from_slice(&word.to_le_bytes());
    }
    header
}

#[cfg(test)]
mod tests {
    use super::{super::tests::program, *};
    use object::{elf::PT_LOAD, read::elf::ProgramHeader};

    #[test]
    fn a_page_is_a_segment_without_access() {
        let elf = add(program(), &[0x20_0000, 0x20_5000]).expect("an image");
        let header = Header::parse(elf.as_slice()).expect("a header");
        let segments = header.program_headers(LittleEndian, elf.as_slice());
        let segments: Vec<_> = segments
            .expect("program headers")
            .iter()
            .map(|segment| {
                assert_eq!(segment.p_type(LittleEndian), PT_LOAD);
                (
                    segment.p_flags.get(LittleEndian).0,
                    segment.p_vaddr(LittleEndian),
                    segment.p_memsz(LittleEndian),
                    segment
                        .data(LittleEndian, elf.as_slice())
                        .expect("contents"),
                )
            })
            .collect();
        let first = program()[120];
        assert_eq!(
            segments,
            [
                (0, 0, 0, &[first][..]),
                (0, 0x20_0000, 4096, b"\x7f"),
                (0, 0x20_5000, 4096, b"\x7f"),
            ]
        );
    }

    #[test]
    fn an_image_of_another_program_is_unchanged() {
        assert_eq!(add(program(), &[]).ok(), Some(program()));
    }
}
