//! The machine's memory: the page tables in force, and the heap.

use crate::{
    arch::{
        layout,
        paging::{self, Access, PageTables},
    },
    freestanding::{heap, range::Range},
    solo5::guest_memory::LOW,
};

/// Bytes at the end of the memory that nobody has: to the tender a buffer that ends there is outside.
const LAST: u64 = 16;

/// Gives what the image does not occupy of the memory, which ends at `end`, to the heap, and puts page
/// tables of our own in force: in the tender's, all memory can be written and executed. `ring` lies
/// behind the memory. Called once.
pub(super) fn initialise(end: u64, ring: Option<Range>) {
    let rest = Range {
        start: layout::image().end,
        end: end.saturating_sub(LAST),
    };
    // SAFETY: the tender maps this memory for the image alone, and nobody else has it.
    unsafe { heap::claim(rest) };
    let mut tables = PageTables::new();
    let low = Range {
        start: LOW.start,
        end: LOW.end,
    };
    tables.map(low, Access::Read);
    tables.map(rest, Access::Write);
    if let Some(ring) = ring {
        tables.map(ring, Access::Write);
    }
    layout::map(&mut tables);
    paging::enable_no_execute();
    layout::enforce(&tables);
}
