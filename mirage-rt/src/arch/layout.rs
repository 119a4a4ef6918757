//! The memory layout of the image, from the linker script.

use super::paging::{Access, PAGE, PageTables};
use crate::freestanding::range::Range;

unsafe extern "C" {
    static __image_start: u8;
    static __rodata_start: u8;
    static __rodata_end: u8;
    static __text_start: u8;
    static __text_end: u8;
    static __data_start: u8;
    static __main_stack_guard: u8;
    static __fault_stack_guard: u8;
    static __double_fault_stack_guard: u8;
    static __image_end: u8;
}

/// Returns the addresses of the image.
pub(crate) fn image() -> Range {
    Range {
        start: &raw const __image_start as u64,
        end: &raw const __image_end as u64,
    }
}

/// Maps each part of the image with the access that it needs, except the pages that are never mapped.
pub(crate) fn map(tables: &mut PageTables) {
    let parts = [
        (
            &raw const __rodata_start,
            &raw const __rodata_end,
            Access::Read,
        ),
        (
            &raw const __text_start,
            &raw const __text_end,
            Access::Execute,
        ),
        (
            &raw const __data_start,
            &raw const __image_end,
            Access::Write,
        ),
    ];
    for (start, end, access) in parts {
        let (start, end) = (start as u64, end as u64);
        tables.map(Range { start, end }, access);
    }
    for (start, _) in unmapped_pages() {
        let end = start + PAGE;
        tables.map(Range { start, end }, Access::None);
    }
}

/// Activates page tables.
pub(crate) fn activate(tables: &PageTables) {
    // SAFETY: the tables map the heap, and each part of the image with the access that it needs.
    unsafe { tables.load() };
}

/// Returns the pages that are never mapped: page 0 and the guard pages of the stacks.
fn unmapped_pages() -> [(u64, &'static str); 4] {
    [
        (0, "null pointer"),
        (&raw const __main_stack_guard as u64, "stack overflow"),
        (
            &raw const __fault_stack_guard as u64,
            "stack overflow in an exception",
        ),
        (
            &raw const __double_fault_stack_guard as u64,
            "stack overflow in a double fault",
        ),
    ]
}

/// Returns why an access to `address` faults, if its page is intentionally unmapped.
pub(crate) fn unmapped_because(address: u64) -> Option<&'static str> {
    unmapped_pages()
        .into_iter()
        .find(|(page, _)| (*page..page + PAGE).contains(&address))
        .map(|(_, cause)| cause)
}
