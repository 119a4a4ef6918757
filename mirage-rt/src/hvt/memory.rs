//! The machine's memory: the page tables in force, and the heap.

use crate::{
    arch::{
        layout,
        paging::{self, Access, PageTables},
    },
    freestanding::{heap, range::Range},
    solo5::guest_memory::LOW,
};

/// The active page tables.
#[cfg(feature = "std")]
static TABLES: spin::Mutex<Option<PageTables>> = spin::Mutex::new(None);

/// Unused bytes at the end of the memory: the tender rejects buffers that end there.
const LAST: u64 = 16;

/// Gives the memory between the image and `end` to the heap, and activates our own page tables: in the
/// tender's, all memory is writable and executable. `ring` is behind the memory. Called once.
pub(super) fn initialise(end: u64, ring: Option<Range>) {
    let rest = Range {
        start: layout::image().end,
        end: end.saturating_sub(LAST),
    };
    // SAFETY: the tender maps this memory for the image alone, and nothing else refers to it.
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
    layout::activate(&tables);
    #[cfg(feature = "std")]
    {
        *TABLES.lock() = Some(tables);
    }
}

/// Makes accesses to the page at `address` fault.
#[cfg(feature = "std")]
pub(crate) fn protect_page(address: u64) {
    let page = Range {
        start: address,
        end: address + paging::PAGE,
    };
    if let Some(tables) = TABLES.lock().as_mut() {
        tables.map(page, Access::None);
        layout::activate(tables);
    }
}
