//! The machine's memory: the page tables in force, and the heap.

use crate::{
    freestanding::{heap, range::Range},
    solo5::guest_memory::LOW,
    supervisor::{
        layout,
        paging::{Access, PageTables},
    },
};
use x86_64::registers::model_specific::{Efer, EferFlags};

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
    // SAFETY: the tables use the flag, and nothing else does.
    unsafe { Efer::update(|flags| flags.insert(EferFlags::NO_EXECUTE_ENABLE)) };
    layout::enforce(&tables);
}
